"""A problem on a box as equations for spline coefficients: laws at Gauss points, conditions at the ends."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from typing import Any

import numpy as np
import scipy.sparse as sp

from ...calculus import Index, Laplacian
from ...conditions import Bound
from ...domain import Box
from ...problem import Problem
from ..evolution import AbstractEquations
from ..pointwise import Statement, order_in_time
from ..sides import Side, held
from ..sparse import Pattern, Sparse
from .space import Mesh, SplineSpace
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

    def matrix(self, field: str, index: Index, axes: Sequence[np.ndarray]) -> Sparse:
        """A derivative in space of a field on a tensor grid, from its coefficients; time is left out."""
        coordinates = self.problem.fields[field]
        if isinstance(index, Laplacian):
            units = (tuple(2 * (a == b) for b in range(len(coordinates))) for a in index.axes)
            return reduce(lambda a, b: a + b, (self.matrix(field, u, axes) for u in units)).tocsr()
        orders = dict(zip(coordinates, index, strict=True))
        parts = [
            space.matrix(places, orders[space.mesh.name])
            for space, places in zip(self.spaces[field], axes, strict=True)
        ]
        return reduce(lambda a, b: sp.kron(a, b, format="csr"), parts, sp.eye_array(1).tocsr()).tocsr()

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
        return reduce(_facewise, parts)


def _alike(sides: tuple[Side, ...]) -> list[tuple[Side, ...]]:
    """The conditions of one axis by end; both ends at once where the same ones hold at both."""
    if all(len(side.ends) > 1 for side in sides):
        return [sides] if sides else []
    ends = [e for e in ("lower", "upper") if any(e in side.ends for side in sides)]
    return [tuple(replace(s, ends=(e,)) for s in sides if e in s.ends) for e in ends]


def _facewise(a: Sparse, b: Sparse) -> Sparse:
    """The Kronecker product row by row."""
    counts_a, counts_b = np.diff(a.indptr), np.diff(b.indptr)
    rows = np.repeat(np.arange(a.shape[0]), counts_a * counts_b)
    at = np.arange(len(rows)) - np.repeat(
        np.cumsum(counts_a * counts_b) - counts_a * counts_b, counts_a * counts_b
    )
    i = a.indptr[rows] + at // counts_b[rows]
    j = b.indptr[rows] + at % counts_b[rows]
    shape = (a.shape[0], a.shape[1] * b.shape[1])
    columns = a.indices[i].astype(np.int64) * b.shape[1] + b.indices[j]
    return sp.csr_array((a.data[i] * b.data[j], (rows, columns)), shape=shape)


@dataclass(frozen=True)
class Entry:
    """The part of a row group that one slot of one block takes: values += matrix @ coefficients."""

    slot: int
    block: Block
    moving: bool
    matrix: Sparse


class Equations(AbstractEquations):
    """Row groups as one residual G(t, y, y') and its two Jacobians on one sparsity pattern.

    A slot of the order in time that its law has reads y', all others read y; a condition that was
    differentiated reads further derivatives.
    """

    def __init__(self, grid: Discretisation, groups: Sequence[Rows], identities: bool):
        self.grid = grid
        self.statements: list[tuple[Rows, Statement, dict[int, list[Entry]]]] = []
        for rows in groups:
            statement = Statement(grid.problem, rows.bound, grid.points(rows.axes))
            self.statements.append((rows, statement, self._entries(rows, statement)))
        self.identities = [
            (low, grid.blocks[field, order + 1])
            for (field, order), low in grid.blocks.items()
            if identities and order + 1 < grid.orders[field]
        ]
        self.count = sum(r.count for r in groups) + sum(low.size for low, _ in self.identities)

    def _entries(self, rows: Rows, statement: Statement) -> dict[int, list[Entry]]:
        """By number of derivatives in time taken, one entry a slot."""
        out: dict[int, list[Entry]] = {}
        problem = self.grid.problem
        for times in range(rows.times + 1):
            entries = []
            for number, (field, index) in enumerate(statement.slots):
                order = order_in_time(problem, (field, index)) + times
                highest = self.grid.orders[field]
                if order > max(highest, 0):
                    raise ValueError(
                        f"{rows.bound.name} takes more derivatives in time than the law of {field}."
                    )
                moving = order == highest and highest > 0
                block = self.grid.blocks[field, highest - 1 if moving else order]
                plain = _without_time(problem, field, index)
                entries.append(Entry(number, block, moving, self.grid.matrix(field, plain, rows.axes)))
            out[times] = entries
        return out

    def _slots(self, entries: list[Entry], count: int, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        out = np.zeros((len(entries), count))
        for entry in entries:
            source = ydot if entry.moving else y
            out[entry.slot] = entry.matrix @ source[entry.block.part]
        return out

    @property
    def algebraic(self) -> np.ndarray:
        return np.zeros(self.grid.size, bool)

    def residual(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        parts = []
        cache: dict[Any, np.ndarray] = {}
        for rows, statement, entries in self.statements:
            key = (rows.bound.name, rows.times, id(rows.axes))
            if key not in cache:
                stacks = [self._slots(entries[k], rows.count, y, ydot) for k in range(rows.times + 1)]
                call = (statement.values, statement.rates, statement.accelerations)[rows.times]
                cache[key] = call(*stacks, t=t)
            parts.append(cache[key][rows.term])
        for low, high in self.identities:
            parts.append(ydot[low.part] - y[high.part])
        return np.concatenate(parts)

    @cached_property
    def _pattern(self) -> Pattern:
        rows_at, columns_at, at = [], [], 0
        for rows, _, entries in self.statements:
            for entry in entries[rows.times]:
                coo = entry.matrix.tocoo()
                rows_at.append(coo.coords[0] + at)
                columns_at.append(coo.coords[1] + entry.block.start)
            at += rows.count
        for low, high in self.identities:
            for block in (low, high):
                rows_at.append(np.arange(low.size) + at)
                columns_at.append(np.arange(low.size) + block.start)
            at += low.size
        return Pattern(np.concatenate(rows_at), np.concatenate(columns_at), (self.count, self.grid.size))

    def jacobians(self, t: float, y: np.ndarray, ydot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The data of dG/dy and of dG/dy' on `pattern`; where a condition that was differentiated is not
        affine, the part that comes from its second derivatives is left out."""
        still: list[np.ndarray] = []
        moving: list[np.ndarray] = []
        cache: dict[Any, np.ndarray] = {}
        for rows, statement, entries in self.statements:
            key = (rows.bound.name, id(rows.axes))
            if key not in cache:
                cache[key] = statement.slopes(self._slots(entries[0], rows.count, y, ydot), t)
            slopes = cache[key][rows.term]
            for entry in entries[rows.times]:
                data = entry.matrix.data * np.repeat(slopes[entry.slot], np.diff(entry.matrix.indptr))
                still.append(np.zeros_like(data) if entry.moving else data)
                moving.append(data if entry.moving else np.zeros_like(data))
        for low, _ in self.identities:
            one, nought = np.ones(low.size), np.zeros(low.size)
            still += [nought, -one]
            moving += [one, nought]
        return self._pattern.gather(np.concatenate(still)), self._pattern.gather(np.concatenate(moving))

    def matrix(self, data: np.ndarray) -> Sparse:
        return self._pattern.matrix(data)


def _without_time(problem: Problem, field: str, index: Index) -> Index:
    if isinstance(index, Laplacian) or problem.domain.time is None:
        return index
    return tuple(
        0 if c == problem.domain.time else k for c, k in zip(problem.fields[field], index, strict=True)
    )
