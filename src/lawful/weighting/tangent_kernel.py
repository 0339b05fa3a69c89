"""Terms balanced by the traces of the neural tangent kernel."""

import numpy as np
from jaxtyping import Array, Float

from ..objective import Dataset, Objective
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights, check_every, inverse, normalised


class TangentKernel(AbstractWeighting):
    """w_i = sum_j tr K_jj / tr K_ii, where K_ii = J_i J_i^T / N_i: the mean rates at which gradient flow
    reduces the terms become equal (Wang, Yu, Perdikaris, arXiv 2007.14527, eq. 6.5).

    That the weighted rates agree is true by construction and proves nothing: look at the error. An
    update costs one gradient a point and term. For Adam, where one term lags behind the others.
    """

    every: int | None = 100

    def __check_init__(self) -> None:
        check_every(self.every)

    def init(self, objective: Objective) -> Memory:
        return {}

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        traces = np.asarray(objective.jitted.kernel_traces(theta, data))
        return state, normalised(inverse(traces)), {}
