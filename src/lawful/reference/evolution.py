"""Equations G(t, y, y') = 0 in time, solved for y' and marched."""

import abc
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from ._base import Unsolved
from .abrupt import Passage
from .integrators import Span, march_scipy, march_sundials
from .paths import Path, joined, led_back
from .sparse import Sparse, factorised

DENSE = 500
"""Unknowns up to which the Jacobian is treated as a full matrix, by Radau's method."""
STEPS_ALLOWED = 3e4
"""Rate of the fastest motion times the span up to which explicit steps are taken."""
DAMPED, DAMPED_ALLOWED, DAMPED_BY_LINES = 0.9, 1e3, 0.8
"""Where the fastest motion is no oscillation but decays, implicit steps need not follow it: from so much on they cost
less, or, where rates come by lines, from so much an unknown."""
POWERS = 30
SETTLING = 1e-7
"""The share of the span of each of two implicit steps in which algebraic entries, such as a pressure, settle."""
DISTURBED = 1e-3
"""The share of the span before which algebraic entries are led back from what they are beyond, at longer steps."""
CORRECTIONS, SETTLED = 20, 1e-10
FREED = 1e8
"""By how much the tolerance of algebraic entries is raised: they follow the others, and steps need not control them."""


class AbstractEquations(abc.ABC):
    """G(t, y, y') = 0 with Jacobians on one sparsity pattern."""

    @property
    @abc.abstractmethod
    def algebraic(self) -> np.ndarray:
        """Which entries of y' do not occur, such as those of a pressure."""

    @abc.abstractmethod
    def residual(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        """G."""

    @abc.abstractmethod
    def jacobians(self, t: float, y: np.ndarray, ydot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The data of dG/dy and of dG/dy' on the pattern."""

    @abc.abstractmethod
    def matrix(self, data: np.ndarray) -> Sparse:
        """The matrix with such data, in columns."""

    def rates_by_lines(self, t: float, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
        """The solution operator of dG/dy' where that falls into small systems, one coordinate after the other."""
        return None


class AbstractStarts(abc.ABC):
    """The states from which time is marched."""

    @abc.abstractmethod
    def first(self, t: float) -> np.ndarray:
        """The state of the initial conditions."""

    @abc.abstractmethod
    def again(self, t: float, y: np.ndarray) -> np.ndarray:
        """The state y with what the conditions on the boundary say at t."""


class Evolution:
    """G(t, y, y') = 0 solved for y', where that can be done. `steps_allowed` bounds what explicit steps may cost."""

    def __init__(self, equations: AbstractEquations, size: int, *, steps_allowed: float = STEPS_ALLOWED):
        self.equations, self.size, self.steps_allowed = equations, size, steps_allowed
        self.still = np.zeros(size)

    def _mass(self, t: float, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        _, moving = self.equations.jacobians(t, y, self.still)
        return factorised(self.equations.matrix(moving))

    @cached_property
    def _constant_mass(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """The mass matrix's solution operator, where neither state nor time changes the matrix."""
        rng = np.random.default_rng(4)
        seen = [
            self.equations.jacobians(t, rng.standard_normal(self.size), self.still)[1] for t in (0.137, 0.731)
        ]
        if np.abs(seen[0] - seen[1]).max() > 1e-12 * np.abs(seen[0]).max():
            return None
        return self._by_lines or factorised(self.equations.matrix(seen[0]))

    @cached_property
    def _by_lines(self) -> Callable[[np.ndarray], np.ndarray] | None:
        return self.equations.rates_by_lines(0.137, self.still) if self.size > DENSE else None

    def rate(self, t: float, y: np.ndarray) -> np.ndarray:
        solve = self._constant_mass or self._mass(t, y)
        return -solve(self.equations.residual(t, y, self.still))

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray:
        solve = self._constant_mass or self._mass(t, y)
        still, _ = self.equations.jacobians(t, y, self.rate(t, y))
        return -solve(self.equations.matrix(still).toarray())

    def fastest(self, t: float, y: np.ndarray) -> tuple[float, float]:
        """The largest rate of a small disturbance, by the power method, and how fast that one grows."""
        solve = self._constant_mass or self._mass(t, y)
        matrix = self.equations.matrix(self.equations.jacobians(t, y, self.rate(t, y))[0])
        v = np.random.default_rng(6).standard_normal(len(y))
        size, growth = 0.0, 0.0
        for _ in range(POWERS):
            before = v / np.linalg.norm(v)
            v = -solve(matrix @ before)
            size, growth = float(np.linalg.norm(v)), float(before @ v)
        return size, growth

    def path(self, span: Span, start: np.ndarray) -> Path:
        """One span by Radau's method, by DOP853 or by backward differentiation, as size and rates ask for."""
        if self.equations.algebraic.any():
            return self._settled(span, start)
        first = self.rate(span.begin, start)
        if not np.isfinite(first).all():
            raise Unsolved(f"the laws give no finite rate at {span.begin:g}.")
        if self.size <= DENSE:
            return march_scipy(self.rate, self.jacobian, span, start)
        rate, growth = self.fastest(span.begin, start)
        allowed, length = self.steps_allowed, span.end - span.begin
        if growth * np.sign(length) < -DAMPED * rate:
            allowed = min(allowed, self._damped_allowed)
        if rate * abs(length) <= allowed:
            return march_scipy(self.rate, None, span, start)
        return march_sundials(self.equations, first, span, start)

    @property
    def _damped_allowed(self) -> float:
        return max(DAMPED_ALLOWED, DAMPED_BY_LINES * self.size) if self._by_lines else DAMPED_ALLOWED

    def _settled(self, span: Span, start: np.ndarray) -> Path:
        """By backward differentiation, after two short implicit steps: the first meets the algebraic equations, the
        second tells the rates. Rounding errors, divided by so short a step, disturb the algebraic entries there."""
        h = SETTLING * (span.end - span.begin)
        least = float((span.absolute / span.relative)[~self.equations.algebraic].max())
        before, now = start, self._implicit(span.begin + h, start, h, least)
        before, now = now, self._implicit(span.begin + 2 * h, now, h, least)
        absolute = span.absolute * np.where(self.equations.algebraic, FREED, 1.0)
        settled = replace(span, begin=span.begin + 2 * h, absolute=absolute)
        path = march_sundials(self.equations, (now - before) / h, settled, now)
        return led_back(path, self.equations.algebraic, span.begin, DISTURBED * abs(span.end - span.begin))

    def _implicit(self, t: float, before: np.ndarray, h: float, least: float) -> np.ndarray:
        """The state after a step of implicit Euler to t, in which entries reach `least`. Raises `Unsolved`."""
        y, algebraic = before, self.equations.algebraic
        for _ in range(CORRECTIONS):
            ydot = (y - before) / h
            still, moving = self.equations.jacobians(t, y, ydot)
            step = -factorised(self.equations.matrix(still + moving / h))(self.equations.residual(t, y, ydot))
            y = y + step
            if not np.isfinite(y).all():
                break
            # rounding errors of the others, divided by h, are in the algebraic entries
            if np.abs(step[~algebraic]).max() <= SETTLED * max(np.abs(y[~algebraic]).max(), least):
                return y
        raise Unsolved("the laws and the start have no state in common from which to march.")


def marched(
    evolution: Evolution,
    starts: AbstractStarts,
    parts: Sequence[Passage],
    *,
    backward: bool,
    tolerance: float,
    sizes: Callable[[np.ndarray], np.ndarray],
) -> Path:
    """Through all parts of the span of time, forward or backward; at the begin of each, conditions on the boundary
    are met anew. `sizes` tells from the first state how large each entry is expected to be."""
    state = starts.first(parts[-1].end if backward else parts[0].begin)
    absolute, paths = tolerance * sizes(state), []
    for part in reversed(parts) if backward else parts:
        begin, end = (part.end, part.begin) if backward else (part.begin, part.end)
        state = starts.again(begin, state) if paths else state
        paths.append(evolution.path(Span(begin, end, tolerance, absolute, part.longest), state))
        if paths[-1].stopped:
            break
        state = paths[-1].states[0 if backward else -1]
    return joined(paths)
