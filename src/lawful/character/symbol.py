"""What short waves do under a linearised law: the roots of its symbol, and the kind that follows."""

import math
from collections import Counter

import numpy as np
from scipy.linalg import eigvals

from ..calculus import Laplacian
from ..problem import Problem
from ..structure import Slot
from .states import Rows

SHORT = (1e6, 1e7)
"""Wave numbers, in units of one over the domain, at which only the highest derivatives count."""
DIRECTIONS, MOST_PLACES = 24, 6
SMALL = 1e-7
"""A real or imaginary part below this share of a root is rounding."""
INFINITE = 1e-6
"""Roots beyond the inverse of this, in units of the scale of the others, stand for equations without time."""


class Symbol:
    """The matrix polynomial A(sigma, k) = sum_j A_j(k) sigma^j of a square linear system.

    A wave exp(i k.x + sigma t) obeys the law, its coefficients frozen at a place, where det A(sigma, k) = 0.
    Without time, or with `still`, all coordinates count as space and A has the degree 0.
    """

    def __init__(self, problem: Problem, rows: Rows, still: bool = False):
        self.problem, self.rows = problem, rows
        self.time = None if still else problem.domain.time
        coordinates = problem.domain.coordinates
        self.space = [a for a, c in enumerate(coordinates) if c != self.time]
        lower, upper = (np.asarray(end) for end in problem.domain.bounds)
        self.widths = upper - lower
        self.places = min(MOST_PLACES, len(next(iter(rows[0].values()))))
        fields = list(problem.fields)
        self.entries = [
            (e, fields.index(slot[0]), coefficients[: self.places], *self._parts(slot))
            for e, row in enumerate(rows)
            for slot, coefficients in row.items()
        ]
        self.degree = max((power for *_, power, _ in self.entries), default=0)

    def matrices(self, k: np.ndarray) -> np.ndarray:
        """A_0, ..., A_n (places, n + 1, equations, fields) at a wave vector over all coordinates."""
        out = np.zeros((self.places, self.degree + 1, len(self.rows), len(self.problem.fields)), complex)
        for e, f, coefficients, power, indices in self.entries:
            waves = sum(math.prod((1j * k[a]) ** times for a, times in index) for index in indices)
            out[:, power, e, f] += coefficients * waves
        return out

    def roots(self, k: np.ndarray) -> list[np.ndarray]:
        """By place, the finite sigma."""
        return [self._roots(A) for A in self.matrices(k)]

    def _roots(self, A: np.ndarray) -> np.ndarray:
        """Eigenvalues of the companion pencil, with equations, fields and sigma brought to size 1."""
        n, m = self.degree, A.shape[1]
        if not np.isfinite(A).all():
            return np.zeros(0, complex)
        tau = _scale(A)
        A = A * tau ** np.arange(n + 1)[:, None, None]
        for axes in ((0, 2), (0, 1)):  # equations, then fields
            size = np.abs(A).max(axis=axes, keepdims=True)
            A = A / np.where(size > 0, size, 1.0)
        left, right = np.eye(n * m, dtype=complex), np.eye(n * m, dtype=complex)
        left = np.roll(left, m, axis=1)
        left[-m:] = -np.concatenate(A[:n], axis=1)
        right[-m:, -m:] = A[n]
        alpha, beta = np.asarray(eigvals(left, right, homogeneous_eigvals=True))
        finite = np.abs(beta) > INFINITE * np.abs(alpha)
        return tau * alpha[finite] / beta[finite]

    def determinants(self, k: np.ndarray) -> np.ndarray:
        """By place, det A_0."""
        return np.linalg.det(self.matrices(k)[:, 0])

    def directions(self) -> np.ndarray:
        """Unit vectors over space, (n, d): both for a line, evenly around a plane, else at random."""
        count = len(self.space)
        if count == 1:
            unit = np.ones((1, 1))
        elif count == 2:
            angle = np.pi * (np.arange(DIRECTIONS) + 0.5) / DIRECTIONS
            unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        else:
            unit = np.random.default_rng(5).standard_normal((DIRECTIONS, count))
            unit = np.concatenate([np.eye(count), unit])
            unit /= np.linalg.norm(unit, axis=1, keepdims=True)
        full = np.zeros((len(unit), len(self.widths)))
        full[:, self.space] = unit / self.widths[self.space]
        return full

    def _parts(self, slot: Slot) -> tuple[int, list[list[tuple[int, int]]]]:
        """The power of sigma, and for each summand the pairs of axis of space and times differentiated."""
        field, index = slot
        own = [self.problem.domain.coordinates.index(c) for c in self.problem.fields[field]]
        if isinstance(index, Laplacian):
            return 0, [[(own[a], 2)] for a in index.axes]
        pairs = [(own[a], times) for a, times in enumerate(index) if times]
        coordinates = self.problem.domain.coordinates
        power = sum(times for a, times in pairs if coordinates[a] == self.time)
        return power, [[(a, times) for a, times in pairs if coordinates[a] != self.time]]


