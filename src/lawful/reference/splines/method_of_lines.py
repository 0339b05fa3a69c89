"""The method of lines on a box: splines collocated at Gauss points in space, adaptive steps in time."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...calculus import Index
from ...domain import Box
from ...once import once
from ...problem import Problem
from ...sizes import field_sizes
from .._base import AbstractNumerical, AbstractSolver, Unsolved, by_differences
from ..abrupt import jumps_along, passages
from ..applicability import box_refusal, floating, orders_in_time, rates_refusal, time_refusal
from ..evolution import Evolution, marched
from ..paths import Path
from ..patience import impatient
from ..sides import held, joined_axes, sides_of
from ..sparse import Sparse
from .discretisation import Block, Discretisation
from .equations import Equations
from .meshes import fitted, scaled
from .pins import Pinned, pinned
from .space import Mesh
from .starts import Starts
from .steady import even_meshes
from .tails import tails

ELEMENTS, GAUSS = {1: 8, 2: 4}, {1: 6, 2: 4}
ROUND = 5
"""Gauss points in each element where flows go around a circle, which asks for an odd number of them."""
MOST_UNKNOWNS = {1: 1600, 2: 2000}
TARGET = 1e-5
TOLERANCE = 1e-6
PER_LEVEL = 25.0
"""The tolerance in time falls by as much a level as the error in space, about 1.5^8."""
ATTEMPTS = 5
FITTING = 0.5
"""The share of the seconds of a solution after which no further mesh is tried."""
LOOKS = 40
"""States by which a mesh is fitted."""


@dataclass(frozen=True)
class SplinePath(AbstractNumerical):
    """A solution in time: coefficients of splines at steps."""

    grid: Discretisation
    path: Path

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        fields = self.grid.problem.fields
        return self._summed(
            points, {f: (self.grid.scattered(f, points), self.grid.blocks[f, 0]) for f in fields}
        )

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """That of the splines in space; in time below the order of the field's law, and by differences beyond."""
        time = problem.domain.time
        orders = dict(zip(problem.fields[field], index, strict=True)) if isinstance(index, tuple) else {}
        block = self.grid.blocks.get((field, orders.get(time or "", 0)))
        if block is None:
            return by_differences(self, problem, points, field, index)
        return self._summed(points, {field: (self.grid.scattered(field, points, index), block)})[field]

    def _summed(self, points: np.ndarray, parts: Mapping[str, tuple[Sparse, Block]]) -> dict[str, np.ndarray]:
        """Matrices at points times the coefficients of blocks at the points' times."""
        time = self.grid.problem.domain.time
        assert time is not None
        times, which = np.unique(
            points[:, self.grid.problem.domain.coordinates.index(time)], return_inverse=True
        )
        out = {name: np.empty(len(points)) for name in parts}
        order = np.argsort(which, kind="stable")
        bounds = np.searchsorted(which[order], np.arange(len(times) + 1))
        sorted_parts = {name: (matrix[order], block.part) for name, (matrix, block) in parts.items()}
        for k, t in enumerate(times):
            rows = slice(bounds[k], bounds[k + 1])
            state = self.path.at(float(t))
            for name, (matrix, part) in sorted_parts.items():
                out[name][order[rows]] = matrix[rows] @ state[part]
        return out


class MethodOfLines(AbstractSolver):
    """Laws in time on a box of one or two coordinates of space, of any order in space and time.

    The law is solved for the highest derivative in time by differentiating it; conditions at the ends are
    differentiated in time, so that they hold as they did at the start, and are met anew where they jump. Up to 500
    unknowns Radau's method (order 5, A-stable) takes the steps; more of them are taken by DOP853 where no motion is
    much faster than the span, else by backward differentiation with sparse factorisations. Steps are bounded where a
    law or a condition changes within a small part of the span. The mesh has breakpoints where conditions jump, and is
    fitted to the solution at the coarsest level.

    Fields without a rate, such as the pressure of a flow, and beside them all that holds at the ends, follow at every
    instant; one of which laws and conditions hold derivatives alone is zero at the lower corner. Such fields must not
    be periodic, nor held more often along an axis than the laws have derivatives of them.
    """

    method: str = "method of lines, splines at Gauss points"
    refinement: float = 1.5

    def refuses(self, problem: Problem) -> str | None:
        refusal = time_refusal(problem, algebraic=True) or box_refusal(problem, 2)
        refusal = refusal or rates_refusal(problem, algebraic=True)
        return refusal or (_instant_refusal(problem) if _instant(problem) else _carried_refusal(problem))

    def solve(self, problem: Problem, level: int) -> SplinePath:
        meshes = scaled(_coarsest(problem), self.refinement**level)
        found = _marched(problem, meshes, TOLERANCE / PER_LEVEL**level)
        if found.path.stopped:
            raise Unsolved(
                f"{found.path.stopped} The solution may hold scales that {found.grid.size} coefficients do not resolve."
            )
        return found


