"""Terms balanced by the size of their gradients."""

import numpy as np
from jaxtyping import Array, Float

from .._numbers import is_real
from ..objective import Dataset, Objective
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights, check_every, inverse, normalised


class GradientNorm(AbstractWeighting):
    """w_i <- smoothing w_i + (1 - smoothing) sum_j |g_j| / |g_i|, where g_i is the gradient of mean r_i^2
    by theta: no term drowns the others in a first-order step (Wang, Teng, Perdikaris, arXiv 2001.04536;
    in this form arXiv 2308.08468, section 5.2).

    An update costs one gradient a term. For Adam; quasi-Newton methods learn the scales themselves, and
    lose some of what they learnt at every update.
    """

    every: int | None = 100
    smoothing: float = 0.9

    def __check_init__(self) -> None:
        check_every(self.every)
        if not (is_real(self.smoothing) and 0 <= self.smoothing < 1):
            raise ValueError(f"smoothing must lie in [0, 1), got {self.smoothing!r}.")

    def init(self, objective: Objective) -> Memory:
        return {}

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        slopes = np.asarray(objective.jitted.term_gradients(theta, data))
        fresh = inverse(np.sqrt((slopes**2).sum(axis=1)))
        before = state.get("average", fresh)
        average = self.smoothing * before + (1 - self.smoothing) * fresh
        return {"average": average}, normalised(average), {}
