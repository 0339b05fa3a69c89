"""Pilot runs of a few seconds: each method on the problem itself, its error and its time."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from .._outcome import Outcome
from ..calculus import zero
from ..problem import Problem
from ..progress import AbstractProgress, shown_on
from ..recipe import is_affine
from ..reference import Unsolved, derive
from ..reference.derived import Derived
from ..reference.estimates import estimated
from ..reference.norms import largest
from ..reference.places import probes
from ..solve import solve

NETWORK_S, LEVELS_S = 8.0, 5.0
LEVELS = 3
COMPILING = 0.3
"""Share of a pilot that may go into compilation; where it is more, the pilot is run once more."""

Values = dict[str, np.ndarray]


@dataclass(frozen=True)
class Truth:
    """Values to compare with, and their own relative error."""

    values: Values
    error: float


@dataclass(frozen=True)
class Pilot:
    """A method tried: the seconds in all, its relative error and how that is known, or why it failed.

    `against` is `reference` or `own estimate`; for `residual` the number is relative to the size of the
    law's terms, and no error.
    """

    method: str
    solver: str
    seconds: float
    error: float
    against: str
    failure: str = ""

    @property
    def reached(self) -> bool:
        """Whether the number is an error, and finite."""
        return not self.failure and self.against != "residual" and math.isfinite(self.error)


def measured(problem: Problem, progress: AbstractProgress | None = None) -> tuple[Pilot, ...]:
    """The derived classical solver at coarse levels, random features where the law is affine, a network for 8 s.

    The others are compared with the reference that the problem brings, else with the derived one, at
    512 places; where there is neither, with the size of their residuals.
    """
    progress = shown_on(progress)
    places = probes(problem.domain, "max")
    truth = _brought(problem, places)
    classical, found = _classical(problem, places, truth)
    truth = truth or found
    methods = ["linear"] if is_affine(problem) else []
    rows = [_solved(problem, method, places, truth, progress) for method in (*methods, "pinn")]
    return (classical, *rows) if classical is not None else tuple(rows)


def best(pilots: tuple[Pilot, ...], tolerance: float) -> Pilot | None:
    """The quickest of those within the tolerance, else the most accurate; None where no error is known."""
    known = [p for p in pilots if p.reached]
    within = [p for p in known if p.error <= tolerance]
    if within:
        return min(within, key=lambda p: p.seconds)
    return min(known, key=lambda p: p.error, default=None)


def _classical(
    problem: Problem, places: np.ndarray, truth: Truth | None
) -> tuple[Pilot | None, Truth | None]:
    """The derived reference at coarse levels, as a pilot and as a truth for the others."""
    try:
        ladder = derive(problem).ladder
    except Unsolved:
        return None, None
    while len(ladder.levels) < LEVELS and sum(r.wall_s for r in ladder.levels) < LEVELS_S and ladder.grow():
        pass
    solver, spent = ladder.solver, [rung.wall_s for rung in ladder.levels]
    levels = [rung.numerical.evaluate(places) for rung in ladder.levels]
    sizes = {f: largest(v) for f, v in levels[-1].items()}
    gaps = [{f: largest(b[f] - a[f]) for f in sizes} for a, b in itertools.pairwise(levels)]
    errors, _, _ = estimated(gaps, sizes, solver.refinement)
    found = Truth(levels[-1], max(errors.values()) / (max(sizes.values()) or 1.0))
    if truth is None:
        return Pilot("classical", solver.method, sum(spent), found.error, "own estimate"), found
    error = max(_relative(levels[-1], truth), truth.error)
    return Pilot("classical", solver.method, sum(spent), error, "reference"), found


def _brought(problem: Problem, places: np.ndarray) -> Truth | None:
    """The reference that the problem brings, unless it is one that is derived."""
    if problem.reference is None or isinstance(problem.reference, Derived):
        return None
    at = {c: places[:, a].copy() for a, c in enumerate(problem.domain.coordinates)}
    judged = problem.reference.evaluate(at, tuple(problem.fields))
    size = max(map(largest, judged.values.values())) or 1.0
    return Truth(judged.values, judged.error_estimate / size)


def _solved(
    problem: Problem, method: str, places: np.ndarray, truth: Truth | None, progress: AbstractProgress
) -> Pilot:
    solution = solve(problem, method=method, budget=NETWORK_S, progress=progress)
    if solution.outcome is Outcome.INTERRUPTED:
        raise KeyboardInterrupt
    if solution.facts["compile_s"] > COMPILING * NETWORK_S:  # what was compiled is kept, and not paid twice
        solution = solve(problem, method=method, budget=NETWORK_S, progress=progress)
    facts = solution.facts
    seconds = facts["wall_s"] - (facts["reference"]["wall_s"] or 0.0)  # judging is no part of solving
    name = "network" if method == "pinn" else "random features"
    if truth is None:
        relative = facts["relative_residual"]
        return Pilot(method, name, seconds, math.inf if relative is None else relative, "residual")
    ours = {
        field: np.asarray(solution.source.derivative(places, field, zero(len(coordinates))), float)
        for field, coordinates in problem.fields.items()
    }
    # below the reference's own error nothing is known
    return Pilot(method, name, seconds, max(_relative(ours, truth), truth.error), "reference")


def _relative(ours: Values, truth: Truth) -> float:
    """The largest relative L2 error of all fields; fields that vanish are measured by the others."""
    sizes = {field: float(np.sqrt(np.mean(v**2))) for field, v in truth.values.items()}
    most = max(sizes.values()) or 1.0
    return max(
        float(np.sqrt(np.mean((ours[field] - v) ** 2))) / (sizes[field] or most)
        for field, v in truth.values.items()
    )
