"""A reference derived from the problem itself: solved at several resolutions, their differences its error."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._names import listed
from ..domain import AbstractDomain
from ..problem import Problem
from ._base import AbstractNumerical, AbstractReference, AbstractSolver, Arrays, Judged, Norm, Unsolved

LEVELS, MOST_LEVELS = 3, 5
"""Resolutions that are tried anyhow, and at most."""
ENOUGH = 1e-8
"""The estimated error, relative to the largest value, at which no finer level is tried."""
SECONDS = 60.0
"""No level is begun that is likely to end later than this."""
CONVERGING = 0.7
"""Differences between levels that shrink by less show no convergence."""
ROUNDING = 1e-11
"""Differences below this share of the largest value are rounding errors, which do not shrink."""
LEAST_RATIO = 1e-2
"""Differences are not expected to shrink faster than this from one level to the next."""
PROBES = {"max": 512, "mean": 65_536}


@dataclass(frozen=True)
class Level:
    """A solution, its values at the probes, and the seconds it took."""

    numerical: AbstractNumerical
    probed: dict[str, np.ndarray]
    wall_s: float


class Derived(AbstractReference):
    """The solution that `solver` derives from the statement of `problem`.

    Solved at levels 0, 1, 2, ... until the estimated error is a relative 1e-8, five levels are done, or the next would
    pass a minute. With d1 and d2 the last two differences between levels, largest over fixed probes and the
    places asked for, or their mean where that is the solver's norm, and q = d2 / d1 <= 1, the error of the finest is
    estimated by the geometric series
    d2 q / (1 - q), and the observed order of convergence is log(1/q) / log(refinement). Where
    q > 0.7 and differences are above rounding, or fewer than three levels could be solved, the result is
    marked with a doubt. All work is done at the first evaluation.
    """

    problem: Problem
    solver: AbstractSolver
    method: str
    _state: dict[str, Any]

    def __init__(self, problem: Problem, solver: AbstractSolver):
        self.problem, self.solver, self.method = problem, solver, solver.method
        self._state = {}

    @property
    def levels(self) -> list[Level]:
        """The solutions, coarsest first."""
        if "levels" not in self._state:
            self._state["levels"], self._state["failure"] = _climb(self.problem, self.solver)
        return self._state["levels"]

    @property
    def failure(self) -> str:
        """What ended the climb before the levels converged, or an empty string."""
        return str(self._state["failure"]) if self.levels is not None else ""

    @property
    def wall_s(self) -> float:
        """The seconds of all levels."""
        return sum(level.wall_s for level in self.levels)

    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """Raises `Unsolved` where no level could be solved."""
        if not self.levels:
            raise Unsolved(self.failure)
        places = np.stack([points[c] for c in self.problem.domain.coordinates], axis=1)
        values = [level.numerical.evaluate(places) for level in self.levels[-3:]]
        norm = self.solver.norm
        sizes = {f: largest(values[-1][f], self.levels[-1].probed[f]) for f in fields}
        gaps = [
            {f: deviation(norm, b[f] - a[f], q.probed[f] - p.probed[f]) for f in fields}
            for a, b, p, q in zip(values, values[1:], self.levels[-3:], self.levels[-2:], strict=False)
        ]
        errors, order, doubt = estimated(gaps, sizes, self.solver.refinement)
        if doubt and self.failure:
            doubt = f"{doubt} {self.failure}"
        return Judged({f: values[-1][f] for f in fields}, errors, self.wall_s, order, doubt, norm)


def estimated(
    gaps: list[dict[str, float]], sizes: dict[str, float], refinement: float
) -> tuple[dict[str, float], float | None, str]:
    """Errors by field of the finest level from the differences between levels, the observed order, and a doubt."""
    if not gaps:
        return (
            dict.fromkeys(sizes, np.inf),
            None,
            "Only one resolution could be solved, which tells no error.",
        )
    if len(gaps) < 2:
        return dict(gaps[-1]), None, "Only two resolutions could be solved, which show no convergence."
    errors: dict[str, float] = {}
    slow: list[str] = []
    ratios = []
    for field, size in sizes.items():
        before, after = gaps[-2][field], gaps[-1][field]
        floor = ROUNDING * size
        if not (np.isfinite(before) and np.isfinite(after)):
            errors[field] = np.inf
            slow.append(field)
        elif after <= floor:
            errors[field] = max(after, np.finfo(float).eps * size)
        else:
            q = after / before if before > 0 else 1.0
            if q > CONVERGING:
                errors[field] = after / (1 - CONVERGING)
                slow.append(field)
            else:
                ratios.append(q)
                q = max(q, LEAST_RATIO)
                errors[field] = max(after * q / (1 - q), np.finfo(float).eps * size)
    order = float(np.log(1 / max(ratios)) / np.log(refinement)) if ratios else None
    doubt = (
        f"Finer resolutions did not bring the solutions for {listed(slow)} closer together." if slow else ""
    )
    return errors, order, doubt


def largest(*arrays: np.ndarray) -> float:
    """The largest absolute value; NaN counts as infinite."""
    most = max((float(np.max(np.abs(a))) if a.size else 0.0 for a in arrays), default=0.0)
    return most if np.isfinite(most) else np.inf


def deviation(norm: Norm, *differences: np.ndarray) -> float:
    """The largest absolute value of all, or the mean of the absolute values; NaN counts as infinite."""
    if norm == "max":
        return largest(*differences)
    mean = float(np.mean(np.abs(np.concatenate(differences))))
    return mean if np.isfinite(mean) else np.inf


def probes(domain: AbstractDomain, norm: Norm) -> np.ndarray:
    """Fixed places inside the domain, at which levels are compared: more for a mean, of which few see a jump."""
    region = domain.interior()
    return region.place(np.random.default_rng(17).random((PROBES[norm], region.dimension)))


def _climb(problem: Problem, solver: AbstractSolver) -> tuple[list[Level], str]:
    levels: list[Level] = []
    places = probes(problem.domain, solver.norm)
    began = time.perf_counter()
    failure = ""
    for number in range(MOST_LEVELS):
        if len(levels) >= 2:
            growth = max(levels[-1].wall_s / max(levels[-2].wall_s, 1e-3), 1.0)
            if time.perf_counter() - began + growth * levels[-1].wall_s > SECONDS:
                return levels, f"A finer one would take more than {SECONDS:g} s."
        start = time.perf_counter()
        try:
            numerical = solver.solve(problem, number)
        except Unsolved as error:
            failure = str(error)
            if levels:
                return levels, failure
            continue  # a finer one may resolve what this one could not
        probed = numerical.evaluate(places)
        levels.append(Level(numerical, probed, time.perf_counter() - start))
        if len(levels) >= LEVELS and _enough(levels, solver):
            return levels, ""
    return levels, failure


def _enough(levels: list[Level], solver: AbstractSolver) -> bool:
    sizes = {f: largest(v) for f, v in levels[-1].probed.items()}
    steps = list(zip(levels[-3:], levels[-2:], strict=False))
    gaps = [{f: deviation(solver.norm, b.probed[f] - a.probed[f]) for f in sizes} for a, b in steps]
    errors, _, doubt = estimated(gaps, sizes, solver.refinement)
    scale = max(sizes.values(), default=0.0) or 1.0
    return not doubt and max(errors.values()) <= ENOUGH * scale
