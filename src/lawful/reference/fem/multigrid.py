"""Linear systems of quadratic tetrahedra: a Krylov method behind a cycle over polynomials of lower degree and coarser
meshes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import LinearOperator, gmres, splu

from .._base import Unsolved
from .newton import Factored, factored
from .spaces import Spaces
from .tetrahedra import Tetrahedra

DIRECT, MOST_DIRECT = 4000, 25_000
"""Up to so many unknowns a system is factorised at once; up to so many, where the Krylov method fails."""
SWEEPS, REACH = 3, 10.0
"""The degree of the smoothing polynomial, and the ratio of the largest eigenvalue to the least that it smooths."""
POWERS = 15
ACCURACY = 1e-10
RESTART, CYCLES = 40, 4


def multigrid(spaces: Spaces, mesh: Tetrahedra, held: np.ndarray) -> Factored:
    """How Newton's method solves its linear systems on `mesh`, where the coefficients `held` are given."""
    steps = descents(spaces, mesh, held)

    def prepared(
        matrix: Any, rows: sparse.csr_matrix, columns: np.ndarray
    ) -> Callable[[np.ndarray], np.ndarray]:
        if matrix.shape[0] <= DIRECT:
            return factored(matrix, rows, columns)
        return Krylov(sparse.csr_matrix(matrix), rows, columns, steps).solve

    return prepared


def descents(spaces: Spaces, mesh: Tetrahedra, held: np.ndarray) -> list[sparse.csr_matrix]:
    """The maps from each space to the one above it, coarsest last, on the coefficients that are not `held`: from linear
    to quadratic functions on the same mesh, and from linear functions of a mesh to those of its refinement."""
    free = np.ones(spaces.size, bool)
    free[held] = False
    fields = len(spaces.degrees)
    steps = []
    level: Tetrahedra | None = mesh
    while level is not None:
        ends = level.mesh.edges
        count = level.mesh.nvertices
        up = _from_vertices(count, ends)
        own = free.reshape(fields, -1)
        coarse = own[:, :count]
        blocks = [up[own[field]][:, coarse[field]] for field in range(fields)]
        steps.append(sparse.csr_matrix(sparse.block_diag(blocks, format="csr")))
        free, level = coarse.ravel(), level.coarser
    return steps


def _from_vertices(count: int, ends: np.ndarray) -> sparse.csr_matrix:
    """What linear functions are at the vertices and at the middles of edges, from their values at the vertices."""
    edges = ends.shape[1]
    rows = np.concatenate([np.arange(count), count + np.tile(np.arange(edges), 2)])
    columns = np.concatenate([np.arange(count), ends.ravel()])
    shares = np.concatenate([np.ones(count), np.full(2 * edges, 0.5)])
    return sparse.csr_matrix((shares, (rows, columns)), shape=(count + edges, count))


@dataclass
class Floor:
    """A level of the cycle: its matrix, the inverse of the diagonal, the largest eigenvalue of their product, and the
    map from the level below."""

    matrix: sparse.csr_matrix
    inverse: np.ndarray
    largest: float
    up: sparse.csr_matrix

    def smoothed(self, b: np.ndarray) -> np.ndarray:
        """About A^-1 b, in what oscillates: Chebyshev's polynomial in D^-1 A, of degree `SWEEPS` (Adams, Brezina,
        Hu and Tuminaro, 2003)."""
        high = self.largest
        middle, half = high * (1 + 1 / REACH) / 2, high * (1 - 1 / REACH) / 2
        ratio = middle / half
        rho = 1 / ratio
        step = self.inverse * b / middle
        x = step
        for _ in range(SWEEPS - 1):
            after = 1 / (2 * ratio - rho)
            step = after * rho * step + 2 * after / half * self.inverse * (b - self.matrix @ x)
            x, rho = x + step, after
        return x


class Krylov:
    """GMRES for A x + B m = f, C x = g, preconditioned by one V-cycle for A; borders enter as A + B C, whose
    solutions are corrected so that they meet g exactly."""

    def __init__(
        self,
        matrix: sparse.csr_matrix,
        rows: sparse.csr_matrix,
        columns: np.ndarray,
        steps: list[sparse.csr_matrix],
    ):
        self.matrix, self.rows, self.columns = matrix, rows, columns
        self.floors: list[Floor] = []
        count = len(columns)
        size = float(np.abs(matrix.data).sum() / count)
        # as heavy as an equation, so that the borders do not upset the scale
        self.weight = size / max(float(np.abs(columns).max(initial=0.0)), 1e-300)
        now, left, right = matrix, rows, columns
        for up in steps:
            if len(right) <= DIRECT:
                break
            diagonal = now.diagonal()
            if not (np.abs(diagonal) > 0).all():
                raise Unsolved("The linearised equations have no unique solution.")
            inverse = 1 / diagonal
            self.floors.append(Floor(now, inverse, _largest(now, inverse), up))
            now, left, right = sparse.csr_matrix(up.T @ now @ up), left @ up, up.T @ right
        if len(right.T):
            now = now + self.weight * sparse.csr_matrix(right) @ left
        self.bottom = splu(sparse.csc_matrix(now)).solve
        self._border: np.ndarray | None = None

    def cycle(self, b: np.ndarray, at: int = 0) -> np.ndarray:
        """One V-cycle from level `at` downwards."""
        if at == len(self.floors):
            return self.bottom(b)
        floor = self.floors[at]
        x = floor.smoothed(b)
        x = x + floor.up @ self.cycle(floor.up.T @ (b - floor.matrix @ x), at + 1)
        return x + floor.smoothed(b - floor.matrix @ x)

    def applied(self, x: np.ndarray) -> np.ndarray:
        x = np.ravel(x)
        out = self.matrix @ x
        return out + self.weight * self.columns @ (self.rows @ x) if len(self.columns.T) else out

    def solve(self, b: np.ndarray) -> np.ndarray:
        """x and m, one after the other."""
        count = len(self.columns)
        f, g = b[:count], b[count:]
        if not len(g):
            return self._inverted(f)
        if self._border is None:
            self._border = np.stack([self._inverted(column) for column in self.columns.T], axis=1)
        x = self._inverted(f)
        # (A + w B C) x + B n = f with n = m - w g
        n = np.linalg.solve(self.rows @ self._border, self.rows @ x - g)
        return np.concatenate([x - self._border @ n, n + self.weight * g])

    def _inverted(self, b: np.ndarray) -> np.ndarray:
        count = len(b)
        if not b.any():
            return np.zeros(count)
        square: Any = LinearOperator  # whose stubs know no function for the product
        x, failed = gmres(
            square((count, count), matvec=self.applied, dtype=float),
            b,
            M=square((count, count), matvec=lambda v: self.cycle(np.ravel(v)), dtype=float),
            rtol=ACCURACY,
            restart=RESTART,
            maxiter=CYCLES,
        )
        if failed or not np.isfinite(x).all():
            if count > MOST_DIRECT or len(self.columns.T):
                raise Unsolved(
                    f"{RESTART * CYCLES} steps of GMRES did not solve the linearised equations in {count} unknowns."
                )
            return factored(self.matrix, self.rows, self.columns)(b)
        return x


def _largest(matrix: sparse.csr_matrix, inverse: np.ndarray) -> float:
    """Just above the largest eigenvalue of D^-1 A, by the power method."""
    v = np.random.default_rng(4).normal(size=len(inverse))
    size = 1.0
    for _ in range(POWERS):
        v = inverse * (matrix @ (v / np.linalg.norm(v)))
        size = float(np.linalg.norm(v))
    return 1.2 * size
