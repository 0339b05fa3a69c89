"""Where a statement changes abruptly: jumps that a mesh must meet, pulses that steps in time must not miss."""

import itertools
from dataclasses import dataclass

import numpy as np

from ..conditions import Bound
from ..once import once
from ..problem import Problem
from ..structure import Pointwise

SAMPLES, PLACES = 4097, 12
"""Places along the coordinate, and lines along it, at which conditions are looked at."""
VISIBLE = 1e-3
"""The share of its whole variation by which a condition must change between two samples to be looked at closer."""
HALVINGS = 44
MOST_JUMPS = 8
"""Jumps at more places than these lie on a curve, which no mesh meets."""
LOOKS = 5
"""Steps that a variation by all that a condition varies must take, at least, where it is so quick that steps might
miss it: within a few parts of the span."""
BLOCKS = 64
"""Parts of the span of time that have a longest step each."""
BESIDE = 1e-13
"""The share of the span between a jump and where a passage begins."""
BESIDE_ROUND = 0.382
"""How far into the steps between them slopes are looked at."""
BULK = 0.05
"""The shares of the lowest and highest samples that do not count as variation, on a line that meets a singularity."""
CALM = 0.25
"""The longest step, as a share of a part, from which on parts go together."""


@dataclass(frozen=True)
class Passage:
    """A part of the span of time, begin and end just inside of it, and a bound on the steps in it."""

    begin: float
    end: float
    longest: float


def interval_of(problem: Problem, coordinate: str) -> tuple[float, float]:
    """The ends of a coordinate in the box around the domain."""
    lower, upper = problem.domain.bounds
    at = problem.domain.coordinates.index(coordinate)
    return lower[at], upper[at]


def constant_along(problem: Problem, coordinate: str, *, sources: bool = True) -> bool:
    """Whether no condition but those at the start changes along a coordinate, its slots held fixed; without
    `sources`, what is left of it where all slots are zero is not looked at."""
    lines = _lines(problem, coordinate, sources=sources)
    return not any(np.isfinite(line.range).any() for line in lines)


def jumps_along(
    problem: Problem, coordinate: str, *, inside: bool = False, starts: bool = False
) -> tuple[float, ...]:
    """The places strictly inside the domain at which conditions, their slots held fixed, jump along a coordinate;
    `inside` looks at the laws alone, `starts` at what holds at the ends of time.

    Those that lie on a curve, at another place on every line, are left out.
    """
    low, high = interval_of(problem, coordinate)
    lines = _lines(problem, coordinate, inside=inside, starts=starts)
    return _agreed(
        [place for line in lines if not inside or line.abrupt.any() for place in line.jumps()], low, high
    )


@dataclass(frozen=True)
class Features:
    """What conditions show along a coordinate: the `breaks`, strictly inside, at which they or their slopes jump, and
    between `places` the lengths over which they vary as much as they do in all."""

    breaks: tuple[float, ...]
    places: np.ndarray
    lengths: np.ndarray


@once
def features_along(problem: Problem, coordinate: str) -> Features:
    """The slots of conditions are held fixed; breaks are those where they jump alone, where all are too many."""
    low, high = interval_of(problem, coordinate)
    lines = _lines(problem, coordinate)
    jumps = _agreed([place for line in lines for place in line.jumps()], low, high)
    bent = [place for line in _lines(problem, coordinate, slopes=True) for place in line.jumps()]
    kinks = _agreed(bent, low, high)
    apart = [k for k in kinks if all(abs(k - j) > 1e-6 * (high - low) for j in jumps)]
    breaks = tuple(sorted([*jumps, *apart])) if len(jumps) + len(apart) <= MOST_JUMPS else jumps
    changes = np.zeros(SAMPLES - 1)
    for line in lines:
        changes = np.maximum(changes, line.smooth_changes())
    with np.errstate(divide="ignore"):
        return Features(breaks, np.linspace(low, high, SAMPLES), (high - low) / (SAMPLES - 1) / changes)


