"""A reference derived from the problem itself: solved at several resolutions, their differences its error."""

import itertools
import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..calculus import Index
from ..problem import Problem
from ._base import (
    AbstractNumerical,
    AbstractReference,
    AbstractSolver,
    Arrays,
    Judged,
    Undetermined,
    Unsolved,
)
from .estimates import AGREED, CONVERGING, ENOUGH, estimated, rounded
from .norms import Norm, deviation, largest
from .patience import OutOfTime, patient
from .places import probes, singular

LEVELS, MOST_LEVELS, UTMOST = 3, 5, 8
"""Resolutions that are tried anyhow, at most where they converge, and at most where they do not yet."""
MEAN_ORDER, MEAN_ERROR = 1.0, 1e-3
"""The order at which solutions must converge in the mean where they do not in the largest deviation, as beside a jump
of what is prescribed, and the share of the largest value that the mean error may then be."""
Seen = list[tuple[dict[str, np.ndarray], ...]]
"""By level, values at one set of places or at several."""


@dataclass(frozen=True)
class Level:
    """A solution, its values at the probes, and the seconds it took, by the clock and of the processor."""

    numerical: AbstractNumerical
    probed: dict[str, np.ndarray]
    wall_s: float
    cpu_s: float

    @cached_property
    def unresolved(self) -> str:
        """Which scales of the solution it does not see."""
        return self.numerical.unresolved


class Ladder:
    """The levels of one solver, coarsest first, solved when they are asked for."""

    def __init__(self, problem: Problem, solver: AbstractSolver):
        self.problem, self.solver = problem, solver
        self.levels: list[Level] = []
        self.failure, self.undetermined = "", False
        self._next, self._spent = 0, 0.0
        self.places = probes(problem.domain, solver.norm)

    def grow(self) -> bool:
        """Solve the next level, if there is one and time for it; where it cannot be solved, `failure` says why."""
        if self._next >= UTMOST:
            return False
        if len(self.levels) > 1 and self.expected() > patient():  # two are needed in any case
            self.failure = self.failure or (
                f"A finer one would take more than {patient():.3g} s: method='classical' has as many as its budget=."
            )
            return False
        wall, spent = time.perf_counter(), time.process_time()
        try:
            numerical = self.solver.solve(self.problem, self._next)
            probed = numerical.evaluate(self.places)
        except Unsolved as error:
            self.failure, self.undetermined = str(error), isinstance(error, Undetermined)
            self._spent += time.process_time() - spent
            # a finer one may resolve what the first could not, if that was quickly known
            again = not self.levels and not self.undetermined and self._spent < patient() / 4
            self._next = self._next + 1 if again else UTMOST
            return self._next < UTMOST
        spent = time.process_time() - spent
        self._spent += spent
        self.failure = ""
        self.levels.append(Level(numerical, probed, time.perf_counter() - wall, spent))
        self._next += 1
        return True

    @property
    def open(self) -> bool:
        """Whether another level can be asked for."""
        return self._next < UTMOST

    def expected(self) -> float:
        """Seconds of the processor after another level, from those that there are."""
        axes = len(self.problem.domain.coordinates) - (self.problem.domain.time is not None)
        power = self.solver.growth[axes] if axes < len(self.solver.growth) else axes + 1
        growth = self.solver.refinement**power
        if len(self.levels) > 1:
            growth = max(growth, self.levels[-1].cpu_s / max(self.levels[-2].cpu_s, 1e-3))
        return self._spent + (growth * self.levels[-1].cpu_s if self.levels else 0.0)

    def climb(self) -> None:
        """Solve levels until the estimated error is small, or no other can be solved."""
        while not self._enough() and self.grow():
            pass

    def _enough(self) -> bool:
        if len(self.levels) < LEVELS:
            return False
        fields = tuple(self.levels[-1].probed)
        seen: Seen = [(level.probed,) for level in self.levels[-3:]]
        errors, _, doubt = _compared(self.solver, seen, fields)
        if self.levels[-1].unresolved:
            return False
        if len(self.levels) >= MOST_LEVELS:
            return not doubt or (self.calms(fields) and _in_the_mean(self.solver, seen, fields) is not None)
        scale = max(_sizes(seen, fields).values(), default=0.0) or 1.0
        return not doubt and bool(max(errors.values()) <= ENOUGH * scale)

    def calms(self, fields: tuple[str, ...]) -> bool:
        """Whether no finer level, of the last, went further from the one before than that had gone, in the mean: two
        that agree by chance, with a layer in a wrong place, come after one that did."""
        gaps = _gaps("mean", [(level.probed,) for level in self.levels[-4:]], fields)
        sizes = _sizes([(self.levels[-1].probed,)], fields)
        return not any(
            after[f] > max(before[f], MEAN_ERROR * sizes[f])
            for before, after in itertools.pairwise(gaps)
            for f in fields
        )


