"""Weights of a problem's terms by a strategy, and a regulariser's own beside them."""

import numpy as np
from jaxtyping import Array, Float

from ..objective import Dataset, Objective
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights


class Beside(AbstractWeighting):
    """The weights of `strategy`, which sees the terms of the problem only, then `weight` for each term of a
    regulariser: what balances terms would make it as strong as the laws."""

    strategy: AbstractWeighting
    weight: float
    stated: Objective
    every: int | None

    def __init__(self, strategy: AbstractWeighting, weight: float, objective: Objective):
        own = {name: b for name, b in objective.conditions.items() if not b.regularises}
        self.strategy, self.weight, self.every = strategy, weight, strategy.every
        self.stated = Objective(objective.space, own, objective.mesh)

    def init(self, objective: Objective) -> Memory:
        return self.strategy.init(self.stated)

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        own = {name: data[name] for name in self.stated.conditions}
        memory, weights, points = self.strategy.update(state, self.stated, theta, own, step)
        count = len(objective.terms) - len(self.stated.terms)
        return memory, np.concatenate([weights, np.full(count, self.weight)]), points
