"""Continuous piecewise polynomials on quadratic triangles or tetrahedra, and integrals of them."""

from dataclasses import dataclass

import numpy as np
import skfem

from .cells import SIMPLICES, Simplex
from .tetmesh import TetMesh


def shapes_at(degree: int, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The basis functions at places (d, n) of the reference simplex: (functions, n), and their derivatives
    there, (functions, d, n)."""
    simplex = SIMPLICES[len(reference)]
    element = simplex.elements[degree]()
    found = [element.lbasis(reference, i) for i in range(simplex.functions(degree))]
    values = np.stack([np.broadcast_to(value, reference.shape[1:]) for value, _ in found])
    slopes = np.stack([np.broadcast_to(slope, reference.shape) for _, slope in found])
    return values, slopes


@dataclass(frozen=True)
class Local:
    """Basis functions of one field at quadrature points: `shapes` (elements, points, functions, 1 + d)
    holds the function and its slopes, `dofs` (elements, functions) the numbers in the whole system."""

    shapes: np.ndarray
    dofs: np.ndarray


@dataclass(frozen=True)
class Integral:
    """Quadrature over cells, or over pieces of their boundary: `places` (elements, points, d), `weights` (elements,
    points), outward unit `normals` on the boundary, and each field's `Local`."""

    places: np.ndarray
    weights: np.ndarray
    normals: np.ndarray | None
    locals: tuple[Local, ...]

    def values(self, x: np.ndarray, rows: slice) -> np.ndarray:
        """Of some elements, u and its slopes, of every field: (elements, points, fields, 1 + d). Where x holds the
        coefficients of u, u_t and u_tt in rows, these two follow."""
        still, *rates = np.atleast_2d(x)
        out = []
        for local in self.locals:
            shapes, dofs = local.shapes[rows], local.dofs[rows]
            parts = [still[dofs][:, None, None] @ shapes]
            parts += [rate[dofs][:, None, None] @ shapes[..., :1] for rate in rates]
            out.append(np.concatenate(parts, axis=-1))
        return np.concatenate(out, axis=2)


@dataclass(frozen=True)
class Spaces:
    """A space of continuous piecewise polynomials of a degree, 1 or 2, for each field, numbered field after field:
    values at the vertices, then at the middles of edges. The cells of the mesh are triangles or tetrahedra, and the
    edges of its boundary, in what follows, edges or triangles."""

    mesh: skfem.MeshTri2 | TetMesh
    degrees: tuple[int, ...]

    @property
    def dimension(self) -> int:
        return int(self.mesh.p.shape[0])

    @property
    def simplex(self) -> Simplex:
        return SIMPLICES[self.dimension]

    @property
    def triangles(self) -> np.ndarray:
        """The corners of the cells: (d + 1, cells)."""
        return np.asarray(self.mesh.t)[: self.dimension + 1]

    @property
    def sides(self) -> np.ndarray:
        """The edges of the cells: (3 or 6, cells)."""
        return np.asarray(self.mesh.t2e if isinstance(self.mesh, TetMesh) else self.mesh.t2f)

    @property
    def ends(self) -> np.ndarray:
        """The ends of the edges of the cells: (2, edges)."""
        return np.asarray(self.mesh.edges if isinstance(self.mesh, TetMesh) else self.mesh.facets)

    @property
    def counts(self) -> list[int]:
        edges, vertices = self.ends.shape[1], int(self.mesh.nvertices)
        return [vertices + (edges if degree == 2 else 0) for degree in self.degrees]

    @property
    def offsets(self) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(self.counts)])

    @property
    def size(self) -> int:
        return int(self.offsets[-1])

    @property
    def groups(self) -> list[slice]:
        """The numbers of each field."""
        return [slice(a, b) for a, b in zip(self.offsets, self.offsets[1:], strict=False)]

    def dofs(self, field: int, triangles: np.ndarray) -> np.ndarray:
        """The numbers of a field's basis functions on cells: (functions, n)."""
        numbers = self.triangles[:, triangles]
        if self.degrees[field] == 2:
            numbers = np.concatenate([numbers, self.mesh.nvertices + self.sides[:, triangles]])
        return numbers + self.offsets[field]

    def nodes(self, triangles: np.ndarray) -> np.ndarray:
        """The corners and the middles of edges of cells: (n, 6 or 10, d)."""
        middles = self.mesh.nvertices + self.sides[:, triangles]
        return self.mesh.doflocs[:, np.concatenate([self.triangles[:, triangles], middles])].T

    def jacobians(self) -> np.ndarray:
        """The determinants of the maps to the cells, at nodes and points of quadrature: (cells, points)."""
        simplex = self.simplex
        places = np.concatenate([simplex.within[0], simplex.corners, simplex.middles], axis=1)
        _, slope = mapped(self.nodes(np.arange(self.triangles.shape[1])), places)
        return determinants(slope)

    def interior(self) -> Integral:
        reference, weights = self.simplex.within
        triangles = np.arange(self.triangles.shape[1])
        places, slope = mapped(self.nodes(triangles), reference)
        return Integral(
            places, np.abs(determinants(slope)) * weights, None, self._locals(triangles, reference, slope)
        )

    def edges(self, facets: np.ndarray) -> Integral:
        return self.along_edges(facets, *self.simplex.across)

    def along_edges(self, facets: np.ndarray, along: np.ndarray, weights: np.ndarray) -> Integral:
        """A rule with places `along` (d - 1, q) in the reference simplex of the boundary, whose corners are in the
        order of `mesh.facets`; normals are those of the quadratic boundary."""
        triangles, at = self._at(facets)
        shares = np.concatenate([1 - along.sum(axis=0, keepdims=True), along])
        corners = self.simplex.corners
        parts, order = [], []
        # basis functions at the same places of the reference cell are evaluated together
        for kind in np.unique(at, axis=1).T:
            some = np.flatnonzero((at == kind[:, None]).all(axis=0))
            own = corners[:, kind]
            reference = own @ shares
            places, slope = mapped(self.nodes(triangles[some]), reference)
            normal = crossed(slope @ (own[:, 1:] - own[:, :1]))
            length = np.linalg.norm(normal, axis=-1)
            opposite = np.delete(corners, kind, axis=1)[:, 0] - own.mean(axis=1)
            inward = np.sign((normal * (slope @ opposite)).sum(axis=-1))
            normal = -normal * (inward / length)[..., None]
            locals = self._locals(triangles[some], reference, slope)
            parts.append(Integral(places, length * weights, normal, locals))
            order.append(some)
        back = np.argsort(np.concatenate(order))
        normals = np.concatenate([p.normals for p in parts if p.normals is not None])
        locals = tuple(
            Local(
                np.concatenate([p.locals[f].shapes for p in parts])[back],
                np.concatenate([p.locals[f].dofs for p in parts])[back],
            )
            for f in range(len(self.degrees))
        )
        places, weights = (
            np.concatenate([p.places for p in parts]),
            np.concatenate([p.weights for p in parts]),
        )
        return Integral(places[back], weights[back], normals[back], locals)

    def edge_nodes(self, facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places and normals at the corners and the middles of edges of boundary edges: (edges, 3 or 6, d) each."""
        corners = np.concatenate([np.zeros((self.dimension - 1, 1)), np.eye(self.dimension - 1)], axis=1)
        middles = [(corners[:, a] + corners[:, b]) / 2 for a, b in self._pairs()]
        nodes = np.concatenate([corners, np.stack(middles, axis=1)], axis=1)
        at = self.along_edges(facets, nodes, np.ones(nodes.shape[1]))
        assert at.normals is not None
        return at.places, at.normals

    def edge_centres(self, facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places and normals in the middle of boundary edges: (edges, d) each."""
        middle = np.full((self.dimension - 1, 1), 1 / self.dimension)
        at = self.along_edges(facets, middle, np.ones(1))
        assert at.normals is not None
        return at.places[:, 0], at.normals[:, 0]

    def edge_dofs(self, field: int, facets: np.ndarray) -> np.ndarray:
        """The numbers of a field's values at the nodes of boundary edges: (edges, 3 or 6), or at the corners for
        degree 1."""
        numbers = np.asarray(self.mesh.facets)[:, facets]
        if self.degrees[field] == 2:
            triangles, at = self._at(facets)
            table = self.simplex.edge_between()
            middles = [self.sides[table[at[a], at[b]], triangles] for a, b in self._pairs()]
            numbers = np.concatenate([numbers, self.mesh.nvertices + np.stack(middles)])
        return numbers.T + self.offsets[field]

    def _pairs(self) -> list[tuple[int, int]]:
        """The corners at the ends of the edges of a piece of boundary."""
        return [(0, 1)] if self.dimension == 2 else [(0, 1), (1, 2), (0, 2)]

    def _at(self, facets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The cells behind boundary edges, and which of their corners those of the edges are: (n,) and (d, n)."""
        triangles = np.asarray(self.mesh.f2t)[0, facets]
        vertices = np.asarray(self.mesh.facets)[:, facets]
        return triangles, (self.triangles[None, :, triangles] == vertices[:, None]).argmax(axis=1)

    def _locals(self, triangles: np.ndarray, reference: np.ndarray, slope: np.ndarray) -> tuple[Local, ...]:
        inverse = inverses(slope)
        shapes = {}
        for degree in set(self.degrees):
            value, by_reference = shapes_at(degree, reference)
            found = np.empty((*inverse.shape[:2], len(value), 1 + self.dimension))
            found[..., 0] = value.T
            np.matmul(np.moveaxis(by_reference, 2, 0), inverse, out=found[..., 1:])
            shapes[degree] = found
        return tuple(Local(shapes[d], self.dofs(f, triangles).T) for f, d in enumerate(self.degrees))


def mapped(nodes: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of reference points (d, q) in cells with `nodes` (n, 6 or 10, d), and d place_i / d reference_j:
    (n, q, d) and (n, q, d, d)."""
    value, slope = shapes_at(2, reference)
    return np.einsum("eni,nq->eqi", nodes, value), np.einsum("eni,njq->eqij", nodes, slope)


def determinants(slope: np.ndarray) -> np.ndarray:
    """Of matrices (..., d, d)."""
    if slope.shape[-1] == 2:
        return np.linalg.det(slope)
    return (slope[..., 0, :] * np.cross(slope[..., 1, :], slope[..., 2, :])).sum(axis=-1)


def inverses(slope: np.ndarray) -> np.ndarray:
    """Of matrices (..., d, d); for three rows a, b, c the columns are b x c, c x a and a x b over the determinant."""
    if slope.shape[-1] == 2:
        return np.linalg.inv(slope)
    a, b, c = (slope[..., i, :] for i in range(3))
    columns = np.stack([np.cross(b, c), np.cross(c, a), np.cross(a, b)], axis=-1)
    return columns / determinants(slope)[..., None, None]


def crossed(tangents: np.ndarray) -> np.ndarray:
    """A normal to tangents (..., d, d - 1), as long as the area that they span: (..., d)."""
    if tangents.shape[-1] == 1:
        return np.stack([tangents[..., 1, 0], -tangents[..., 0, 0]], axis=-1)
    return np.cross(tangents[..., 0], tangents[..., 1])
