"""States at which a law is linearised, and what the start and the sources of a problem look like."""

import numpy as np
from scipy.fft import dst

from ..calculus import zero
from ..conditions import Bound
from ..problem import Problem
from ..sizes import field_sizes, rate_of_change
from ..structure import SAMPLES, Pointwise, Slot

FINE = 4096
"""Intervals of a line along which a function is looked at."""
OF_NOTE = 0.05
"""Waves of a smaller share of the largest amplitude are not counted."""
ROUGHNESS = 1e-12

State = dict[Slot, np.ndarray]
Rows = list[dict[Slot, np.ndarray]]


def prescribed(problem: Problem, bound: Bound, points: np.ndarray) -> dict[str, np.ndarray]:
    """By field, the values that a start prescribes at points, from terms that read one value and nothing else."""
    law = Pointwise(problem, bound, points=points)
    nothing = np.zeros((law.places, len(law.slots)))
    values, slopes = law.values(nothing), law.slopes(nothing)
    out: dict[str, np.ndarray] = {}
    for term in bound.terms:
        read = [a for a in range(len(law.slots)) if np.any(slopes[term][:, a] != 0)]
        if len(read) != 1:
            continue
        field, index = law.slots[read[0]]
        slope = slopes[term][:, read[0]]
        if index == zero(len(problem.fields[field])) and np.all(slope != 0):
            out[field] = -values[term] / slope
    return out


def starts(problem: Problem, points: np.ndarray) -> dict[str, np.ndarray]:
    """By field, the values at points of the start, or of the end where that is what is prescribed."""
    out: dict[str, np.ndarray] = {}
    for bound in problem.conditions.values():
        if (bound.at_start or bound.at_end) and bound.terms and bound.plan is not None:
            out = prescribed(problem, bound, points) | out
    return {field: values for field, values in out.items() if np.isfinite(values).all()}


class Governing:
    """The laws of a problem at the places where `structure` samples them, and the state expected there.

    Values in `state` are those of the start at these places, or else of the size that `sizes` lets expect;
    derivatives are of the size of a field that varies once over the domain, with random signs.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        self.laws = [Pointwise(problem, bound) for bound in laws(problem)]
        rng = np.random.default_rng(2)
        sizes = field_sizes(problem)
        values = starts(problem, self.laws[0].batch["points"][:, 0])
        self.state: State = {}
        for slot in sorted({slot for law in self.laws for slot in law.slots}, key=str):
            typical = sizes[slot[0]] * rate_of_change(problem, slot, 1.0)
            self.state[slot] = rng.choice((-1.0, 1.0), SAMPLES) * typical
            if slot[0] in values and self.is_value(slot):
                self.state[slot] = values[slot[0]]

    def rows(self, state: State) -> Rows:
        """By equation, the coefficients (places,) of the law linearised about a state."""
        out = []
        for law in self.laws:
            slopes = law.slopes(np.stack([state[slot] for slot in law.slots], axis=1))
            for term in law.bound.terms:
                out.append({slot: slopes[term][:, a] for a, slot in enumerate(law.slots)})
        return out

    def is_value(self, slot: Slot) -> bool:
        """Whether a slot is the value of its field, and no derivative."""
        return slot[1] == zero(len(self.problem.fields[slot[0]]))


def laws(problem: Problem) -> list[Bound]:
    """The conditions that govern the interior."""
    return [bound for bound in problem.conditions.values() if bound.governs]


def waves_and_jump(problem: Problem) -> tuple[float, bool]:
    """The periods across the domain of the shortest wave of note in start and sources, along any coordinate,
    and whether the start jumps."""
    waves, jump = 0.0, False
    governing = laws(problem)
    for name in problem.domain.coordinates:
        line = _line(problem, name)
        for values in starts(problem, line).values() if name != problem.domain.time else ():
            jump = jump or jumps(values)
            waves = max(waves, periods_of(values))
        for law in (Pointwise(problem, bound, points=line) for bound in governing):
            for beside in law.values(np.zeros((law.places, len(law.slots)))).values():
                if np.isfinite(beside).all() and not jumps(beside):
                    waves = max(waves, periods_of(beside))
    return waves, jump


def periods_of(values: np.ndarray) -> float:
    """Periods of the shortest wave of note along a line: half the number of the highest coefficient of note in
    the sine series of what is left when the straight line between the ends is taken off."""
    inner = values - np.linspace(values[0], values[-1], len(values))
    amplitudes = np.abs(np.asarray(dst(inner[1:-1], type=1)))
    if not np.abs(inner).max(initial=0.0) > ROUGHNESS * np.abs(values).max(initial=0.0):
        return 0.0
    if jumps(values):
        return 0.0
    return float(np.flatnonzero(amplitudes >= OF_NOTE * amplitudes.max())[-1] + 1) / 2


def jumps(values: np.ndarray) -> bool:
    """Whether the largest step between neighbours does not shrink when their distance does."""
    fine, coarse = (np.abs(np.diff(values[::stride])).max(initial=0.0) for stride in (1, 8))
    return bool(fine > 0.5 * coarse and fine > 1e-3 * np.abs(values).max(initial=0.0))


def _line(problem: Problem, along: str) -> np.ndarray:
    lower, upper = (np.asarray(end) for end in problem.domain.bounds)
    share = np.broadcast_to(0.5 + 0.1 * np.sin(1 + np.arange(len(lower))), (FINE + 1, len(lower))).copy()
    if problem.domain.time is not None:
        share[:, problem.domain.coordinates.index(problem.domain.time)] = 0.0
    share[:, problem.domain.coordinates.index(along)] = np.linspace(0, 1, FINE + 1)
    return lower + (upper - lower) * share
