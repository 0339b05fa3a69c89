"""What a weighting offers: weights of terms and of points, and when they are computed anew."""

import abc

import equinox as eqx
import numpy as np
from jaxtyping import Array, Float

from .._numbers import is_whole, keep_plain
from ..objective import Dataset, Objective

Memory = dict[str, np.ndarray]
"""What a strategy remembers between updates: plain arrays, so that a resumed run is exact."""

TermWeights = Float[np.ndarray, " terms"]
PointWeights = dict[str, np.ndarray]
"""By condition: factors on the column `weight`, one an entry of the placed points, padding included."""

LARGEST_RATIO = 1e8
"""Between the sizes of two terms that are balanced; beyond it a term counts as met."""


class AbstractWeighting(eqx.Module):
    """Chooses the weights w_i of the terms and m_n of the points in sum_i w_i mean_n(m_n r_in^2).

    `update` is called before training and then after every `every` steps, `None` for never again. It
    runs on the host, between compiled blocks of steps. Weights of terms have geometric mean 1, except
    those a user names, so that the loss keeps its scale; compare runs by their errors, not their losses.
    """

    every: eqx.AbstractVar[int | None]

    def __check_init__(self) -> None:
        keep_plain(self)

    @abc.abstractmethod
    def init(self, objective: Objective) -> Memory:
        """The memory before the first update; raises `ValueError` where the problem does not fit."""

    @abc.abstractmethod
    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        """The memory, the weights of `objective.terms`, and those of points where they differ from 1."""


def check_every(every: int | None) -> None:
    """Refuse an interval of steps that is no positive whole number."""
    if every is not None and not is_whole(every):
        raise ValueError(
            f"every must be a number of steps of at least 1, or None for once before training; got {every!r}."
        )


def inverse(sizes: TermWeights) -> TermWeights:
    """sum_j s_j / s_i: every term gets the same share of the sum.

    A size of zero, or below the largest by more than a ratio of 1e8, is lifted to that ratio; one that
    is not finite counts as the largest.
    """
    sizes = np.asarray(sizes, float)
    finite = np.isfinite(sizes)
    largest = sizes[finite].max(initial=0.0)
    if largest <= 0:
        return np.ones_like(sizes)
    sizes = np.maximum(np.where(finite, sizes, largest), largest / LARGEST_RATIO)
    return sizes.sum() / sizes


def normalised(weights: TermWeights) -> TermWeights:
    """The same ratios, with geometric mean 1."""
    return weights / np.exp(np.log(weights).mean()) if len(weights) else weights