def _agreed(found: list[float], low: float, high: float) -> tuple[float, ...]:
    """The places strictly inside that were found on more than one line, if they are not too many."""
    near = 1e-9 * (high - low)
    out: list[float] = []
    for place in sorted(found):
        again = sum(abs(place - other) <= near for other in found) > 1
        if again and low + near < place < high - near and (not out or place - out[-1] > near):
            out.append(place)
    return tuple(out) if len(out) <= MOST_JUMPS else ()


def passages(problem: Problem) -> list[Passage]:
    """The span of time in parts, forward: they end where a condition jumps, and bound the steps where one changes much
    within a small part of the span."""
    time = problem.domain.time
    assert time is not None
    low, high = interval_of(problem, time)
    longest = np.full(BLOCKS, np.inf)
    for line in _lines(problem, time):
        longest = np.minimum(longest, line.longest_steps())
    block = (high - low) / BLOCKS
    longest[longest >= block] = np.inf
    jumps = jumps_along(problem, time)
    edges = low + block * np.arange(1, BLOCKS)
    changes = edges[np.diff((longest < CALM * block).astype(int)) != 0]
    ends = np.unique(np.concatenate([[low, high], jumps, changes]))
    out = []
    for begin, end in itertools.pairwise(ends):
        first, last = ((np.asarray([begin, end]) - low) / block * [1 + 1e-12, 1 - 1e-12]).astype(int)
        own = longest[first : last + 1]
        inner = [t + s * BESIDE * (high - low) if t in jumps else t for t, s in ((begin, 1), (end, -1))]
        out.append(Passage(float(inner[0]), float(inner[1]), float(own.min())))
    return out


