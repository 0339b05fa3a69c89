"""What a sampling rule offers: points of the unit cube, and when to draw them anew."""

import abc
from collections.abc import Callable

import equinox as eqx
import numpy as np
from jaxtyping import Float

Unit = Float[np.ndarray, "points k"]
Residual = Callable[[Unit], Float[np.ndarray, " points"]]
"""The size of the residual at points of the unit cube."""


class AbstractSampler(eqx.Module):
    """Draws points in the unit cube; a region then places them.

    `every` is the number of steps after which interior points are drawn anew, `None` for never.
    """

    every: eqx.AbstractVar[int | None]

    @abc.abstractmethod
    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        """`count` points of [0, 1]^dimension; where they are drawn anew, `residual` is there to be asked."""


def check_every(every: int | None) -> None:
    """Refuse an interval of steps that is no positive whole number."""
    if every is not None and (isinstance(every, bool) or not isinstance(every, int) or every < 1):
        raise ValueError(f"every must be a number of steps above 0, or None for fixed points; got {every!r}.")
