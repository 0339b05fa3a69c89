"""Periodic fields in time: Fourier series, exponential time differencing."""

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.fft import next_fast_len

from ...domain import Box
from ...once import once
from ...problem import Problem
from ...structure import Pointwise
from .._base import AbstractNumerical, AbstractSolver, Unsolved
from ..applicability import general_refusal, orders_in_time
from ..patience import stay_within
from ..pointwise import Statement, order_in_time, slots_of
from ..sides import joined_axes
from .etd import Exponentials
from .series import Component, Split, Waves, applied, rest_of

FEWEST, MOST = {1: 64, 2: 32, 3: 16}, {1: 2048, 2: 256, 3: 32}
"""Points along an axis to begin with, and at most, at the coarsest level, by number of axes."""
TAIL = 1e-8
"""The share of the highest waves kept at which the grid is fine enough."""
ROUGH = 2e-7
"""The share of the highest waves at which, in one coordinate, splines do better."""
STEPS, MOST_STEPS = 64, 1 << 17
CLOSE = 1e-4
"""The relative change by halving the step at which the coarsest step is small enough."""
BLOWN = 4096
"""Steps from which on waves that grow without bound are too few, rather than the steps too long."""
SNAPSHOTS = 64


class PeriodicWaves(AbstractSolver):
    """Laws in time on a box that is periodic along every coordinate of space, up to three of them.

    Fourier series with the upper third of the waves cut off, so that quadratic terms are exact; the law's linear
    part, a matrix a wave number that may couple fields, is followed by its exponential, the rest by the
    fourth-order Runge-Kutta method of Cox and Matthews in the form of Kassam and Trefethen (2005, SIAM J. Sci.
    Comput. 26). Steps are even. Fields without a derivative in time, such as the pressure of an incompressible
    flow, are eliminated, with mean zero where only their gradients occur.
    """

    method: str = "Fourier series, exponential time differencing"
    refinement: float = 2.0
    order: float = 4.2

    def refuses(self, problem: Problem) -> str | None:
        domain = problem.domain
        if not isinstance(domain, Box) or not domain.space or domain.time is None:
            return "the domain is no box with time."
        joined = joined_axes(problem)
        for field, own in problem.fields.items():
            for axis in domain.space:
                if (field, axis) not in joined:
                    return f"{field} is not periodic in {axis}."
            if len(own) < len(domain.coordinates):
                return f"the field {field} depends on {', '.join(own)} only."
        if len(domain.space) > 3:
            return f"{len(domain.space)} coordinates of space are more than 3."
        return general_refusal(problem) or _refused(problem)

    def solve(self, problem: Problem, level: int) -> "PeriodicFlow":
        coarsest, steps = _coarsest(problem)
        if level == 0:
            return coarsest
        finer = tuple(2 * (next_fast_len(round(n * 1.5**level / 2)) or n) for n in coarsest.waves.counts)
        return _flow(problem, finer, steps * 2**level)


def _refused(problem: Problem) -> str | None:
    orders = orders_in_time(problem)
    bounds = problem.conditions.values()
    starts = [b for b in bounds if b.at_start and b.terms]
    if any(b.at_end and b.terms for b in bounds):
        return "a condition is given at the end, and waves are followed forward."
    if not any(orders.values()):
        return "no law has a derivative in time."
    given = {s for b in starts for s in slots_of(b)}
    for field, order in orders.items():
        wanted = {(field, k) for k in range(order)}
        if wanted - {(f, order_in_time(problem, (f, i))) for f, i in given}:
            return f"the start of {field} is not given."
    for bound in starts:
        for _, index in slots_of(bound):
            if not isinstance(index, tuple) or sum(index) > 1:
                return f"the condition {bound.name} prescribes derivatives in space."
    return _varying_mass(problem, orders)


def _varying_mass(problem: Problem, orders: dict[str, int]) -> str | None:
    """The factors of the rates must not vary, since they become one matrix a wave number."""
    for bound in problem.conditions.values():
        if not bound.governs:
            continue
        law = Pointwise(problem, bound)
        rng = np.random.default_rng(5)
        seen = [law.slopes(rng.standard_normal((law.places, len(law.slots)))) for _ in range(2)]
        for term in bound.terms:
            algebraic = True
            for column, slot in enumerate(law.slots):
                if not (orders[slot[0]] and order_in_time(problem, slot) == orders[slot[0]]):
                    continue
                both = np.stack([s[term][:, column] for s in seen])
                algebraic &= not both.any()
                if np.ptp(both) > 1e-9 * np.abs(both).max():
                    return f"the factor of the rate of {slot[0]} in {term} varies."
            whole = np.stack([s[term] for s in seen])
            if algebraic and np.ptp(whole, axis=(0, 1)).max() > 1e-9 * np.abs(whole).max():
                return f"{term} holds no rate and is not linear with constant factors."
    return None


