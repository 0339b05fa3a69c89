"""Points weighted so that early times are learnt before late ones."""

import numpy as np
from jaxtyping import Array, Float

from .._names import listed
from .._numbers import check_whole, is_real
from ..objective import Dataset, Objective, gathered
from ._base import AbstractWeighting, Memory, PointWeights, TermWeights, check_every
from .constant import Constant

RESOLVED = 0.99
"""The least weight of a slice from which the next tolerance is taken (the paper's delta)."""
LEAST_WEIGHT = 1e-12
"""Above zero, which marks padding."""


class Causal(AbstractWeighting):
    """Causal training (Wang, Sankaran, Perdikaris, arXiv 2203.07404, eq. 3.8): a point of an interior law in
    the i-th of `slices` equal slices of time weighs exp(-tolerance * sum_{k<i} L_k), where L_k is the mean
    square of all interior residuals in slice k and L_0 that of the initial conditions.

    A tuple of tolerances is gone through in turn, to the next one when all weights exceed 0.99 (their
    algorithm 1). `terms` weighs the terms. For laws that march in time, where a network would settle on a wrong
    late solution first; of no use where the solution at all times is learnt at once. The tolerance is
    in units of the squared residual and no one value suits all: the default does Burgers no harm, Allen-Cahn
    needs 1 (benchmarks/results/weighting.md).
    Raises `ValueError` for a problem without time.
    """

    tolerance: float | tuple[float, ...] = (0.03, 0.3, 3.0, 30.0)
    slices: int = 32
    every: int | None = 50
    terms: AbstractWeighting = Constant()

    def __check_init__(self) -> None:
        check_every(self.every)
        check_whole("slices", self.slices, 2)
        positive = (is_real(each) and each > 0 for each in self._tolerances)
        if not self._tolerances or not all(positive):
            raise ValueError(
                f"tolerance must be a number above 0, or a tuple of such to go through; got {self.tolerance!r}."
            )
        if not isinstance(self.terms, AbstractWeighting) or isinstance(self.terms, Causal):
            raise ValueError(
                f"terms must be a weighting of terms, such as GradientNorm(); got {self.terms!r}."
            )

    @property
    def _tolerances(self) -> tuple[float, ...]:
        return self.tolerance if isinstance(self.tolerance, tuple) else (self.tolerance,)

    def init(self, objective: Objective) -> Memory:
        domain = objective.space.problem.domain
        if domain.time is None:
            raise ValueError(
                f"Causal weights follow time, and this problem has only {listed(domain.coordinates)}: "
                "choose another weighting, such as GradientNorm()."
            )
        return {"stage": np.zeros((), int), **_prefixed(self.terms.init(objective))}

    def update(
        self, state: Memory, objective: Objective, theta: Float[Array, " p"], data: Dataset, step: int
    ) -> tuple[Memory, TermWeights, PointWeights]:
        own = {k.removeprefix("terms."): v for k, v in state.items() if k.startswith("terms.")}
        own, weights, _ = self.terms.update(own, objective, theta, data, step)
        slices = {n: self._slices(objective, data[n]) for n in data if _marches(objective, n)}
        before = self._residual_before(objective, theta, data, slices)
        stage = int(state["stage"])
        shares = np.exp(-self._tolerances[stage] * before)
        points = {n: np.maximum(shares[at], LEAST_WEIGHT) for n, at in slices.items()}
        if shares.min() > RESOLVED and step > 0:
            stage = min(stage + 1, len(self._tolerances) - 1)
        return {"stage": np.asarray(stage), **_prefixed(own)}, weights, points

    def _slices(self, objective: Objective, batch: dict[str, Array]) -> np.ndarray:
        """The slice of each placed point."""
        domain = objective.space.problem.domain
        axis = domain.coordinates.index(domain.time)
        begin, end = (bound[axis] for bound in domain.bounds)
        share = (gathered(batch["points"])[:, 0, axis] - begin) / (end - begin)
        return np.clip((share * self.slices).astype(int), 0, self.slices - 1)

    def _residual_before(
        self, objective: Objective, theta: Array, data: Dataset, slices: dict[str, np.ndarray]
    ) -> Float[np.ndarray, " slices"]:
        """The sum of L_k over what comes before each slice."""
        residuals = objective.jitted.residuals(theta, data)
        means = np.zeros(self.slices)
        start = 0.0
        for name, batch in data.items():
            bound = objective.conditions[name]
            if not (bound.governs or bound.at_start):
                continue
            real = gathered(batch["weight"]) > 0
            squares = np.sum([gathered(residuals[term]) ** 2 for term in bound.terms], axis=0)[real]
            if name in slices:
                at = slices[name][real]
                counts = np.bincount(at, minlength=self.slices)
                means += np.bincount(at, squares, minlength=self.slices) / np.maximum(counts, 1)
            elif bound.at_start:
                start += squares.mean()
        return start + np.concatenate([[0.0], np.cumsum(means)[:-1]])


def _marches(objective: Objective, name: str) -> bool:
    return objective.conditions[name].governs


def _prefixed(memory: Memory) -> Memory:
    return {f"terms.{k}": v for k, v in memory.items()}
