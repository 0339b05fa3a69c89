"""Weights that a user gives."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Array, Float

from .._names import did_you_mean, listed
from .._numbers import is_real
from ..objective import Dataset, Objective
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights


class Constant(AbstractWeighting):
    """Weights by the name of a term (`"pde.real"`) or of a condition (`"pde"`, all of its terms).

    A term named by itself counts before its condition; one that is not named weighs 1, and one number
    weighs all. Raises `ValueError` for a weight that is not above 0 (leave the condition out instead)
    and, once a problem is known, for a name that it does not have.
    """

    weights: dict[str, float] | float = 1.0
    every: None = None

    def __check_init__(self) -> None:
        given = self.weights if isinstance(self.weights, Mapping) else {"all": self.weights}
        for name, weight in given.items():
            if not (is_real(weight) and weight > 0):
                raise ValueError(
                    f"the weight of {name} must be a finite number above 0, got {weight!r}; to drop a "
                    "condition, take it out of the problem."
                )

    def init(self, objective: Objective) -> Memory:
        if isinstance(self.weights, Mapping):
            bounds = objective.space.problem.conditions.values()
            known = tuple(dict.fromkeys(name for b in bounds for name in (b.name, *b.terms)))
            for name in self.weights:
                if name not in known:
                    raise ValueError(
                        f"weights name {name!r}, which is no term or condition.{did_you_mean(name, known)} "
                        f"Known here: {listed(known)}."
                    )
        return {}

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        if not isinstance(self.weights, Mapping):
            return state, np.full(len(objective.terms), float(self.weights)), {}
        condition = {term: name for name, b in objective.conditions.items() for term in b.terms}
        own = self.weights
        return state, np.array([own.get(t, own.get(condition[t], 1.0)) for t in objective.terms], float), {}
