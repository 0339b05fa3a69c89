"""Marching in time: SciPy's Runge-Kutta and Radau methods, SUNDIALS' backward differentiation formulas."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import DOP853, Radau

from ._base import Unsolved
from .patience import patient, stay_within
from .sparse import factorised

Rate = Callable[[float, np.ndarray], np.ndarray]
SHARE = 1e-3
"""Of a step, over which the second derivative at its end is taken."""
MARCHING = 2 / 3
"""The share of the seconds of a solution after which marching is given up."""
CUBIC = 10.0
"""Times the tolerance^(2/3), about the error of a method's own cubics, by which a quintic may leave them."""
STENCIL = 5
"""Slopes from which a second derivative is taken."""
GROWN = 1e12
"""How many times its expected size a state may reach."""


@dataclass(frozen=True)
class Path:
    """States at steps, with their first and second derivatives in time; quintic in between. `stopped` says why
    it does not reach its end, where it does not.

    In stiff motions a rate that is computed from a state is the error of the state times a large number, and a quintic
    overshoots. `after` and `before` are the slopes that the method itself has where a step begins and ends: where the
    quintic leaves the cubic with these slopes by more than `allowed`, the cubic holds.
    """

    times: np.ndarray
    states: np.ndarray
    rates: np.ndarray
    accelerations: np.ndarray
    after: np.ndarray
    before: np.ndarray
    allowed: np.ndarray
    stopped: str = ""

    def at(self, t: float, entries: slice | np.ndarray = slice(None)) -> np.ndarray:
        """The state at a time, or some entries of it."""
        k = int(np.clip(np.searchsorted(self.times, t, side="right") - 1, 0, len(self.times) - 2))
        h = self.times[k + 1] - self.times[k]
        s = (t - self.times[k]) / h
        smooth = self._quintic(k, t, entries)
        allowed = self.allowed[entries]
        if not np.isfinite(allowed).any():
            return smooth
        middle = (self.times[k] + self.times[k + 1]) / 2
        here = self.states[k][entries]
        change = self.states[k + 1][entries] - here
        begin, end = h * self.after[k][entries] - change, change - h * self.before[k + 1][entries]

        def cubic(s: float) -> np.ndarray:
            return here + s * change + s * (1 - s) * ((1 - s) * begin + s * end)

        kept = np.abs(self._quintic(k, middle, entries) - cubic(0.5)) <= allowed
        return np.where(kept, smooth, cubic(s))

    def _quintic(self, k: int, t: float, entries: slice | np.ndarray) -> np.ndarray:
        """The polynomial of degree 5 that agrees in value and two derivatives at both ends of a step."""
        h = self.times[k + 1] - self.times[k]
        s = (t - self.times[k]) / h
        begin, end = _quintic(s), _quintic(1 - s)
        parts = zip(
            (self.states, self.rates, self.accelerations), begin, end, (1, h, h * h), (1, -1, 1), strict=True
        )
        out = np.zeros_like(self.states[0][entries])
        for values, a, b, power, sign in parts:
            out += power * (a * values[k][entries] + sign * b * values[k + 1][entries])
        return out


def _quintic(s: float) -> tuple[float, float, float]:
    """The polynomials that take a value, a slope and a curvature at 0, and none of them at 1."""
    return (
        1 - 10 * s**3 + 15 * s**4 - 6 * s**5,
        s - 6 * s**3 + 8 * s**4 - 3 * s**5,
        (s**2 - 3 * s**3 + 3 * s**4 - s**5) / 2,
    )


def joined(paths: list[Path]) -> Path:
    """Paths one after the other, in the order in which they were marched; a state may jump where two of them meet."""
    forward = len(paths) < 2 or paths[0].times[0] < paths[-1].times[0]
    parts = paths if forward else paths[::-1]
    return Path(
        np.concatenate([p.times for p in parts]),
        np.concatenate([p.states for p in parts]),
        np.concatenate([p.rates for p in parts]),
        np.concatenate([p.accelerations for p in parts]),
        np.concatenate([p.after for p in parts]),
        np.concatenate([p.before for p in parts]),
        np.max([p.allowed for p in parts], axis=0),
        paths[-1].stopped,
    )


