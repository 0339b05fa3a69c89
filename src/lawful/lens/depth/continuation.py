"""Branches of fixed points followed in the input current, through folds."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

CORRECTIONS, TOLERANCE = 12, 1e-12
LONGEST, SHORTEST = 0.02, 1e-5
POINTS = 4000
BISECTIONS = 60


@dataclass(frozen=True, eq=False)
class Equation:
    """F(z, I) = 0 in the unknowns q = (z, I), each counted in its own `scale`; `slope` is dF/dq."""

    value: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray], np.ndarray]
    scale: np.ndarray

    def residual(self, q: np.ndarray) -> np.ndarray:
        return self.value(q * self.scale)

    def tangent(self, q: np.ndarray, along: np.ndarray) -> np.ndarray:
        """The direction of the branch at q, towards `along`."""
        t = np.linalg.svd(self.slope(q * self.scale) * self.scale[None])[2][-1]
        return t if t @ along >= 0 else -t

    def corrected(self, q: np.ndarray, normal: np.ndarray) -> np.ndarray | None:
        """The point of the branch in the plane through q across `normal`; None where Newton's method fails."""
        start = q
        for _ in range(CORRECTIONS):
            system = np.vstack([self.slope(q * self.scale) * self.scale[None], normal])
            missed = np.append(self.residual(q), normal @ (q - start))
            try:
                step = np.linalg.solve(system, missed)
            except np.linalg.LinAlgError:
                return None
            q = q - step
            if not np.all(np.isfinite(q)) or np.linalg.norm(q - start) > 1.0:
                return None
            if np.linalg.norm(step) < TOLERANCE:
                return q
        return None


@dataclass(frozen=True, eq=False)
class Curve:
    """Points (n, components + 1) along a branch in scaled unknowns, with the unit tangent at each."""

    points: np.ndarray
    tangents: np.ndarray


def follow(equation: Equation, start: np.ndarray, limits: tuple[float, float]) -> Curve:
    """The branch through `start`, to both sides, by pseudo-arclength until the current leaves `limits`.

    Steps are at most 0.02 of the scaled unknowns, halved where Newton's method fails or the branch turns fast; ends
    are put onto the limits. A closed branch ends where it began.
    """
    upward = np.zeros(len(start))
    upward[-1] = 1.0
    first = equation.tangent(start, upward)
    forth, closed = _one_way(equation, start, first, limits)
    back = [] if closed else _one_way(equation, start, -first, limits)[0]
    both = [(q, -t) for q, t in reversed(back)] + [(start, first)] + forth
    return Curve(np.array([q for q, _ in both]), np.array([t for _, t in both]))


def _one_way(
    equation: Equation, start: np.ndarray, tangent: np.ndarray, limits: tuple[float, float]
) -> tuple[list[tuple[np.ndarray, np.ndarray]], bool]:
    found: list[tuple[np.ndarray, np.ndarray]] = []
    q, t, length = start, tangent, LONGEST / 4
    low, high = (limit / equation.scale[-1] for limit in limits)
    while len(found) < POINTS and length > SHORTEST:
        after = equation.corrected(q + length * t, t)
        turned = None if after is None else equation.tangent(after, t)
        if after is None or turned is None or turned @ t < 0.97:
            length /= 2
            continue
        if not low <= after[-1] <= high:
            edge = _at_current(equation, q, after, low if after[-1] < low else high)
            if edge is not None and np.linalg.norm(edge - q) > SHORTEST:
                found.append((edge, equation.tangent(edge, t)))
            return found, False
        found.append((after, turned))
        if len(found) > 10 and np.linalg.norm(after - start) < length:
            return found, True
        q, t, length = after, turned, min(LONGEST, 1.5 * length)
    return found, False


def _at_current(equation: Equation, q: np.ndarray, after: np.ndarray, current: float) -> np.ndarray | None:
    across = np.zeros(len(q))
    across[-1] = 1.0
    share = (current - q[-1]) / (after[-1] - q[-1])
    guess = q + share * (after - q)
    guess[-1] = current
    return equation.corrected(guess, across)


def located(
    equation: Equation, q: np.ndarray, after: np.ndarray, test: Callable[[np.ndarray], float]
) -> np.ndarray:
    """The point between two neighbours of a branch at which `test` changes its sign, by bisection."""
    chord = (after - q) / np.linalg.norm(after - q)
    low, high = 0.0, float(np.linalg.norm(after - q))
    sign, best = test(q) > 0, q
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        at = equation.corrected(q + middle * chord, chord)
        if at is None:
            break
        best = at
        low, high = (middle, high) if (test(at) > 0) == sign else (low, middle)
    return best