class Derived(AbstractReference):
    """The solution that the first of `solvers` that gets one derives from the statement of `problem`; the first takes
    the problem, the others are asked whether they do when those before them have failed.

    Solved at levels 0, 1, 2, ... until the estimated error is a relative 1e-8, five levels are done (eight where
    they do not converge yet), or the next would pass a minute of the processor, or what `lawful.reference.patience`
    grants. With d1 and d2 the last two differences between levels, largest over fixed probes and the places asked
    for, or their mean where that is the solver's norm, and q = d2 / d1 (for no higher order than the solver has), the
    error of the finest is estimated by the geometric series d2 q / (1 - q), and the observed order of convergence is
    log(1/q) / log(refinement). Where q > 0.7 and differences are above rounding, or there is only one level, the
    result is marked with a doubt; but where the mean of the differences shrinks, at last at an order of at least 1, as
    beside a jump of what is prescribed, the estimate is one of the mean, at all those places or else at the probes.
    All work is done at the first evaluation.
    """

    problem: Problem
    solvers: tuple[AbstractSolver, ...]
    _left: list[AbstractSolver]
    _ladders: list[Ladder]

    def __init__(self, problem: Problem, *solvers: AbstractSolver):
        self.problem, self.solvers = problem, solvers
        self._left, self._ladders = list(solvers), []

    @property
    def method(self) -> str:
        """That of the solver that got a solution, or of the first as long as none was asked for."""
        return (self._ladders[-1].solver if self._ladders else self.solvers[0]).method

    @property
    def ladder(self) -> Ladder:
        """The levels of the first solver that gets any. Raises `Unsolved`, with what each says, where none does, and
        `Undetermined` as soon as one says that there is more than one solution."""
        failures = [ladder.failure for ladder in self._ladders if not ladder.levels]
        while not self._ladders or not self._ladders[-1].levels:
            if self._ladders and self._ladders[-1].undetermined:
                raise Undetermined(self._ladders[-1].failure)
            while self._left and self._ladders and self._left[0].refuses(self.problem):
                self._left.pop(0)
            if not self._left:
                raise Unsolved(" ".join(failures))
            ladder = Ladder(self.problem, self._left[0])
            self._ladders.append(ladder)
            try:
                while not ladder.levels and ladder.grow():
                    pass
            except OutOfTime:
                self._ladders.pop()
                raise
            self._left.pop(0)
            if not ladder.levels:
                failures.append(ladder.failure)
        return self._ladders[-1]

    @property
    def levels(self) -> list[Level]:
        """All levels, coarsest first. Raises `Unsolved`."""
        self.ladder.climb()
        return self.ladder.levels

    @property
    def wall_s(self) -> float:
        """The seconds of all levels."""
        return sum(level.wall_s for level in self.levels)

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """That of the finest level. Raises `Unsolved` where no level could be solved."""
        return self.levels[-1].numerical.derivative(problem, points, field, index)

    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """Raises `Unsolved` where no level could be solved."""
        places = np.stack([points[c] for c in self.problem.domain.coordinates], axis=1)
        levels = self.levels[-3:]
        values = [level.numerical.evaluate(places) for level in levels]
        probed: Seen = [(level.probed,) for level in levels]
        everywhere: Seen = [(level.probed, at) for level, at in zip(levels, values, strict=True)]
        solver, norm = self.ladder.solver, self.ladder.solver.norm
        errors, order, doubt = _compared(solver, everywhere, fields)
        left_out, unresolved = None, levels[-1].unresolved
        if self.ladder.undetermined:
            doubt = doubt or self.ladder.failure
        elif unresolved:
            doubt = f"{doubt} {unresolved}".strip()
        elif doubt and norm == "max" and len(levels) >= LEVELS and self.ladder.calms(fields):
            left_out = singular(self.problem.domain, places, levels[-1].probed, values[-2:])
            told: Seen = [
                (level.probed, {f: at[f][~left_out] for f in fields})
                for level, at in zip(levels, values, strict=True)
            ]
            for seen in (told, probed):
                mean = _in_the_mean(solver, seen, fields)
                if mean is not None:
                    (errors, order), doubt, norm = mean, "", "mean"
                    break
        rounding = self._rounding(places, values[-1], fields)
        errors = {f: max(error, rounding[f]) for f, error in errors.items()}
        doubt = doubt or rounded(rounding, _sizes(everywhere, fields))
        if doubt and self.ladder.failure not in doubt:
            doubt = f"{doubt} {self.ladder.failure[:1].upper()}{self.ladder.failure[1:]}"
        left_out = left_out if left_out is not None and left_out.any() and not doubt else None
        remark = next((level.numerical.remark for level in self.levels if level.numerical.remark), "")
        last = {f: values[-1][f] for f in fields}
        return Judged(last, errors, self.wall_s, order, doubt, norm, left_out, remark)

    def _rounding(
        self, places: np.ndarray, values: dict[str, np.ndarray], fields: tuple[str, ...]
    ) -> dict[str, float]:
        """How far errors of rounding may have moved the finest level, here and at the probes."""
        out = dict.fromkeys(fields, 0.0)
        finest = self.levels[-1]
        for other in finest.numerical.nudged:
            for at, seen in ((places, values), (self.ladder.places, finest.probed)):
                found = other.evaluate(at)
                out = {f: max(out[f], largest(found[f] - seen[f])) for f in fields}
        return out