def path_with_rates(rate: Rate, taken: "Steps", allowed: np.ndarray) -> Path:
    """The path through computed states (n, size), with rates that the states give; time may run either way."""
    times, states = np.asarray(taken.times), np.stack(taken.states)
    rates = np.stack([rate(t, y) for t, y in zip(times, states, strict=True)])
    steps = np.abs(np.diff(times))
    accelerations = []
    inward = 1.0 if times[-1] > times[0] else -1.0
    for k, (t, y, f) in enumerate(zip(times, states, rates, strict=True)):
        e = SHARE * steps[min(k, len(steps) - 1)]
        if 0 < k < len(times) - 1:
            accelerations.append((rate(t + e, y + e * f) - rate(t - e, y - e * f)) / (2 * e))
        else:  # conditions may jump beyond
            accelerations.append(_one_sided(rate, t, y, f, inward * e if k == 0 else -inward * e))
    order = np.argsort(times)
    leaving, arriving = (np.stack(s)[order] for s in (taken.leaving, taken.arriving))
    after, before = (leaving, arriving) if inward > 0 else (arriving, leaving)
    second = np.stack(accelerations)[order]
    return Path(times[order], states[order], rates[order], second, after, before, allowed, taken.stopped)


def path_with_slopes(taken: "Steps") -> Path:
    """The path through computed states with the slopes that the method itself has there, which errors of states do not
    disturb; second derivatives are those of polynomials through five slopes."""
    order = np.argsort(taken.times)
    times, states, slopes = (np.asarray(a)[order] for a in (taken.times, taken.states, taken.arriving))
    count = min(STENCIL, len(times))
    accelerations = np.empty_like(slopes)
    for k, t in enumerate(times):
        first = int(np.clip(k - count // 2, 0, len(times) - count))
        near = slice(first, first + count)
        accelerations[k] = derivative_weights(times[near] - t) @ slopes[near]
    free = np.full(states.shape[1], np.inf)
    return Path(times, states, slopes, accelerations, slopes, slopes, free, taken.stopped)


def derivative_weights(nodes: np.ndarray) -> np.ndarray:
    """Weights of values at `nodes` (n,) in the derivative at 0 of the polynomial through them."""
    size = float(np.abs(nodes).max())
    matrix = np.vander(nodes / size, increasing=True).T
    right = np.zeros(len(nodes))
    right[1] = 1 / size
    return np.linalg.solve(matrix, right)


def _one_sided(rate: Rate, t: float, y: np.ndarray, f: np.ndarray, e: float) -> np.ndarray:
    """The derivative of the rate along the solution, from one side, of second order in e."""
    first = (rate(t + e, y + e * f) - f) / e
    near, far = ((rate(t + d, y + d * f + d * d / 2 * first) - f) / d for d in (e, 2 * e))
    return 2 * near - far


@dataclass(frozen=True)
class Span:
    """From where to where in time, which may run backward, how exactly, and in steps of what length at most."""

    begin: float
    end: float
    relative: float
    absolute: np.ndarray
    longest: float = np.inf


@dataclass
class Step:
    """Where a step arrived, the slopes of the method's own polynomial where it began and ended, and what went wrong."""

    t: float
    y: np.ndarray
    leaving: np.ndarray
    arriving: np.ndarray
    trouble: str


@dataclass
class Steps:
    """States in the order in which they were marched, each with the slopes with which it is left and was arrived at."""

    times: list[float]
    states: list[np.ndarray]
    leaving: list[np.ndarray]
    arriving: list[np.ndarray]
    stopped: str = ""

    def add(self, step: Step) -> None:
        self.times.append(step.t)
        self.states.append(step.y)
        self.leaving[-1] = step.leaving
        self.leaving.append(step.arriving)
        self.arriving.append(step.arriving)


def march_scipy(
    rate: Rate, jacobian: Callable[[float, np.ndarray], Any] | None, span: Span, start: np.ndarray
) -> Path:
    """Radau IIA of order 5 where a Jacobian is given, else Dormand and Prince of order 8."""
    options: dict[str, Any] = {"rtol": span.relative, "atol": span.absolute, "max_step": span.longest}
    if jacobian:
        method = Radau(rate, span.begin, start, span.end, jac=jacobian, **options)
    else:
        method = DOP853(rate, span.begin, start, span.end, **options)

    def step() -> Step:
        begin, old = method.t, method.y.copy()
        with np.errstate(all="ignore"):
            message = method.step()
        if method.status == "failed":
            return Step(begin, old, old, old, message or "a step failed")
        t, y, h = method.t, method.y.copy(), method.t - begin
        if not jacobian:
            return Step(t, y, np.zeros_like(y), np.zeros_like(y), "")
        dense = method.dense_output()
        first, second = dense(begin + h / 3), dense(begin + 2 * h / 3)
        leaving = (-5.5 * old + 9 * first - 4.5 * second + y) / h
        arriving = (-old + 4.5 * first - 9 * second + 5.5 * y) / h
        return Step(t, y, leaving, arriving, "")

    allowed = (CUBIC if jacobian else np.inf) * span.relative ** (-1 / 3) * span.absolute
    return path_with_rates(rate, _stepped(span, start, np.zeros_like(start), step), allowed)


def march_sundials(equations: Any, first: np.ndarray, span: Span, start: np.ndarray) -> Path:
    """Backward differentiation formulas of orders 1 to 5 for G(t, y, y') = 0, each correction by GMRES with the factors
    of an earlier matrix.

    `equations` offers `residual(t, y, ydot)`, `jacobians(t, y, ydot)` and `matrix(data)`; `first` are the rates at the
    start.
    """
    from sksundae.ida import IDA, IDAJacTimes, IDAPrecond

    linear = _Linearised(equations)

    def residual(t: float, y: np.ndarray, ydot: np.ndarray, out: np.ndarray) -> None:
        out[:] = equations.residual(t, np.array(y), np.array(ydot))

    solver = IDA(
        residual,
        linsolver="gmres",
        precond=IDAPrecond(linear.factorise, linear.solve),
        jactimes=IDAJacTimes(None, linear.times),
        rtol=span.relative,
        atol=span.absolute,
        max_step=span.longest if np.isfinite(span.longest) else 0.0,
    )
    solver.init_step(span.begin, start, first)

    slopes = [first]

    def step() -> Step:
        try:
            found = solver.step(span.end, method="onestep", tstop=span.end)
        except Unsolved as error:
            return Step(span.begin, start, first, first, str(error))
        slopes.append(np.array(found.yp))
        trouble = "" if found.success else str(found.message)
        return Step(float(found.t), np.array(found.y), slopes[-2], slopes[-1], trouble)

    return path_with_slopes(_stepped(span, start, first, step))


class _Linearised:
    """dG/dy + c dG/dy' at a state, and its factors there; arguments are those that SUNDIALS gives."""

    def __init__(self, equations: Any):
        self.equations = equations

    def factorise(self, t: float, y: np.ndarray, ydot: np.ndarray, _: np.ndarray, c: float) -> None:
        still, moving = self.equations.jacobians(t, np.array(y), np.array(ydot))
        self._still, self._moving = self.equations.matrix(still), self.equations.matrix(moving)
        self._solve = factorised(self.equations.matrix(still + c * moving))

    def solve(
        self,
        t: float,
        y: np.ndarray,
        ydot: np.ndarray,
        _: np.ndarray,
        right: np.ndarray,
        out: np.ndarray,
        c: float,
        delta: float,
    ) -> None:
        out[:] = self._solve(np.array(right))

    def times(
        self,
        t: float,
        y: np.ndarray,
        ydot: np.ndarray,
        _: np.ndarray,
        v: np.ndarray,
        out: np.ndarray,
        c: float,
    ) -> None:
        out[:] = self._still @ v + c * (self._moving @ v)


def _stepped(span: Span, start: np.ndarray, first: np.ndarray, step: Callable[[], Step]) -> Steps:
    """Steps until the end, a failure, a state that is not finite, or too long a time. Raises `Unsolved` where not even
    one step was taken."""
    taken = Steps([span.begin], [start], [first], [first])
    began, most = time.process_time(), MARCHING * patient()
    trouble = ""
    while taken.times[-1] != span.end and not trouble:
        stay_within()
        found = step()
        trouble = found.trouble
        if not trouble and not (np.abs(found.y) <= GROWN * span.absolute / span.relative).all():
            trouble = (
                f"it grew beyond {GROWN:.0e} of its size, as where scales are not resolved, a law runs backward, or a "
                "condition stands at the side towards which it moves"
            )
        if not trouble:
            taken.add(found)
            if time.process_time() - began > most:
                trouble = f"it took more than {most:.3g} s, as for scales that are not resolved"
    if trouble:
        trouble = trouble.strip().rstrip(".")
        taken.stopped = (
            f"marching from {span.begin:g} to {span.end:g} stopped at {taken.times[-1]:g}: {trouble}."
        )
    if len(taken.times) < 2:
        raise Unsolved(taken.stopped)
    return taken
