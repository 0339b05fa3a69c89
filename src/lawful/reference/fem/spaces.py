"""Continuous piecewise polynomials on quadratic triangles, and integrals of them."""

from dataclasses import dataclass

import numpy as np
import skfem
from skfem.quadrature import get_quadrature
from skfem.refdom import RefLine, RefTri

QUADRATURE = 6
"""Polynomials up to this degree are integrated exactly on straight triangles."""

ELEMENTS = {1: skfem.ElementTriP1, 2: skfem.ElementTriP2}
CORNERS = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
EDGES = np.array([[0, 1], [1, 2], [0, 2]])
"""The corners at the ends of the edges of a triangle, in the order of `mesh.t2f`."""


def shapes_at(degree: int, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The basis functions at places (2, n) of the reference triangle: (functions, n), and their derivatives
    there, (functions, 2, n)."""
    element = ELEMENTS[degree]()
    found = [element.lbasis(reference, i) for i in range(3 * degree)]
    values = np.stack([np.broadcast_to(value, reference.shape[1:]) for value, _ in found])
    slopes = np.stack([np.broadcast_to(slope, reference.shape) for _, slope in found])
    return values, slopes


@dataclass(frozen=True)
class Local:
    """Basis functions of one field at quadrature points: `shapes` (elements, points, functions, 3) holds the
    function and its derivatives by x and y, `dofs` (elements, functions) the numbers in the whole system."""

    shapes: np.ndarray
    dofs: np.ndarray


@dataclass(frozen=True)
class Integral:
    """Quadrature over triangles, or over edges: `places` (elements, points, 2), `weights` (elements, points),
    outward unit `normals` on edges, and each field's `Local`."""

    places: np.ndarray
    weights: np.ndarray
    normals: np.ndarray | None
    locals: tuple[Local, ...]

    def values(self, x: np.ndarray, rows: slice) -> np.ndarray:
        """Of some elements, u, u_x, u_y of every field: (elements, points, fields, 3). Where x holds the
        coefficients of u, u_t and u_tt in rows, these two follow."""
        fields, *rates = np.atleast_2d(x)
        out = []
        for local in self.locals:
            shapes, dofs = local.shapes[rows], local.dofs[rows]
            parts = [np.einsum("epia,ei->epa", shapes, fields[dofs])]
            parts += [np.einsum("epi,ei->ep", shapes[..., 0], rate[dofs])[..., None] for rate in rates]
            out.append(np.concatenate(parts, axis=-1))
        return np.stack(out, axis=2)


@dataclass(frozen=True)
class Spaces:
    """A space of continuous piecewise polynomials of a degree, 1 or 2, for each field, numbered field after field:
    values at the vertices, then at the middles of edges."""

    mesh: skfem.MeshTri2
    degrees: tuple[int, ...]

    @property
    def triangles(self) -> np.ndarray:
        """The corners of the triangles: (3, triangles)."""
        return np.asarray(self.mesh.t)[:3]

    @property
    def sides(self) -> np.ndarray:
        """The edges of the triangles: (3, triangles)."""
        return np.asarray(self.mesh.t2f)

    @property
    def ends(self) -> np.ndarray:
        """The ends of the edges: (2, edges)."""
        return np.asarray(self.mesh.facets)

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
        """The numbers of a field's basis functions on triangles: (functions, n)."""
        numbers = self.triangles[:, triangles]
        if self.degrees[field] == 2:
            numbers = np.concatenate([numbers, self.mesh.nvertices + self.sides[:, triangles]])
        return numbers + self.offsets[field]

    def nodes(self, triangles: np.ndarray) -> np.ndarray:
        """The corners and the middles of edges of triangles: (n, 6, 2)."""
        middles = self.mesh.nvertices + self.sides[:, triangles]
        return self.mesh.doflocs[:, np.concatenate([self.triangles[:, triangles], middles])].T

    def jacobians(self) -> np.ndarray:
        """The determinants of the maps to the triangles, at nodes and points of quadrature: (triangles, points)."""
        reference, _ = get_quadrature(RefTri, QUADRATURE)
        nodes = np.concatenate([CORNERS, (CORNERS[:, EDGES[:, 0]] + CORNERS[:, EDGES[:, 1]]) / 2], axis=1)
        _, slope = mapped(
            self.nodes(np.arange(self.triangles.shape[1])), np.concatenate([reference, nodes], axis=1)
        )
        return np.linalg.det(slope)

    def interior(self) -> Integral:
        reference, weights = get_quadrature(RefTri, QUADRATURE)
        triangles = np.arange(self.triangles.shape[1])
        places, slope = mapped(self.nodes(triangles), reference)
        return Integral(
            places, np.abs(np.linalg.det(slope)) * weights, None, self._locals(triangles, reference, slope)
        )

    def edges(self, facets: np.ndarray) -> Integral:
        along, weights = get_quadrature(RefLine, QUADRATURE)
        return self.along_edges(facets, along[0], weights)

    def along_edges(self, facets: np.ndarray, along: np.ndarray, weights: np.ndarray) -> Integral:
        """A rule with places `along` in [0, 1] on boundary edges, from the first to the second of
        `mesh.facets`; normals are those of the quadratic edges."""
        triangles = np.asarray(self.mesh.f2t)[0, facets]
        parts, order = [], []
        for edge, ends in enumerate(EDGES):
            rows = np.flatnonzero(self.sides[edge, triangles] == facets)
            forward = self.triangles[ends[0], triangles[rows]] == self.ends[0, facets[rows]]
            for turned in (False, True):
                some = rows[forward != turned]
                a, b = CORNERS[:, ends[::-1] if turned else ends].T
                reference = a[:, None] + (b - a)[:, None] * along
                places, slope = mapped(self.nodes(triangles[some]), reference)
                tangent = slope @ (b - a)
                length = np.linalg.norm(tangent, axis=-1)
                normal = np.stack([tangent[..., 1], -tangent[..., 0]], axis=-1) / length[..., None]
                opposite = CORNERS[:, 3 - ends.sum()] - (a + b) / 2
                normal *= -np.sign((normal * (slope @ opposite)).sum(axis=-1, keepdims=True))
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
        """Places and normals at both ends and the middle of boundary edges: (edges, 3, 2) each."""
        at = self.along_edges(facets, np.array([0.0, 1.0, 0.5]), np.ones(3))
        assert at.normals is not None
        return at.places, at.normals

    def edge_dofs(self, field: int, facets: np.ndarray) -> np.ndarray:
        """The numbers of a field's values at the nodes of edges: (edges, 3), or at the ends for degree 1."""
        numbers = self.ends[:, facets]
        if self.degrees[field] == 2:
            numbers = np.concatenate([numbers, (self.mesh.nvertices + facets)[None]])
        return numbers.T + self.offsets[field]

    def _locals(self, triangles: np.ndarray, reference: np.ndarray, slope: np.ndarray) -> tuple[Local, ...]:
        inverse = np.linalg.inv(slope)
        shapes = {}
        for degree in set(self.degrees):
            value, by_reference = shapes_at(degree, reference)
            gradient = np.einsum("njq,eqji->eqni", by_reference, inverse)
            value = np.broadcast_to(value.T, gradient.shape[:-1])
            shapes[degree] = np.concatenate([value[..., None], gradient], axis=-1)
        return tuple(Local(shapes[d], self.dofs(f, triangles).T) for f, d in enumerate(self.degrees))


def mapped(nodes: np.ndarray, reference: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of reference points (2, q) in triangles with `nodes` (n, 6, 2), and d place_i / d reference_j:
    (n, q, 2) and (n, q, 2, 2)."""
    value, slope = shapes_at(2, reference)
    return np.einsum("eni,nq->eqi", nodes, value), np.einsum("eni,njq->eqij", nodes, slope)