class _Line:
    """A condition along a coordinate, on some lines: its residuals (lines, samples, terms), the slots held fixed, or
    their slopes along it."""

    def __init__(
        self,
        problem: Problem,
        bound: Bound,
        axis: int,
        points: np.ndarray,
        interval: tuple[float, float],
        sources: bool,
        slopes: bool,
    ):
        self.bound, self.axis, self.points = bound, axis, points
        self.sources, self.slopes = sources, slopes
        self.samples = np.linspace(*interval, SAMPLES)
        if slopes:  # beside round numbers, at which kinks lie and slopes are between those at either side
            self.samples = self.samples[:-1] + BESIDE_ROUND * np.diff(self.samples)
        self.law = Pointwise(problem, bound, points=points[:1])
        self.numbers = np.random.default_rng(8).choice((-1.0, 1.0), len(self.law.slots))
        lines = np.repeat(np.arange(len(points)), len(self.samples))
        found = self.values(lines, np.tile(self.samples, len(points)))
        self.seen = found.reshape(len(points), len(self.samples), -1)
        self.singular = ~np.isfinite(self.seen).all(axis=(1, 2))
        self.range = np.ptp(self.seen, axis=1)
        if self.singular.any():  # as 1 / r at an axis: what is large beside it is not to hide a jump
            self.seen = np.where(np.isfinite(self.seen), self.seen, np.nan)
            inner = np.nanquantile(self.seen[self.singular], (BULK, 1 - BULK), axis=1)
            self.range[self.singular] = np.nan_to_num(inner[1] - inner[0])
            self.seen = np.nan_to_num(self.seen)
        self.range[self.range <= 1e-9 * np.abs(self.seen).max(axis=1)] = np.inf

    def values(self, lines: np.ndarray, places: np.ndarray) -> np.ndarray:
        points = self.points[lines].copy()
        points[:, self.axis] = places
        batch = self.bound.batch(points)
        found = self._residuals(batch, self.numbers)
        return found if self.sources else found - self._residuals(batch, 0 * self.numbers)

    def _residuals(self, batch: dict[str, np.ndarray], numbers: np.ndarray) -> np.ndarray:
        found = self.law.along(self.axis, batch, numbers) if self.slopes else self.law.on(batch, numbers)
        count = len(batch["points"])
        return np.stack(
            [np.broadcast_to(found[term], count) for term in self.bound.terms], axis=-1, dtype=float
        )

    @property
    def changes(self) -> np.ndarray:
        """Between neighbouring samples, relative to the whole variation: (lines, samples - 1)."""
        change = (np.abs(np.diff(self.seen, axis=1)) / self.range[:, None]).max(axis=-1)
        return np.nan_to_num(change, nan=0.0)

    @property
    def abrupt(self) -> np.ndarray:
        """Which changes stand out from those beside them, as jumps do unless they are slight."""
        change = np.pad(self.changes, ((0, 0), (1, 1)))
        beside = np.maximum(change[:, :-2], change[:, 2:])
        return change[:, 1:-1] > np.maximum(VISIBLE, 3 * beside)

    def jumps(self) -> list[float]:
        """Where a change is as large on an interval that is halved again and again."""
        lines, at = np.nonzero(self.abrupt if self.slopes else self.changes > VISIBLE)
        a, b = self.samples[at].copy(), self.samples[at + 1].copy()
        left, right = self.seen[lines, at], self.seen[lines, at + 1]
        first = np.abs(right - left)
        for _ in range(HALVINGS):
            left_over = (np.abs(right - left) / self.range[lines]).max(axis=-1) > VISIBLE / 2
            a, b, left, right, first, lines = (x[left_over] for x in (a, b, left, right, first, lines))
            if not len(lines):
                return []
            middle = (a + b) / 2
            value = self.values(lines, middle)
            scale = np.maximum(first, 1e-300)
            lower = (np.abs(value - left) / scale).max(axis=-1) >= (np.abs(right - value) / scale).max(
                axis=-1
            )
            b, right = np.where(lower, middle, b), np.where(lower[:, None], value, right)
            a, left = np.where(lower, a, middle), np.where(lower[:, None], left, value)
        last = (np.abs(right - left) / self.range[lines]).max(axis=-1)
        return [float(place) for place in ((a + b) / 2)[last > VISIBLE / 2]]

    def smooth_changes(self) -> np.ndarray:
        """Between neighbouring samples, the largest on any line; jumps and lines that meet a singularity left out."""
        change = self.changes[~self.singular].max(axis=0, initial=0.0)
        width = self.samples[1] - self.samples[0]
        for place in self.jumps():
            at = int((place - self.samples[0]) / width)
            change[max(at - 1, 0) : at + 2] = 0.0
        return change

    def longest_steps(self) -> np.ndarray:
        """By block, the step over which the condition varies by a fifth of its whole variation; jumps left out."""
        width = self.samples[1] - self.samples[0]
        steepest = self.smooth_changes().reshape(BLOCKS, -1).max(axis=1)
        with np.errstate(divide="ignore"):
            return np.maximum(width / (LOOKS * steepest), width / LOOKS)


def _lines(
    problem: Problem,
    coordinate: str,
    *,
    inside: bool = False,
    starts: bool = False,
    sources: bool = True,
    slopes: bool = False,
) -> list[_Line]:
    """Lines along a coordinate on which conditions are given that vary along it."""
    axis = problem.domain.coordinates.index(coordinate)
    interval = interval_of(problem, coordinate)
    out = []
    for bound in problem.conditions.values():
        if not bound.terms or bound.joins or bound.observes or bound.region is None:
            continue
        if (inside and not bound.governs) or (starts and not (bound.at_start or bound.at_end)):
            continue
        points = bound.region.place(np.random.default_rng(9).random((PLACES, bound.region.dimension)))
        if len(points) > 1 and np.ptp(points[:, axis]) > 0:
            try:
                out.append(_Line(problem, bound, axis, points, interval, sources, slopes))
            except (
                TypeError,
                ValueError,
            ):  # of JAX, where a law has no derivative by place, as with a callback
                if not slopes:
                    raise
    return out