@once
def _carried_refusal(problem: Problem) -> str | None:
    """Why not, where laws of first order carry jumps of the start along: no polynomial follows them, and steps shrink
    without end."""
    if any(order > 1 for f in problem.fields for order in problem.orders(f).values()):
        return None
    for coordinate in problem.domain.space:
        carried = any(problem.orders(f).get(coordinate, 0) for f in problem.fields)
        found = jumps_along(problem, coordinate, starts=True) if carried else ()
        if found:
            return (
                f"the start jumps at {coordinate} = {found[0]:g}, and laws of first order carry jumps along; state "
                "them by their flux, as Conservation(lambda u: a * u) for u.t + a * u.x."
            )
    return None


@once
def _coarsest(problem: Problem) -> list[Mesh]:
    assert isinstance(problem.domain, Box)
    dimension = len(problem.domain.space)
    gauss = ROUND if _instant(problem) and joined_axes(problem) else GAUSS[dimension]
    meshes = even_meshes(problem, ELEMENTS[dimension], gauss)
    most = MOST_UNKNOWNS[dimension] / sum(max(order, 1) for order in orders_in_time(problem).values())
    began = time.process_time()
    for _ in range(ATTEMPTS):
        found = _marched(problem, meshes, TOLERANCE)
        at = np.linspace(0, len(found.path.times) - 1, LOOKS).astype(int)
        sizes = tails(found.grid, found.path.states[np.unique(at)])
        finer = fitted(
            meshes,
            sizes,
            degrees=[m.gauss + 1 for m in meshes],
            target=TARGET,
            most=most / math.prod(m.gauss for m in meshes),
        )
        settled = not found.path.stopped and all(s.max() <= 10 * TARGET for s in sizes)
        if settled or all(f.elements <= m.elements for f, m in zip(finer, meshes, strict=True)):
            return meshes if settled else finer
        if impatient(began, FITTING):
            raise Unsolved(
                f"the solution holds scales that {found.grid.size} coefficients do not resolve: {found.path.stopped}"
                if found.path.stopped
                else f"the solution holds scales that {found.grid.size} coefficients do not resolve."
            )
        meshes = finer
    return meshes


def _marched(problem: Problem, meshes: list[Mesh], tolerance: float) -> SplinePath:
    assert isinstance(problem.domain, Box)
    assert problem.domain.time is not None
    orders = orders_in_time(problem)
    grid = Discretisation(problem, meshes, orders, sides_of(problem), joined_axes(problem))
    times = 0 if _instant(problem) else None
    ends = [rows for field in problem.fields for _, rows in grid.ends(field, times)]
    low, high = problem.domain.interval(problem.domain.time)
    equations = Equations(grid, [*grid.laws(), *ends], identities=True)
    corner = np.asarray([problem.domain.bounds[0]])
    pins = [pinned(grid, equations, f, corner) for f in floating(problem) if grid.orders[f] == 0]
    path = marched(
        Evolution(Pinned(equations, pins) if pins else equations, grid.size),
        Starts(problem, grid),
        passages(problem),
        backward=any(b.at_end and b.terms for b in problem.conditions.values()),
        tolerance=tolerance,
        sizes=lambda start: _sizes(problem, grid, start, high - low),
    )
    return SplinePath(grid, path)


def _instant(problem: Problem) -> bool:
    """Whether some fields have no rate, such as the pressure of an incompressible flow; they, and what holds at the
    ends, follow at every instant."""
    return 0 in orders_in_time(problem).values()


def _instant_refusal(problem: Problem) -> str | None:
    sides, joined = sides_of(problem), joined_axes(problem)
    for field, order in orders_in_time(problem).items():
        for axis in problem.domain.space if order == 0 else ():
            if (field, axis) in joined:
                continue
            given = held(sides[field, axis])
            if given > problem.orders(field).get(axis, 0):
                return f"the ends of {axis} hold {field}, which has no rate, {given} times, more than its laws ask for."
    return None


def _sizes(problem: Problem, grid: Discretisation, start: np.ndarray, span: float) -> np.ndarray:
    """By coefficient, how large it is expected to be."""
    told = field_sizes(problem)
    out = np.empty(grid.size)
    for (field, order), block in grid.blocks.items():
        out[block.part] = max(float(np.abs(start[block.part]).max()), told[field] / span**order)
    return out