@dataclass
class PeriodicFlow(AbstractNumerical):
    """Waves at some steps; in between, the steps are taken again, the last one shorter."""

    waves: Waves
    split: Split
    exponentials: Exponentials
    step: float
    begin: float
    stride: int
    snapshots: np.ndarray

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        problem = self.waves.problem
        assert isinstance(problem.domain, Box)
        assert problem.domain.time is not None
        names = problem.domain.coordinates
        axes = [names.index(c) for c in problem.domain.space]
        times, which = np.unique(points[:, names.index(problem.domain.time)], return_inverse=True)
        out = {f: np.empty(len(points)) for f in problem.fields}
        march, rest = _marcher(problem)
        numbers, gain = self.split.arrays, jnp.asarray(self.split.gain)
        own = self.exponentials.coefficients(self.step)
        reached, u = -1, None
        for k, t in enumerate(times):
            whole = int((t - self.begin) / self.step * (1 + 1e-14))
            if u is None or whole // self.stride > reached // self.stride:
                reached = min(whole // self.stride, len(self.snapshots) - 1) * self.stride
                u = jnp.asarray(self.snapshots[reached // self.stride])
            u = march(u, numbers, gain, self.begin + reached * self.step, whole - reached, self.step, own)
            reached = whole
            left = t - self.begin - whole * self.step
            now = u
            if left > 1e-12 * self.step:
                partial = self.exponentials.coefficients(left)
                now = march(u, numbers, gain, self.begin + whole * self.step, 1, left, partial)
            rows = which == k
            found = np.array(now)
            if self.split.algebraic:
                left_over = np.asarray(rest(numbers, now, t))
                values = applied(self.split.values_L, found) + applied(self.split.values_gain, left_over)
                columns = [self.waves.components.index(Component(f, 0)) for f in self.split.algebraic]
                found[:, columns] = values
            for f in out:
                column = self.waves.components.index(Component(f, 0))
                out[f][rows] = self.waves.at(found[:, column], points[rows][:, axes])
        return out


@once
def _marcher(problem: Problem) -> tuple[Any, Any]:
    """(waves, numbers of a split, gain, t, count, h, coefficients) -> waves after `count` steps, and what is left of
    the laws beside their linear part; compiled once a shape."""
    rest = rest_of(problem)

    def march(u: Any, numbers: Any, gain: Any, t: Any, count: Any, h: Any, coefficients: Any) -> Any:
        E, E2, h1, first, middle, last = coefficients

        def step(k: Any, u: Any) -> Any:
            now = t + k * h
            n0 = applied(gain, rest(numbers, u, now))
            moved = applied(E2, u)
            a = moved + applied(h1, n0)
            n1 = applied(gain, rest(numbers, a, now + h / 2))
            b = moved + applied(h1, n1)
            n2 = applied(gain, rest(numbers, b, now + h / 2))
            c = applied(E2, a) + applied(h1, 2 * n2 - n0)
            n3 = applied(gain, rest(numbers, c, now + h))
            return applied(E, u) + applied(first, n0) + applied(middle, n1 + n2) + applied(last, n3)

        return jax.lax.fori_loop(0, count, step, u)

    return jax.jit(march), jax.jit(rest)


def _flow(problem: Problem, counts: tuple[int, ...], steps: int) -> PeriodicFlow:
    assert isinstance(problem.domain, Box)
    assert problem.domain.time is not None
    begin, end = problem.domain.interval(problem.domain.time)
    waves = Waves(problem, counts)
    start = _start(problem, waves, begin)
    split = Split(waves, start, begin)
    exponentials = Exponentials(split.L)
    march, _ = _marcher(problem)
    numbers, gain = split.arrays, jnp.asarray(split.gain)
    step = (end - begin) / steps
    stride = max(steps // SNAPSHOTS, 1)
    own = exponentials.coefficients(step)
    u = jnp.asarray(start)
    snapshots = [start]
    for k in range(0, steps, stride):
        stay_within()
        u = march(u, numbers, gain, begin + k * step, min(stride, steps - k), step, own)
        snapshots.append(np.asarray(u))
        if not np.isfinite(snapshots[-1]).all():
            raise Unsolved(
                f"the waves grow without bound between t={begin:g} and {begin + (k + stride) * step:g}: the solution "
                f"holds scales that {' x '.join(map(str, counts))} points do not resolve, or the law runs backward."
            )
    return PeriodicFlow(waves, split, exponentials, step, begin, stride, np.stack(snapshots))


def _start(problem: Problem, waves: Waves, t: float) -> np.ndarray:
    """The waves (modes, n) of the initial conditions, solved at each grid point for the values they prescribe."""
    points = waves.points(t)
    n = len(waves.components)
    matrix, right = [], []
    for bound in problem.conditions.values():
        if not (bound.at_start and bound.terms):
            continue
        statement = Statement(problem, bound, points)
        nothing = np.zeros((len(statement.slots), len(points)))
        values, slopes = statement.values(nothing, t), statement.slopes(nothing, t)
        for term in range(len(bound.terms)):
            row = np.zeros((len(points), n))
            for number, slot in enumerate(statement.slots):
                column = waves.components.index(Component(slot[0], order_in_time(problem, slot)))
                row[:, column] += slopes[term, number]
            matrix.append(row)
            right.append(-values[term])
    dynamic = [k for k, c in enumerate(waves.components) if waves.orders[c.field] > 0]
    square = np.stack(matrix, axis=1)[:, :, dynamic]
    if square.shape[1] != square.shape[2]:
        raise Unsolved(f"{square.shape[1]} conditions at the start for {square.shape[2]} values.")
    try:
        found = np.linalg.solve(square, np.stack(right, axis=1)[:, :, None])[:, :, 0]
    except np.linalg.LinAlgError:
        raise Unsolved("the conditions at the start do not determine the fields.") from None
    out = np.zeros((int(np.prod(waves.shape)), n), complex)
    for at, column in enumerate(dynamic):
        out[:, column] = waves.transform(found[:, at])
    return out


@once
def _coarsest(problem: Problem) -> tuple[PeriodicFlow, int]:
    """The coarsest level and its steps: points along each axis are doubled until the highest waves are small at all
    times, and steps until half of them change little."""
    assert isinstance(problem.domain, Box)
    axes = len(problem.domain.space)
    counts = (FEWEST[axes],) * axes
    steps = STEPS
    while True:
        try:
            found, steps = _stepped(problem, counts, steps)
        except Unsolved:
            if min(counts) >= MOST[axes]:
                raise
            counts = tuple(2 * n for n in counts)
            continue
        tails = [_tail(found, axis) for axis in range(axes)]
        grow = [tail > TAIL and n < MOST[axes] for tail, n in zip(tails, counts, strict=True)]
        if not any(grow):
            if axes == 1 and tails[0] > ROUGH:
                raise Unsolved(
                    "the start is not smooth around the circle, and its waves die away too slowly; a law of first "
                    "order that carries a jump along is stated by its flux, as Conservation(lambda u: a * u)."
                )
            return found, steps
        counts = tuple(2 * n if g else n for n, g in zip(counts, grow, strict=True))


def _stepped(problem: Problem, counts: tuple[int, ...], steps: int) -> tuple[PeriodicFlow, int]:
    previous: PeriodicFlow | None = None
    while steps <= MOST_STEPS:
        try:
            found = _flow(problem, counts, steps)
        except Unsolved:
            if steps >= BLOWN:
                raise
            previous, steps = None, 2 * steps
            continue
        if previous is not None:
            change = np.abs(found.snapshots[-1] - previous.snapshots[-1]).max()
            if change <= CLOSE * np.abs(found.snapshots[-1]).max():
                return found, steps
        previous, steps = found, 2 * steps
    raise Unsolved(f"no step down to 1/{MOST_STEPS} of the span follows the waves.")


def _tail(found: PeriodicFlow, axis: int) -> float:
    """The largest of the upper quarter of the waves kept along an axis, against the largest of all."""
    waves = found.waves
    low, high = waves.intervals[axis]
    number = np.abs(waves.numbers[axis]) * (high - low) / (2 * np.pi)
    limit = waves.counts[axis] / 3
    upper = (number > 0.75 * limit) & waves.kept
    worst = 0.0
    for at, component in enumerate(waves.components):
        if component.order == 0:
            sizes = np.abs(found.snapshots[:, :, at]).reshape(len(found.snapshots), *waves.shape)
            worst = max(worst, float(sizes[:, upper].max()) / (float(sizes.max()) or 1.0))
    return worst
