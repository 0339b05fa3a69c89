"""The points of a run: the first ones, those drawn anew, and those held out."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Array

from .conditions import Bound
from .objective import Objective, gathered
from .problem import Problem
from .sampling import AbstractSampler, Sobol

Batches = dict[str, dict[str, np.ndarray]]
PLACES = 128
HELD_OUT = 7919
"""Keeps the random numbers of held-out points apart from those of training."""


def side_points(problem: Problem, seed: int) -> tuple[Batches, np.ndarray]:
    """Some points of every start and wall, and some inside, to see how large residuals and fields are there."""
    sides = {n: b for n, b in problem.conditions.items() if b.imposes}
    points = PointSets(problem, sides, Sobol(), dict.fromkeys(sides, PLACES), seed).first()
    region = problem.domain.interior()
    return points, region.place(Sobol().draw(PLACES, region.dimension, np.random.default_rng(seed)))


class PointSets:
    """Points by condition, from a sampling rule and a seed.

    All random numbers come from (seed, condition, round), so that nothing but a round need be saved.
    """

    def __init__(
        self,
        problem: Problem,
        conditions: Mapping[str, Bound],
        sampling: AbstractSampler,
        counts: Mapping[str, int],
        seed: int,
    ):
        self.problem, self.conditions, self.sampling = problem, conditions, sampling
        self.counts, self.seed = counts, seed

    @property
    def every(self) -> int | None:
        return self.sampling.every

    @property
    def moves(self) -> bool:
        """Whether interior points are drawn anew."""
        return self.every is not None and any(b.governs for b in self.conditions.values())

    @property
    def count(self) -> int:
        """All points of a dataset."""
        return sum(self.counts[name] for name in self.conditions)

    def _rng(self, name: str, round: int) -> np.random.Generator:
        return np.random.default_rng([self.seed, list(self.conditions).index(name), round])

    def _placed(self, name: str, unit: np.ndarray) -> dict[str, np.ndarray]:
        bound = self.conditions[name]
        assert bound.region is not None
        return bound.batch(bound.region.place(unit))

    def first(self) -> Batches:
        """The points that training starts with."""
        return {name: self._drawn(name, self.counts[name], 0, self.sampling) for name in self.conditions}

    def held_out(self) -> Batches:
        """Fresh points, on which no step is taken; data, of which there are no others, are the same."""
        rule = Sobol()
        return {
            name: self._drawn(name, max(self.counts[name] // 2, 1), HELD_OUT, rule)
            for name in self.conditions
        }

    def _drawn(self, name: str, count: int, round: int, rule: AbstractSampler) -> dict[str, np.ndarray]:
        bound = self.conditions[name]
        if bound.fixed is not None:
            return dict(bound.fixed)
        assert bound.region is not None
        return self._placed(name, rule.draw(count, bound.region.dimension, self._rng(name, round)))

    def anew(self, batches: Batches, theta: Array, objective: Objective, round: int) -> Batches:
        """The points with those of the interior drawn anew for the next round."""
        out = dict(batches)
        for name, bound in self.conditions.items():
            if not bound.governs:
                continue
            assert bound.region is not None

            def size(unit: np.ndarray, name: str = name) -> np.ndarray:
                parts = objective.jitted.residuals(theta, objective.place({name: self._placed(name, unit)}))
                return np.sqrt(sum(gathered(part)[: len(unit)] ** 2 for part in parts.values()))

            rng = self._rng(name, round)
            unit = self.sampling.draw(self.counts[name], bound.region.dimension, rng, size)
            out[name] = self._placed(name, unit)
        return out
