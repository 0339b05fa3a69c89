"""Fields on a box as tensor products of splines, and where their laws and conditions hold."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from ...calculus import Index, Laplacian
from ...conditions import Bound
from ...domain import Box
from ...problem import Problem
from ..sides import Side, held
from ..sparse import Sparse
from .space import Mesh, SplineSpace
from .tensor import Tensor, facewise
from .weights import Weights


@dataclass(frozen=True)
class Rows:
    """Equations: one term of a condition, differentiated `times` times in time, at some places.

    `axes` holds the places of the tensor grid, an array a coordinate of space.
    """

    bound: Bound
    term: int
    times: int
    axes: tuple[np.ndarray, ...]

    @property
    def count(self) -> int:
        return int(np.prod([len(a) for a in self.axes])) if self.axes else 1


@dataclass(frozen=True)
class Block:
    """The coefficients of one field, or of one of its derivatives in time."""

    field: str
    order: int
    start: int
    size: int

    @property
    def part(self) -> slice:
        return slice(self.start, self.start + self.size)


class Discretisation:
    """Fields as tensor products of splines, one mesh a coordinate of space.

    `orders` is the order in time of each field's law, `sides` the conditions at the ends, by field and axis.
    Along an axis a field has as many conditions as its ends give, or as `weights` say. A state holds, field by field,
    the coefficients of the field and of its derivatives in time below that order.
    """

    def __init__(
        self,
        problem: Problem,
        meshes: Sequence[Mesh],
        orders: dict[str, int],
        sides: dict[tuple[str, str], tuple[Side, ...]],
        joined: dict[tuple[str, str], int],
        weights: Weights | None = None,
    ):
        assert isinstance(problem.domain, Box)
        self.problem, self.meshes, self.orders, self.sides = problem, tuple(meshes), orders, sides
        self.weights = weights
        open_ends = {
            (f, m.name): weights.fields[f] if weights else held(sides[f, m.name])
            for f in problem.fields
            for m in meshes
        }
        self.spaces = {
            f: tuple(
                SplineSpace(m, joined.get((f, m.name), 0) if m.periodic else open_ends[f, m.name])
                for m in meshes
            )
            for f in problem.fields
        }
        self.blocks: dict[tuple[str, int], Block] = {}
        start = 0
        for field, spaces in self.spaces.items():
            size = int(np.prod([s.size for s in spaces])) if spaces else 1
            for order in range(max(orders[field], 1)):
                self.blocks[field, order] = Block(field, order, start, size)
                start += size
        self.size = start

    @property
    def gauss(self) -> tuple[np.ndarray, ...]:
        return tuple(m.gauss_points for m in self.meshes)

    def points(self, axes: Sequence[np.ndarray], t: float = 0.0) -> np.ndarray:
        """The points of a tensor grid, over all coordinates of the domain."""
        mesh = np.meshgrid(*axes, indexing="ij")
        columns = {m.name: g.ravel() for m, g in zip(self.meshes, mesh, strict=True)}
        count = int(np.prod([len(a) for a in axes])) if axes else 1
        return np.stack([columns.get(c, np.full(count, t)) for c in self.problem.domain.coordinates], axis=1)

    def tensor(self, field: str, index: Index, axes: Sequence[np.ndarray]) -> Tensor:
        """A derivative in space of a field on a tensor grid, from its coefficients; time is left out."""
        coordinates = self.problem.fields[field]
        if isinstance(index, Laplacian):
            units = [tuple(2 * (a == b) for b in range(len(coordinates))) for a in index.axes]
        else:
            units = [index]
        terms = []
        for unit in units:
            orders = dict(zip(coordinates, unit, strict=True))
            spaces = zip(self.spaces[field], axes, strict=True)
            terms.append(tuple(space.matrix(places, orders[space.mesh.name]) for space, places in spaces))
        return Tensor(tuple(terms))

    def laws(self) -> list[Rows]:
        """The interior laws at the Gauss points, and where `weights` say so at further places."""
        laws = [b for b in self.problem.conditions.values() if b.governs]
        if self.weights is None:
            return self.at_gauss(laws)
        offsets = self.weights.laws
        axes = {s: tuple(m.gauss_and(-s) for m in self.meshes) for s in offsets.values()}
        return [Rows(b, k, 0, axes[offsets[b.name, term]]) for b in laws for k, term in enumerate(b.terms)]

    def at_gauss(self, bounds: Sequence[Bound]) -> list[Rows]:
        """All terms of some conditions at the Gauss points."""
        gauss = self.gauss
        return [Rows(b, k, 0, gauss) for b in bounds for k in range(len(b.terms))]

    def ends(self, field: str, times: int | None = None) -> list[tuple[Side, Rows]]:
        """The conditions at the ends of a field, each differentiated as often in time as its field's law asks
        for, or `times`.

        On a face they hold at the Gauss points of the other axes. Where faces of several axes meet, those of the
        lowest order hold, at as many further places along the face as each other axis has conditions there. A
        spline along a face is fixed by its values at all these places, so that the conditions of one axis are
        met exactly, and those of the others and the laws are as many as the coefficients that then remain.
        """
        choices: list[list[tuple[Side, ...] | None]] = [
            [None, *_alike(self.sides.get((field, m.name), ()))] for m in self.meshes
        ]
        out = []
        for picked in itertools.product(*choices):
            bound_here = [sides for sides in picked if sides is not None]
            if not bound_here:
                continue
            holding = min(bound_here, key=lambda sides: sorted(s.order for s in sides))
            places = []
            for mesh, sides in zip(self.meshes, picked, strict=True):
                ends = sides[0].ends if sides else ()
                count = 1 if sides is holding else len(sides or ())
                beside = [mesh.beside(e, count) for e in ends]
                places.append(np.concatenate(beside) if beside else mesh.gauss_points)
            axes = tuple(places)
            for side in holding:
                often = max(self.orders[field] - side.order_in_time, 0) if times is None else times
                out.append((side, Rows(side.bound, side.term, often, axes)))
        return out

    def taken(self, other: "Discretisation", state: np.ndarray) -> np.ndarray:
        """The state nearest to one of another discretisation, in the least squares of its values along each axis."""
        out = np.zeros(self.size)
        for (field, order), block in self.blocks.items():
            pairs = list(zip(self.spaces[field], other.spaces[field], strict=True))
            values = state[other.blocks[field, order].part].reshape([coarse.size for _, coarse in pairs])
            for axis, (fine, coarse) in enumerate(pairs):
                places = fine.mesh.inside(fine.degree + 1)
                onto = np.linalg.lstsq(fine.matrix(places).toarray(), coarse.matrix(places).toarray())[0]
                values = np.moveaxis(np.tensordot(onto, values, (1, axis)), 0, axis)
            out[block.part] = values.ravel()
        return out

    def on_points(self, state: np.ndarray, points: np.ndarray) -> dict[str, np.ndarray]:
        """The fields of one state at points (n, d); time is left out."""
        out = {}
        for field, spaces in self.spaces.items():
            matrix = self.scattered(field, points)
            out[field] = matrix @ state[self.blocks[field, 0].part] if spaces else np.full(len(points), state)
        return out

    def scattered(self, field: str, points: np.ndarray, index: Index | None = None) -> Sparse:
        """The values of a field at scattered points (n, d), or a derivative in space, from its coefficients."""
        names = self.problem.domain.coordinates
        orders = dict(zip(self.problem.fields[field], index, strict=True)) if isinstance(index, tuple) else {}
        parts = [
            space.matrix(points[:, names.index(space.mesh.name)], orders.get(space.mesh.name, 0))
            for space in self.spaces[field]
        ]
        return reduce(facewise, parts)


def _alike(sides: tuple[Side, ...]) -> list[tuple[Side, ...]]:
    """The conditions of one axis by end; both ends at once where the same ones hold at both."""
    if all(len(side.ends) > 1 for side in sides):
        return [sides] if sides else []
    ends = [e for e in ("lower", "upper") if any(e in side.ends for side in sides)]
    return [tuple(replace(s, ends=(e,)) for s in sides if e in s.ends) for e in ends]
