"""Tetrahedra with their edges and facets numbered, and their division in eight."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .cells import SIMPLICES

FACETS = np.array([[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]])
"""The corners of the facets of a tetrahedron; the first is opposite the last corner."""
DIAGONALS = ((2, 4, (0, 1, 5, 3)), (1, 3, (0, 2, 5, 4)), (0, 5, (1, 2, 3, 4)))
"""Opposite edges of a tetrahedron, by number, and the four edges around, in turn."""


@dataclass(frozen=True)
class Numbered:
    """The sets of `size` corners that tetrahedra share: their vertices, growing, (size, n), and the numbers of those of
    each tetrahedron, (sets, cells)."""

    vertices: np.ndarray
    of_cells: np.ndarray


def numbered(cells: np.ndarray, sets: np.ndarray) -> Numbered:
    """Numbers the sets of corners, such as `FACETS`, of tetrahedra (4, cells)."""
    corners = np.sort(cells[sets].astype(np.int64), axis=1)
    count = int(cells.max()) + 1
    keys = np.zeros(corners[:, 0].shape, np.int64)
    for i in range(corners.shape[1]):
        keys = keys * count + corners[:, i]
    _, first, inverse = np.unique(keys.ravel(), return_index=True, return_inverse=True)
    flat = np.moveaxis(corners, 1, 0).reshape(corners.shape[1], -1)
    return Numbered(flat[:, first], inverse.reshape(keys.shape))


@dataclass(frozen=True)
class TetMesh:
    """Tetrahedra by the numbers of their corners `t` (4, cells), and places `doflocs` (3, n): of the vertices and,
    where the cells are of second degree, of the middles of edges after them."""

    doflocs: np.ndarray
    t: np.ndarray
    shared: "TetMesh | None" = field(default=None, repr=False)

    @property
    def p(self) -> np.ndarray:
        return self.doflocs

    @cached_property
    def nvertices(self) -> int:
        return int(self.t.max()) + 1

    @cached_property
    def _edges(self) -> Numbered:
        return self.shared._edges if self.shared else numbered(self.t, SIMPLICES[3].edges)

    @cached_property
    def _facets(self) -> Numbered:
        return self.shared._facets if self.shared else numbered(self.t, FACETS)

    @property
    def edges(self) -> np.ndarray:
        """The ends of the edges: (2, edges)."""
        return self._edges.vertices

    @property
    def t2e(self) -> np.ndarray:
        """The edges of the cells: (6, cells)."""
        return self._edges.of_cells

    @property
    def facets(self) -> np.ndarray:
        """The corners of the facets: (3, facets)."""
        return self._facets.vertices

    @property
    def t2f(self) -> np.ndarray:
        """The facets of the cells: (4, cells)."""
        return self._facets.of_cells

    @cached_property
    def f2t(self) -> np.ndarray:
        """The two cells beside each facet, the second -1 outside: (2, facets)."""
        facets = self.t2f.ravel()
        cells = np.tile(np.arange(self.t.shape[1]), len(FACETS))
        out = np.empty((2, self.facets.shape[1]), int)
        # of several numbers for a place the last one stays
        out[1, facets] = cells
        out[0, facets[::-1]] = cells[::-1]
        out[1, out[0] == out[1]] = -1
        return out

    def boundary_facets(self) -> np.ndarray:
        return np.flatnonzero(self.f2t[1] < 0)

    def quadratic(self, middles: np.ndarray) -> "TetMesh":
        """Cells of second degree, with the middles of their edges at `middles` (3, edges)."""
        return TetMesh(np.concatenate([self.p[:, : self.nvertices], middles], axis=1), self.t, self)

    def moved(self, places: np.ndarray) -> "TetMesh":
        """The same cells with their vertices at `places`."""
        return replace(self, doflocs=places, shared=self)

    def refined(self, middles: np.ndarray) -> "TetMesh":
        """Every tetrahedron in eight, at `middles` of its edges: one at each corner, and the octahedron that is left in
        four around the shortest of its diagonals (Bey, 1995). Vertex `nvertices` + k is the middle of edge k."""
        places = np.concatenate([self.p[:, : self.nvertices], middles], axis=1)
        m = self.nvertices + self.t2e
        t = self.t
        parts = [
            [t[0], m[0], m[2], m[3]],
            [t[1], m[0], m[1], m[4]],
            [t[2], m[1], m[2], m[5]],
            [t[3], m[3], m[4], m[5]],
        ]
        lengths = [np.linalg.norm(places[:, m[a]] - places[:, m[b]], axis=0) for a, b, _ in DIAGONALS]
        shortest = np.argmin(lengths, axis=0)
        for kind, (a, b, ring) in enumerate(DIAGONALS):
            own = m[:, shortest == kind]
            for i in range(4):
                parts.append([own[a], own[b], own[ring[i]], own[ring[(i + 1) % 4]]])
        return TetMesh(places, np.concatenate([np.stack(part) for part in parts], axis=1))
