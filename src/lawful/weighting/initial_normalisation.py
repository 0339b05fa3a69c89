"""Every term starts equal."""

import numpy as np
from jaxtyping import Array, Float

from ..objective import Dataset, Objective
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights, inverse, normalised


class InitialNormalisation(AbstractWeighting):
    """w_i proportional to 1 / mean r_i^2 at the first iterate, then fixed.

    Removes the units of the terms from the loss at the cost of one evaluation. Not for a term that
    starts near zero by chance (a network that starts flat meets u = 0): it would be weighed up.
    """

    every: None = None

    def init(self, objective: Objective) -> Memory:
        return {}

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        if "weights" not in state:
            squares = np.asarray(objective.jitted.mean_squares(theta, data))
            state = {"weights": normalised(inverse(squares))}
        return state, state["weights"], {}