def kind_of(problem: Problem, rows: Rows, highest: int) -> str:
    """One of the kinds of `facts`; the one found at most places and in most directions."""
    if len(rows) != len(problem.fields):
        return "unclassified"
    bounds = problem.conditions.values()
    backward = any(b.at_end and b.terms for b in bounds)
    forward = any(b.at_start and b.terms for b in bounds)
    symbol = Symbol(problem, rows)
    timed = problem.domain.time is not None and symbol.degree > 0
    faces = {face for b in bounds if b.terms for face in b.faces}
    if len(problem.domain.coordinates) == 1 and (timed or len(faces) < 2):
        return "ordinary"
    alone = len(problem.fields) == 1 and highest <= 1
    if not timed or (forward and backward):
        still = Symbol(problem, rows, still=True)
        return "first-order" if alone and len(still.space) > 1 else _still_kind(still)
    votes = Counter(
        _moving_kind(pair, -1 if backward else 1)
        for k in symbol.directions()[::3]
        for pair in zip(symbol.roots(SHORT[0] * k), symbol.roots(SHORT[1] * k), strict=True)
    )
    found = votes.most_common(1)[0][0]
    return "first-order" if alone and found in ("hyperbolic", "unclassified") else found


def _moving_kind(roots: tuple[np.ndarray, ...], direction: int) -> str:
    """The kind that the roots at the two wave numbers tell, by the powers with which their parts grow."""
    pairs = []
    for found in roots:
        sigma = np.asarray(direction * found, complex)
        if not len(sigma):
            return "unclassified"
        largest = np.abs(sigma).max()
        parts = np.array([-np.real(sigma).min(), np.real(sigma).max(), np.abs(np.imag(sigma)).max()])
        pairs.append(np.where(parts > SMALL * largest, parts, 0.0))
    power = np.log10(np.maximum(pairs[1], 1e-300) / np.maximum(pairs[0], 1e-300))
    damped, growing, turning = (power > 0.4) & (pairs[1] > 0)
    if growing:
        return "ill-posed"
    if damped:
        return "parabolic"
    if turning:
        return "dispersive" if power[2] > 1.2 else "hyperbolic"
    return "unclassified"


def _still_kind(symbol: Symbol) -> str:
    votes: Counter[str] = Counter()
    for values in np.stack([symbol.determinants(SHORT[0] * k) for k in symbol.directions()], axis=1):
        largest = np.abs(values).max(initial=0.0)
        if not (np.isfinite(largest) and largest > 0):
            votes["unclassified"] += 1
            continue
        aligned = (values / values[np.abs(values).argmax()]).real
        votes["elliptic" if (aligned > 0).all() else "hyperbolic"] += 1
    return votes.most_common(1)[0][0]


def _scale(A: np.ndarray) -> float:
    """A size for sigma at which the terms of the polynomial are alike."""
    n = len(A) - 1
    sizes = np.abs(A).max(axis=(1, 2))
    guesses = [(sizes[j] / sizes[n]) ** (1 / (n - j)) for j in range(n) if sizes[j] > 0 and sizes[n] > 0]
    return max(guesses, default=1.0)
