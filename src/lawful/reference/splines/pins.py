"""Single observed values that fix a field known up to a constant otherwise, such as a pressure."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import scipy.sparse as sp

from ...problem import Problem
from .._base import Undetermined
from ..evolution import AbstractEquations
from ..sparse import Sparse
from .discretisation import Discretisation
from .equations import Equations

BALANCED = 1e-4
"""The share of a law's terms that may be left over where a pin holds a field up to which the law is met."""


@dataclass(frozen=True)
class Pin:
    """The equation `row` gives way to: matrix (1, size) times the state equals `value`."""

    row: int
    matrix: Sparse
    value: float


def pins_of(problem: Problem, grid: Discretisation, equations: Equations) -> list[Pin]:
    """A pin for each field that no end prescribes and `Data` observes, at the first place observed.

    It takes the place of a law that does not contain the field (the equations are dependent there: what flows in
    must flow out), or else of the law itself, at the Gauss point next to it.
    """
    out = []
    for field in problem.fields:
        held = any(side.order == 0 for (f, _), sides in grid.sides.items() if f == field for side in sides)
        seen = [
            b for b in problem.conditions.values() if b.observes and field in b.needs and b.fixed is not None
        ]
        if held or not seen:
            continue
        fixed = seen[0].fixed
        assert fixed is not None
        out.append(
            pinned(grid, equations, field, fixed["points"][:1, 0], float(fixed[f"observed.{field}"][0]))
        )
    return out


def pinned(
    grid: Discretisation, equations: Equations, field: str, place: np.ndarray, value: float = 0.0
) -> Pin:
    """A pin of a field at a place (1, d)."""
    block = grid.blocks[field, 0]
    local = grid.scattered(field, place)
    matrix = sp.csr_array((local.data, local.indices + block.start, local.indptr), shape=(1, grid.size))
    return Pin(_row_for(equations, field, place), matrix, value)


def refuse_imbalance(pins: Sequence[Pin], equations: Equations, state: np.ndarray) -> None:
    """Raises `Undetermined` where an equation that gave way to a pin is not met: all of what flows in through the walls
    and does not balance what the law produces is left over there."""
    still = np.zeros_like(state)
    left, sources = (np.abs(equations.residual(0.0, y, still)) for y in (state, still))
    at = 0
    for rows, statement, entries in equations.statements:
        own = slice(at, at + rows.count)
        at += rows.count
        mine = [pin.row for pin in pins if own.start <= pin.row < own.stop]
        if not mine:
            continue
        slots = equations.slots(entries[0], rows.count, state, still)
        parts = np.abs(statement.slopes(slots)[rows.term] * slots).sum(axis=0) + sources[own]
        sizes = reduce(np.multiply.outer, [_spacing(axis) for axis in rows.axes]).ravel()
        share = max(left[row] * sizes[row - own.start] for row in mine) / float(np.sum(parts * sizes))
        if share > BALANCED:
            term = rows.bound.terms[rows.term]
            raise Undetermined(
                f"There is no solution with the value that Data give: {term} cannot hold everywhere, as where what "
                "flows in through the boundary does not balance what is produced; "
                f"{share:.1%} of its terms is left over."
            )


def _spacing(places: np.ndarray) -> np.ndarray:
    """The length that each of some places, in any order, stands for."""
    order = np.argsort(places)
    out = np.empty(len(places))
    out[order] = np.gradient(places[order])
    return out


class Pinned(AbstractEquations):
    """Equations some of whose rows are pins. The data of a Jacobian end with how often the pins are in it."""

    def __init__(self, equations: Equations, pins: list[Pin]):
        self.equations, self.pins = equations, pins
        rows = [pin.row for pin in pins]
        self._replaced = np.isin(equations.rows, rows)
        place: Sparse = sp.csr_array(
            (np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(equations.count, len(rows))
        )
        self._own = (place @ sp.vstack([pin.matrix for pin in pins], format="csr")).tocsc()

    @property
    def algebraic(self) -> np.ndarray:
        return self.equations.algebraic

    def residual(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        out = self.equations.residual(t, y, ydot)
        for pin in self.pins:
            out[pin.row] = (pin.matrix @ y)[0] - pin.value
        return out

    def jacobians(self, t: float, y: np.ndarray, ydot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        still, moving = self.equations.jacobians(t, y, ydot)
        still[self._replaced] = moving[self._replaced] = 0.0
        return np.append(still, 1.0), np.append(moving, 0.0)

    def matrix(self, data: np.ndarray) -> Sparse:
        return (self.equations.matrix(data[:-1]) + data[-1] * self._own).tocsc()


def _row_for(equations: Equations, field: str, place: np.ndarray) -> int:
    at, choices = 0, []
    for rows, statement, entries in equations.statements:
        if rows.bound.governs:
            slopes = statement.slopes(np.ones((len(statement.slots), rows.count)))[rows.term]
            reads = any(
                e.block.field == field and np.abs(slopes[e.slot]).max() > 0 for e in entries[rows.times]
            )
            near = int(np.argmin(((statement.points - place) ** 2).sum(axis=1)))
            choices.append((reads, at + near))
        at += rows.count
    return min(choices)[1]
