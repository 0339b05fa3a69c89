"""What a sampling rule offers: points of the unit cube, and when to draw them anew."""

import abc
from collections.abc import Callable

import equinox as eqx
import numpy as np
from jaxtyping import Float

from .._numbers import is_whole, keep_plain

Unit = Float[np.ndarray, "points k"]
Residual = Callable[[Unit], Float[np.ndarray, " points"]]
"""The size of the residual at points of the unit cube."""


class AbstractSampler(eqx.Module):
    """Draws points in the unit cube; a region then places them.

    `every` is the number of steps after which interior points are drawn anew, `None` for never.
    """

    every: eqx.AbstractVar[int | None]

    def __check_init__(self) -> None:
        keep_plain(self)

    @abc.abstractmethod
    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        """`count` points of [0, 1]^dimension; where they are drawn anew, `residual` is there to be asked."""


def check_every(every: int | None) -> None:
    """Refuse an interval of steps that is no positive whole number."""
    if every is not None and not is_whole(every):
        raise ValueError(f"every must be a number of steps above 0, or None for fixed points; got {every!r}.")
