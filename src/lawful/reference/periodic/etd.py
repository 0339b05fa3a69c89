"""Exponential time differencing for u' = L u + N(t, u), L a small matrix a wave number."""

from functools import cached_property
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

SERIES = 18
"""Terms of the series of the phi functions inside the unit circle."""
ILL = 1e7
"""The condition of eigenvectors from which on the exponential of a matrix is computed without them."""


class Coefficients(NamedTuple):
    """One step of Cox and Matthews' Runge-Kutta method (2002, J. Comput. Phys. 176, eqs. 26-29), matrices
    (modes, n, n): a = E2 u + h1 N(u), b = E2 u + h1 N(a), c = E2 a + h1 (2 N(b) - N(u)), and
    u <- E u + first N(u) + middle (N(a) + N(b)) + last N(c)."""

    E: Any
    E2: Any
    h1: Any
    first: Any
    middle: Any
    last: Any


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

    @cached_property
    def _arrays(self) -> tuple[Any, ...]:
        parts = (self.values, self.vectors, self.inverse, self.bad, self.L[self.bad])
        return tuple(jnp.asarray(a) for a in parts)

    def coefficients(self, h: float) -> Coefficients:
        """For a step of length h, order 4."""
        return _coefficients(self._arrays, h)


@jax.jit
def _coefficients(arrays: tuple[Any, ...], h: Any) -> Coefficients:
    e, p1, p2, p3 = _of_matrices(arrays, h)
    e2, half, _, _ = _of_matrices(arrays, h / 2)
    return Coefficients(
        e, e2, h / 2 * half, h * (p1 - 3 * p2 + 4 * p3), 2 * h * (p2 - 2 * p3), h * (4 * p3 - p2)
    )


def _of_matrices(arrays: tuple[Any, ...], h: Any) -> list[Any]:
    """exp, phi_1, phi_2 and phi_3 of h L."""
    values, vectors, inverse, bad, L = arrays
    out = [((vectors * s[:, None, :]) @ inverse) for s in phis(h * values)]
    count, n, _ = L.shape
    if not count:
        return out
    large = jnp.zeros((count, 4 * n, 4 * n), L.dtype).at[:, :n, :n].set(h * L)
    for j in range(3):
        large = large.at[:, j * n : (j + 1) * n, (j + 1) * n : (j + 2) * n].set(jnp.eye(n))
    rows = jax.vmap(jax.scipy.linalg.expm)(large)[:, :n]
    return [part.at[bad].set(rows[:, :, j * n : (j + 1) * n]) for j, part in enumerate(out)]


def phis(z: Any) -> list[Any]:
    """exp(z) and phi_j(z) = sum_m z^m / (m + j)! for j = 1, 2, 3: the series inside the unit circle, the recursion
    phi_(j+1) = (phi_j - 1/j!) / z outside."""
    near = jnp.abs(z) < 1
    safe = jnp.where(near, 1.0, z)
    out = [jnp.exp(z)]
    previous, factorial = jnp.exp(jnp.where(near, 0.0, z)), 1.0
    inside = jnp.where(near, z, 0.0)
    for j in (1, 2, 3):
        previous = (previous - 1 / factorial) / safe
        factorial *= j
        series, term = jnp.zeros_like(inside), jnp.full_like(inside, 1 / factorial)
        for m in range(SERIES):
            series = series + term
            term = term * inside / (m + 1 + j)
        out.append(jnp.where(near, series, previous))
    return out