def _gaps(norm: Norm, seen: Seen, fields: tuple[str, ...]) -> list[dict[str, float]]:
    """The differences between one level and the next."""
    return [
        {
            f: deviation(norm, *(fine[f] - coarse[f] for coarse, fine in zip(a, b, strict=True)))
            for f in fields
        }
        for a, b in itertools.pairwise(seen)
    ]


def _compared(
    solver: AbstractSolver, seen: Seen, fields: tuple[str, ...]
) -> tuple[dict[str, float], float | None, str]:
    """What `estimated` says of the values at these places."""
    return estimated(_gaps(solver.norm, seen, fields), _sizes(seen, fields), solver.refinement, solver.order)


def _in_the_mean(
    solver: AbstractSolver, seen: Seen, fields: tuple[str, ...]
) -> tuple[dict[str, float], float] | None:
    """Errors by field and the order, where means of deviations are small and converge at an order of at least 1, but
    for fields whose levels agree as closely as two have to: a pressure that is pinned in a corner moves as a whole."""
    sizes, gaps = _sizes(seen, fields), _gaps("mean", seen, fields)
    still = {
        f: gaps[-1][f] / (1 - CONVERGING)
        for f in fields
        if CONVERGING * gaps[0][f] < gaps[-1][f] <= AGREED * sizes[f]
    }
    moving = {f: size for f, size in sizes.items() if f not in still}
    errors, order, doubt = estimated(
        [{f: gap[f] for f in moving} for gap in gaps], moving, solver.refinement, solver.order
    )
    small = all(error <= MEAN_ERROR * sizes[f] for f, error in errors.items())
    return None if doubt or not small or order is None or order < MEAN_ORDER else (errors | still, order)


def _sizes(seen: Seen, fields: tuple[str, ...]) -> dict[str, float]:
    return {f: largest(*(each[f] for each in seen[-1])) for f in fields}
