"""Meshes of quadratic tetrahedra that follow the surfaces of a solid, finer from level to level."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...domain.piece import AbstractPiece
from .surfaces import heights, onto
from .tetmesh import TetMesh

NEAR = 1e-5
"""In units of the size of the whole: vertices that are nearer to a surface lie on it."""


@dataclass(frozen=True)
class Tetrahedra:
    """Straight tetrahedra with vertices on the true boundary; `curve` holds the number of the surface, in `curves`,
    for each facet of `mesh.boundary_facets()`; `planes` are those inside that facets meet; `coarser` is the mesh of
    which this is a refinement."""

    mesh: TetMesh
    curves: tuple[AbstractPiece, ...]
    curve: np.ndarray
    planes: tuple[AbstractPiece, ...] = ()
    coarser: "Tetrahedra | None" = None

    @property
    def facets(self) -> np.ndarray:
        return self.mesh.boundary_facets()

    @property
    def outer(self) -> np.ndarray:
        """The vertices of the facets: (3, n)."""
        return self.mesh.facets[:, self.facets]

    @cached_property
    def middles(self) -> np.ndarray:
        """The middles of all edges (3, edges), those on the boundary moved onto the surface of their facets, or
        where two meet, and kept in planes."""
        ends = self.mesh.edges
        places = self.mesh.p[:, ends].mean(axis=1)
        numbers = np.concatenate([self._edges(a, b) for a, b in ((0, 1), (1, 2), (0, 2))])
        touched = np.zeros((len(self.curves), ends.shape[1]), bool)
        touched[np.tile(self.curve, 3), numbers] = True
        edges = np.flatnonzero(touched.any(axis=0))
        inner = [near(plane, self.mesh.p)[ends].all(axis=0) for plane in self.planes]
        touched = np.concatenate([touched, np.reshape(inner, (-1, ends.shape[1]))])
        surfaces = (*self.curves, *self.planes)
        for kind in np.unique(touched[:, edges], axis=1).T:
            here = edges[(touched[:, edges] == kind[:, None]).all(axis=0)]
            on = [surfaces[number] for number in np.flatnonzero(kind)]
            places[:, here] = onto(on, places[:, here].T).T
        return places

    def _edges(self, one: int, other: int) -> np.ndarray:
        """The numbers of the edges between two corners of the outer facets."""
        count = self.mesh.nvertices
        ends, pair = self.mesh.edges, np.sort(self.outer[[one, other]], axis=0)
        return np.searchsorted(ends[0] * count + ends[1], pair[0] * count + pair[1])

    def quadratic(self) -> TetMesh:
        """Tetrahedra of the second degree, the middles of boundary edges on the surfaces."""
        return self.mesh.quadratic(self.middles)

    def refined(self) -> "Tetrahedra":
        """All tetrahedra in eight. The new vertices are the middles of the edges, in their order."""
        count = self.mesh.nvertices
        mesh = self.mesh.refined(self.middles)
        a, b, c = self.outer
        ab, bc, ac = (count + self._edges(i, j) for i, j in ((0, 1), (1, 2), (0, 2)))
        children = np.concatenate([[[a, ab, ac]], [[b, ab, bc]], [[c, ac, bc]], [[ab, bc, ac]]])
        children = np.sort(np.moveaxis(children, 1, 0).reshape(3, -1), axis=0)
        outer = np.sort(mesh.facets[:, mesh.boundary_facets()], axis=0)
        curve = np.empty(outer.shape[1], int)
        curve[np.lexsort(outer)] = np.tile(self.curve, 4)[np.lexsort(children)]
        return Tetrahedra(mesh, self.curves, curve, self.planes, self)


def near(surface: AbstractPiece, places: np.ndarray) -> np.ndarray:
    """Which of the vertices (3, n) of a mesh lie on the whole plane or sphere of a surface."""
    return np.abs(heights(surface, places.T)[0]) < NEAR * float(np.ptp(places, axis=1).max())


def tetrahedra(
    mesh: TetMesh, surfaces: tuple[AbstractPiece, ...], planes: tuple[AbstractPiece, ...] = ()
) -> Tetrahedra:
    """Moves the outer vertices onto the surfaces and planes that they are near, and finds the surface of each outer
    facet: it has all the corners, and is nearest to the middle. Surfaces without a facet are left out."""
    size = float(np.ptp(mesh.p, axis=1).max())
    places = mesh.p.copy()
    outer = mesh.facets[:, mesh.boundary_facets()]
    vertices = np.unique(outer)
    every = (*surfaces, *planes)
    close = np.stack([s.distance(places[:, vertices].T) < NEAR * size for s in every])
    for kind in np.unique(close, axis=1).T:
        here = vertices[(close == kind[:, None]).all(axis=0)]
        on = [every[number] for number in np.flatnonzero(kind)]
        assert on, "an outer vertex lies on no surface"
        places[:, here] = onto(on, places[:, here].T).T
    # on the whole plane, for a facet may reach across two faces that lie in one
    held = np.stack([near(s, places) for s in surfaces])
    off = np.stack([s.distance(places[:, outer].mean(axis=1).T) for s in surfaces])
    off[~held[:, outer].all(axis=1)] = np.inf
    assert np.isfinite(off.min(axis=0)).all(), "an outer facet lies on no surface"
    used, curve = np.unique(off.argmin(axis=0), return_inverse=True)
    return Tetrahedra(mesh.moved(places), tuple(surfaces[n] for n in used), curve, planes)
