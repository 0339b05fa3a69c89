"""A problem on a box as equations for spline coefficients: laws at Gauss points, conditions at the ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...calculus import Index, Laplacian
from ...problem import Problem
from ..evolution import AbstractEquations
from ..pointwise import Statement, order_in_time
from ..sparse import Pattern, Sparse
from .discretisation import Block, Discretisation, Rows
from .lines import Product, one_product, solution_operator
from .tensor import Tensor

EVEN = 1e-13
"""Coefficients that vary by less, relative to the largest, are one."""


@dataclass(frozen=True)
class Entry:
    """The part of a row group that one slot of one block takes: values += tensor @ coefficients."""

    slot: int
    block: Block
    moving: bool
    tensor: Tensor

    @property
    def matrix(self) -> Sparse:
        return self.tensor.matrix


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
                entries.append(Entry(number, block, moving, self.grid.tensor(field, plain, rows.axes)))
            out[times] = entries
        return out

    def slots(self, entries: list[Entry], count: int, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        """What a law reads at `count` places, a row a slot."""
        out = np.zeros((len(entries), count))
        still = not ydot.any()
        for entry in entries:
            if not (entry.moving and still):
                source = ydot if entry.moving else y
                out[entry.slot] = entry.tensor @ source[entry.block.part]
        return out

    @property
    def algebraic(self) -> np.ndarray:
        out = np.zeros(self.grid.size, bool)
        for (field, _), block in self.grid.blocks.items():
            out[block.part] = self.grid.orders[field] == 0
        return out

    def residual(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        parts = []
        cache: dict[Any, np.ndarray] = {}
        for rows, statement, entries in self.statements:
            key = (rows.bound.name, rows.times, id(rows.axes))
            if key not in cache:
                stacks = [self.slots(entries[k], rows.count, y, ydot) for k in range(rows.times + 1)]
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
                cache[key] = statement.slopes(self.slots(entries[0], rows.count, y, ydot), t)
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

    @property
    def rows(self) -> np.ndarray:
        """The row of each datum of a Jacobian."""
        return self._pattern.indices

    def matrix(self, data: np.ndarray) -> Sparse:
        return self._pattern.matrix(data)

    def rates_by_lines(self, t: float, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
        if len(self.grid.meshes) != 2:
            return None
        products: dict[Block, list[Product]] = {}
        at = 0
        for rows, statement, entries in self.statements:
            slots = self.slots(entries[0], rows.count, y, np.zeros_like(y))
            slopes = statement.slopes(slots, t)[rows.term]
            moving = [e for e in entries[rows.times] if e.moving and slopes[e.slot].any()]
            even = all(np.ptp(slopes[e.slot]) <= EVEN * np.abs(slopes[e.slot]).max() for e in moving)
            if not even or len({e.block for e in moving}) != 1:
                return None
            pairs = [(float(slopes[e.slot][0]), e.tensor) for e in moving]
            found = one_product(pairs, np.arange(at, at + rows.count))
            if found is None:
                return None
            products.setdefault(moving[0].block, []).append(found)
            at += rows.count
        operators = {block: solution_operator(parts) for block, parts in products.items()}
        same = {}
        for low, _ in self.identities:
            same[low] = slice(at, at + low.size)
            at += low.size

        def solve(right: np.ndarray) -> np.ndarray:
            out = np.empty(self.grid.size)
            for block, operator in operators.items():
                assert operator is not None
                out[block.part] = operator(right)
            for block, part in same.items():
                out[block.part] = right[part]
            return out

        return None if None in operators.values() else solve


def _without_time(problem: Problem, field: str, index: Index) -> Index:
    if isinstance(index, Laplacian) or problem.domain.time is None:
        return index
    return tuple(
        0 if c == problem.domain.time else k for c, k in zip(problem.fields[field], index, strict=True)
    )
