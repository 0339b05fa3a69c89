"""Meshes of quadratic triangles that follow curved boundaries, finer from level to level and at corners."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import skfem
from scipy.spatial import KDTree

from ...domain.curve import AbstractCurve
from .curves import nearest

STRAIGHT = np.deg2rad(5.0)
"""Boundaries that turn by less have no corner."""
ORDER = 3.0
"""The order of convergence that grading is to keep."""


@dataclass(frozen=True)
class Triangulation:
    """Straight triangles with vertices on the true boundary; `curve` holds the number of the curve
    for each edge of `mesh.boundary_facets()`."""

    mesh: skfem.MeshTri
    curves: tuple[AbstractCurve, ...]
    curve: np.ndarray

    @property
    def facets(self) -> np.ndarray:
        return self.mesh.boundary_facets()

    def quadratic(self) -> skfem.MeshTri2:
        """Triangles of the second degree, the middles of boundary edges moved onto the curves."""
        mesh = skfem.MeshTri2.from_mesh(self.mesh)
        places = mesh.doflocs.copy()
        middles = self.mesh.p.shape[1] + self.facets
        for number, curve in enumerate(self.curves):
            here = middles[self.curve == number]
            places[:, here] = nearest(curve, places[:, here].T).T
        return replace(mesh, doflocs=places)

    def corners(self) -> dict[int, tuple[float, tuple[int, int]]]:
        """By vertex where two curves or parts of the boundary meet: the angle inside, and the two curves."""
        mesh = self.mesh
        ends = np.asarray(mesh.facets)[:, self.facets]
        p = mesh.p
        angles = np.zeros(p.shape[1])
        for i in range(3):
            at, left, right = (mesh.t[(i + j) % 3] for j in range(3))
            u, v = p[:, left] - p[:, at], p[:, right] - p[:, at]
            cross, dot = np.abs(u[0] * v[1] - u[1] * v[0]), (u * v).sum(axis=0)
            np.add.at(angles, at, np.arctan2(cross, dot))
        met: dict[int, list[int]] = {}
        for facet, curve in enumerate(self.curve):
            for vertex in ends[:, facet]:
                met.setdefault(int(vertex), []).append(int(curve))
        return {
            vertex: (float(angles[vertex]), (min(curves), max(curves)))
            for vertex, curves in met.items()
            if len(set(curves)) > 1
        }

    def refined(self, marked: np.ndarray | None = None) -> "Triangulation":
        """All triangles in four, or those `marked` and their neighbours as needed."""
        before = self.mesh
        mesh = before.refined() if marked is None else before.refined(marked)
        middles = before.p[:, np.asarray(before.facets)[:, self.facets]].mean(axis=1).T
        new = mesh.boundary_nodes()
        new = new[new >= before.p.shape[1]]
        places = mesh.p.copy()
        if len(new):
            _, which = KDTree(middles).query(mesh.p[:, new].T)
            for number, curve in enumerate(self.curves):
                here = new[self.curve[which] == number]
                places[:, here] = nearest(curve, places[:, here].T).T
        return triangulation(replace(mesh, doflocs=places), self.curves)


def triangulation(mesh: skfem.MeshTri, curves: tuple[AbstractCurve, ...]) -> Triangulation:
    """Finds for each boundary edge the curve that it lies on: through both ends, nearest to its middle."""
    ends = mesh.p[:, np.asarray(mesh.facets)[:, mesh.boundary_facets()]]
    size = float(np.ptp(mesh.p, axis=1).max())
    middles = ends.mean(axis=1).T
    distances = []
    for curve in curves:
        off = np.maximum(*(curve.distance(ends[:, i].T) for i in range(2)))
        distances.append(np.where(off < 1e-8 * size, curve.distance(middles), np.inf))
    found = np.array(distances)
    assert np.isfinite(found.min(axis=0)).all(), "a boundary edge lies on no curve"
    return Triangulation(mesh, curves, found.argmin(axis=0))


def graded(coarsest: Triangulation, level: int, extra: Mapping[int, int]) -> Triangulation:
    r"""`level` halvings, before and after each of which the triangles at vertex v are halved `extra[v]` times more.

    With n times, triangles at distance r from the corner have the size h r^{1 - 1/(1+n)}, so that
    interpolation keeps its third order for a solution of the form r^a if n >= 3/a - 1.
    """
    now = coarsest
    for number in range(level + 1):
        now = now.refined() if number else now
        for turn in range(max(extra.values(), default=0)):
            corners = [v for v, times in extra.items() if times > turn]
            now = now.refined(np.flatnonzero(np.isin(now.mesh.t, corners).any(axis=0)))
    return now


def extra_halvings(angle: float, changes: bool, jumps: bool) -> int:
    r"""How often the triangles at a corner are halved beyond the others, from its angle inside.

    The solution of Laplace's equation behaves like r^(pi/angle) there, and like r^(pi/(2 angle)) where the
    kind of condition `changes` (Grisvard, Elliptic Problems in Nonsmooth Domains, 1985); where given values jump
    nothing is smooth, and the number is a choice.
    """
    if jumps:
        return 4
    exponent = np.pi / angle / (2 if changes else 1)
    if not changes and abs(angle - np.pi) < STRAIGHT:
        return 0
    return max(0, int(np.ceil(ORDER / exponent - 1 - 1e-6)))
