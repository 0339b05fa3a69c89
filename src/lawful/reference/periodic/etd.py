"""Exponential time differencing for u' = L u + N(t, u), L a small matrix a wave number."""

from dataclasses import dataclass

import numpy as np
import scipy.linalg

SERIES = 18
"""Terms of the series of the phi functions inside the unit circle."""
ILL = 1e7
"""The condition of eigenvectors from which on the exponential of a matrix is computed without them."""


@dataclass(frozen=True)
class Coefficients:
    """One step of Cox and Matthews' Runge-Kutta method (2002, J. Comput. Phys. 176, eqs. 26-29), matrices
    (modes, n, n): a = E2 u + h1 N(u), b = E2 u + h1 N(a), c = E2 a + h1 (2 N(b) - N(u)), and
    u <- E u + first N(u) + middle (N(a) + N(b)) + last N(c)."""

    E: np.ndarray
    E2: np.ndarray
    h1: np.ndarray
    first: np.ndarray
    middle: np.ndarray
    last: np.ndarray


class Exponentials:
    """The functions of the matrices L (modes, n, n) that steps of any length need."""

    def __init__(self, L: np.ndarray):
        self.L = L
        self.values, self.vectors = np.linalg.eig(L)
        with np.errstate(all="ignore"):
            condition = np.linalg.cond(self.vectors)
        self.bad = np.flatnonzero(~(condition < ILL))
        self.vectors[self.bad] = np.eye(L.shape[-1])
        self.inverse = np.linalg.inv(self.vectors)

    def coefficients(self, h: float) -> Coefficients:
        """For a step of length h, order 4."""
        e, p1, p2, p3 = self._phis(h)
        e2, half, _, _ = self._phis(h / 2)
        return Coefficients(
            e, e2, h / 2 * half, h * (p1 - 3 * p2 + 4 * p3), 2 * h * (p2 - 2 * p3), h * (4 * p3 - p2)
        )

    def _phis(self, h: float) -> tuple[np.ndarray, ...]:
        """exp, phi_1, phi_2 and phi_3 of h L."""
        scalars = phis(h * self.values)
        out = tuple((self.vectors * s[:, None, :]) @ self.inverse for s in scalars)
        n = self.L.shape[-1]
        for k in self.bad:
            large = np.zeros((4 * n, 4 * n), complex)
            large[:n, :n] = h * self.L[k]
            for j in range(3):
                large[j * n : (j + 1) * n, (j + 1) * n : (j + 2) * n] = np.eye(n)
            row = scipy.linalg.expm(large)[:n]
            for j, part in enumerate(out):
                part[k] = row[:, j * n : (j + 1) * n]
        return out


def phis(z: np.ndarray) -> tuple[np.ndarray, ...]:
    """exp(z) and phi_j(z) = sum_m z^m / (m + j)! for j = 1, 2, 3: the series inside the unit circle, the recursion
    phi_(j+1) = (phi_j - 1/j!) / z outside."""
    near = np.abs(z) < 1
    safe = np.where(near, 1.0, z)
    out = [np.exp(z)]
    previous, factorial = np.exp(np.where(near, 0.0, z)), 1.0
    inside = np.where(near, z, 0.0)
    for j in (1, 2, 3):
        previous = (previous - 1 / factorial) / safe
        factorial *= j
        series, term = np.zeros_like(inside), np.full_like(inside, 1 / factorial)
        for m in range(SERIES):
            series = series + term
            term = term * inside / (m + 1 + j)
        out.append(np.where(near, series, previous))
    return tuple(out)
