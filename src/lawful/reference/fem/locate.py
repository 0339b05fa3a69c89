"""Which triangle a point lies in, and where in it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import skfem
from scipy.spatial import KDTree

from .spaces import Spaces, shapes_at
from .tetmesh import TetMesh

NEWTON_STEPS = 20
SAMPLES = 9
"""Places on each boundary edge to which a point outside is compared."""


@dataclass
class Locator:
    """Finds points in a mesh of quadratic triangles, whose inner edges are straight.

    A point outside all straight triangles, such as one between a chord and its arc, or a hair outside the
    domain, is taken to lie in the triangle at the nearest boundary edge and extrapolated from it.
    """

    mesh: skfem.MeshTri2
    _finder: Any = field(default=None)
    _tree: Any = field(default=None)

    def find(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """For points (n, 2), the triangles (n,) and the places in the reference triangle (2, n)."""
        if self._finder is None:
            from matplotlib.tri import Triangulation as PlaneTriangulation  # slow to import

            x, y = self.mesh.p[:, : self.mesh.nvertices]
            corners = np.asarray(self.mesh.t)[:3].T
            self._finder = PlaneTriangulation(x, y, triangles=corners).get_trifinder()
        triangles = np.asarray(self._finder(*points.T)).astype(int)
        reference = within(self.mesh, points, np.maximum(triangles, 0))
        lost = np.flatnonzero(triangles < 0)
        if len(lost):
            triangles[lost], reference[:, lost] = self._outside(points[lost])
        return triangles, reference

    def _outside(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of the triangles at the nearest boundary edges, the one that a point is least outside of."""
        facets = self.mesh.boundary_facets()
        if self._tree is None:
            ends = self.mesh.p[:, np.asarray(self.mesh.facets)[:, facets]]
            shares = np.linspace(0.0, 1.0, SAMPLES)
            samples = ends[:, 0, :, None] * (1 - shares) + ends[:, 1, :, None] * shares
            self._tree = KDTree(samples.reshape(2, -1).T)
        # beside an end, both edges there are among so many samples
        _, near = self._tree.query(points, k=4)
        tries = np.asarray(self.mesh.f2t)[0, facets[near // SAMPLES]].T
        references = np.stack([within(self.mesh, points, triangles) for triangles in tries])
        inside = np.minimum(references.min(axis=1), 1 - references.sum(axis=1))
        best = np.nanargmax(np.where(np.isfinite(inside), inside, -np.inf), axis=0)
        at = np.arange(len(points))
        return tries[best, at], references[best, :, at].T


def within(mesh: skfem.MeshTri2 | TetMesh, points: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The places (d, n) in the reference simplex of points (n, d) in quadratic cells, by Newton's method from the
    middle."""
    nodes = Spaces(mesh, ()).nodes(cells)
    found = np.full(points.T.shape, 1 / (1 + points.shape[1]))
    for _ in range(NEWTON_STEPS):
        value, by_reference = shapes_at(2, found)
        gap = points - np.einsum("nki,kn->ni", nodes, value)
        slope = np.einsum("nki,kjn->nij", nodes, by_reference)
        step = np.linalg.solve(slope, gap[..., None])[..., 0].T
        found = found + step
        if not (np.abs(step) > 1e-13).any():
            break
    return found
