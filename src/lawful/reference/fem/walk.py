"""Which tetrahedron a point lies in, and where in it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.spatial import KDTree

from .locate import within
from .tetmesh import TetMesh

OPPOSITE = [3, 2, 1, 0]
"""The facet opposite each corner, in the order of `mesh.t2f`."""
STEPS = 200
INSIDE = 1e-9
"""Barycentric coordinates above the negative of it are inside."""
CANDIDATES = (16, 128)
LOST = 1e-3
"""A walk that ended farther outside than this is tried again from the cells near by."""


@dataclass
class Walk:
    """Finds points in a mesh of quadratic tetrahedra: from the cell with the nearest middle across facets towards
    the point, first in straight cells, then in curved ones.

    A point a hair outside the domain, or between a facet and its surface, is extrapolated from the cell there.
    """

    mesh: TetMesh

    @cached_property
    def _middles(self) -> KDTree:
        return KDTree(self._corners.mean(axis=1))

    @cached_property
    def _corners(self) -> np.ndarray:
        return np.moveaxis(self.mesh.p[:, np.asarray(self.mesh.t)[:4]], 0, -1).swapaxes(0, 1)

    @cached_property
    def _across(self) -> np.ndarray:
        """The cell across the facet opposite each corner, -1 outside: (4, cells)."""
        facets = np.asarray(self.mesh.t2f)[OPPOSITE]
        pair = np.asarray(self.mesh.f2t)[:, facets]
        own = np.arange(facets.shape[1])
        return np.where(pair[0] == own, pair[1], pair[0])

    def find(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For points (n, 3), the cells (n,) and the places in the reference tetrahedron (3, n)."""
        _, cells = self._middles.query(points)
        cells = np.asarray(cells, int)
        self._walked(points, cells)
        reference = within(self.mesh, points, cells)
        lost = np.flatnonzero(~(depth(reference) > -LOST))
        for count in CANDIDATES:
            if len(lost):
                found = self._middles.query(points[lost], k=min(count, len(self._corners)))[1]
                near = np.asarray(found).reshape(len(lost), -1)
                depths = np.array([depth(self._straight(points[lost], c)) for c in near.T])
                pick = depths.argmax(axis=0)
                better = depths.max(axis=0) > depth(self._straight(points[lost], cells[lost]))
                cells[lost] = np.where(better, near[np.arange(len(lost)), pick], cells[lost])
                reference[:, lost] = within(self.mesh, points[lost], cells[lost])
                lost = lost[~(depth(reference[:, lost]) > -LOST)]
        self._settled(points, cells, reference)
        return cells, reference

    def _straight(self, points: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """Places in the reference tetrahedron of points in straight cells: (3, n)."""
        corners = self._corners[cells]
        slope = np.swapaxes(corners[:, 1:] - corners[:, :1], 1, 2)
        return np.linalg.solve(slope, (points - corners[:, 0])[..., None])[..., 0].T

    def _walked(self, points: np.ndarray, cells: np.ndarray) -> None:
        """Move on `cells` until the points lie in the straight cells, or a facet of the boundary is in the way."""
        moving = np.arange(len(points))
        for _ in range(STEPS):
            shares = barycentric(self._straight(points[moving], cells[moving]))
            to = self._across[shares.argmin(axis=0), cells[moving]]
            on = (shares.min(axis=0) < -INSIDE) & (to >= 0)
            moving = moving[on]
            if not len(moving):
                return
            cells[moving] = to[on]

    def _settled(self, points: np.ndarray, cells: np.ndarray, reference: np.ndarray) -> None:
        """Cross the curved facets that are between points and their cells, if that comes nearer."""
        moving = np.flatnonzero(depth(reference) < -INSIDE)
        for _ in range(len(OPPOSITE)):
            to = self._across[barycentric(reference[:, moving]).argmin(axis=0), cells[moving]]
            moving, to = moving[to >= 0], to[to >= 0]
            if not len(moving):
                return
            found = within(self.mesh, points[moving], to)
            nearer = depth(found) > depth(reference[:, moving])
            moving = moving[nearer]
            cells[moving], reference[:, moving] = to[nearer], found[:, nearer]
            moving = moving[depth(reference[:, moving]) < -INSIDE]


def barycentric(reference: np.ndarray) -> np.ndarray:
    """From places (3, n) the shares of the corners (4, n)."""
    return np.concatenate([1 - reference.sum(axis=0, keepdims=True), reference])


def depth(reference: np.ndarray) -> np.ndarray:
    """The smallest share of a corner, negative outside; where there is no such place, minus infinity."""
    smallest = barycentric(reference).min(axis=0)
    return np.where(np.isfinite(smallest), smallest, -np.inf)
