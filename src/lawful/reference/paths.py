"""Paths through states in time that an integrator reached, and what they are in between."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

Rate = Callable[[float, np.ndarray], np.ndarray]
SHARE = 1e-3
"""Of a step, over which the second derivative at its end is taken."""
STENCIL = 5
"""Slopes from which a second derivative is taken."""
LED_BY = 6
"""States by which a cubic is fixed."""


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


def led_back(path: Path, entries: np.ndarray, begin: float, length: float) -> Path:
    """The path with `entries` (a mask) within `length` of where it begins from the cubic through the states beyond, as
    far as four times that."""
    away = np.abs(path.times - begin) / length
    beyond = np.flatnonzero(away >= 1)
    near = beyond[np.argsort(away[beyond])]
    near = near[: max(np.count_nonzero(away[near] <= 4), LED_BY)]
    early = np.flatnonzero(away < 1)
    if len(near) < LED_BY:
        return path
    fit = np.polynomial.Polynomial
    basis = [fit.basis(k) for k in range(4)]
    powers = np.stack([p(away[near]) for p in basis], axis=1)
    coefficients = np.linalg.lstsq(powers, path.states[np.ix_(near, np.flatnonzero(entries))])[0]
    slope = np.where(path.times[early] > begin, 1, -1) / length
    out = []
    for times, values in enumerate((path.states, path.rates, path.accelerations)):
        values = values.copy()
        rows = np.stack([p.deriv(times)(away[early]) if times else p(away[early]) for p in basis], axis=1)
        values[np.ix_(early, np.flatnonzero(entries))] = (slope**times)[:, None] * (rows @ coefficients)
        out.append(values)
    return replace(path, states=out[0], rates=out[1], accelerations=out[2])


def path_with_rates(rate: Rate, taken: Steps, allowed: np.ndarray) -> Path:
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


def path_with_slopes(taken: Steps) -> Path:
    """The path through computed states with the slopes that the method itself has there, which errors of states do not
    disturb; second derivatives are those of polynomials through five slopes."""
    order = np.argsort(taken.times)
    apart = np.append(
        np.diff(np.asarray(taken.times)[order]) > 0, True
    )  # a step may be too small to move time
    times, states, slopes = (np.asarray(a)[order][apart] for a in (taken.times, taken.states, taken.arriving))
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
