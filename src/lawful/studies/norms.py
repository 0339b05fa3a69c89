"""Norms of an error."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float


@dataclass(frozen=True)
class Norms:
    """l1 = mean |e|, l2 = root mean square of e, linf = max |e|."""

    l1: float
    l2: float
    linf: float

    @classmethod
    def of(cls, e: Float[np.ndarray, " nodes"]) -> "Norms":
        """The norms of an error."""
        return cls(float(np.abs(e).mean()), float(np.sqrt(np.mean(e * e))), float(np.abs(e).max()))
