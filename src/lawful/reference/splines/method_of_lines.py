"""The method of lines on a box: splines collocated at Gauss points in space, adaptive steps in time."""

import time
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...calculus import Index
from ...domain import Box
from ...problem import Problem
from ...sizes import field_sizes
from .._base import AbstractNumerical, AbstractSolver, Unsolved, by_differences
from ..abrupt import passages
from ..applicability import box_refusal, orders_in_time, rates_refusal, time_refusal
from ..sides import joined_axes, sides_of
from .equations import Block, Discretisation, Equations
from .integrators import Path, Span, joined, march_scipy, march_sundials
from .meshes import fitted, scaled, tails
from .newton import factorised
from .space import Mesh, Sparse
from .starts import Starts
from .steady import even_meshes

ELEMENTS, GAUSS = {1: 8, 2: 4}, {1: 6, 2: 4}
MOST_UNKNOWNS = {1: 1600, 2: 1500}
DENSE = 500
"""Unknowns up to which the Jacobian is treated as a full matrix, by Radau's method."""
TARGET = 1e-5
TOLERANCE = 1e-6
PER_LEVEL = 25.0
"""The tolerance in time falls by as much a level as the error in space, about 1.5^8."""
ATTEMPTS = 5
FITTING_S = 30.0
"""Seconds of the processor after which no further mesh is tried."""
LOOKS = 40
"""States by which a mesh is fitted."""
STEPS_ALLOWED = 3e4
"""Rate of the fastest motion times the span up to which explicit steps are taken."""


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
    """

    method: str = "method of lines, splines at Gauss points"
    refinement: float = 1.5

    def refuses(self, problem: Problem) -> str | None:
        return time_refusal(problem) or box_refusal(problem, 2) or rates_refusal(problem)

    def solve(self, problem: Problem, level: int) -> SplinePath:
        if problem not in _meshes:
            _meshes[problem] = _coarsest(problem)
        meshes = scaled(_meshes[problem], self.refinement**level)
        found = _marched(problem, meshes, TOLERANCE / PER_LEVEL**level)
        if found.path.stopped:
            raise Unsolved(
                f"{found.path.stopped} The solution may hold scales that {found.grid.size} coefficients do not resolve."
            )
        return found


_meshes: "weakref.WeakKeyDictionary[Problem, list[Mesh]]" = weakref.WeakKeyDictionary()


def _coarsest(problem: Problem) -> list[Mesh]:
    assert isinstance(problem.domain, Box)
    dimension = len(problem.domain.space)
    meshes = even_meshes(problem, ELEMENTS[dimension], GAUSS[dimension])
    most = int((MOST_UNKNOWNS[dimension] / sum(orders_in_time(problem).values())) ** (1 / dimension))
    began = time.process_time()
    for _ in range(ATTEMPTS):
        found = _marched(problem, meshes, TOLERANCE)
        at = np.linspace(0, len(found.path.times) - 1, LOOKS).astype(int)
        sizes = tails(found.grid, found.path.states[np.unique(at)])
        finer = [
            fitted(m, s, m.gauss + 1, target=TARGET, most=most // m.gauss)
            for m, s in zip(meshes, sizes, strict=True)
        ]
        settled = not found.path.stopped and all(s.max() <= 10 * TARGET for s in sizes)
        if settled or all(f.elements <= m.elements for f, m in zip(finer, meshes, strict=True)):
            return meshes if settled else finer
        if time.process_time() - began > FITTING_S:
            raise Unsolved(
                f"the solution holds scales that {found.grid.size} coefficients do not resolve: {found.path.stopped}"
                if found.path.stopped
                else f"the solution holds scales that {found.grid.size} coefficients do not resolve."
            )
        meshes = finer
    return meshes


class _Evolution:
    """G(t, y, y') = 0 solved for y'."""

    def __init__(self, equations: Equations):
        self.equations = equations
        self.still = np.zeros(equations.grid.size)

    def _mass(self, t: float, y: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        _, moving = self.equations.jacobians(t, y, self.still)
        return factorised(self.equations.matrix(moving))

    @cached_property
    def _constant_mass(self) -> Callable[[np.ndarray], np.ndarray] | None:
        """The mass matrix's solution operator, where neither state nor time changes the matrix."""
        rng = np.random.default_rng(4)
        seen = [
            self.equations.jacobians(t, rng.standard_normal(len(self.still)), self.still)[1]
            for t in (0.137, 0.731)
        ]
        if np.abs(seen[0] - seen[1]).max() > 1e-12 * np.abs(seen[0]).max():
            return None
        return factorised(self.equations.matrix(seen[0]))

    def rate(self, t: float, y: np.ndarray) -> np.ndarray:
        solve = self._constant_mass or self._mass(t, y)
        return -solve(self.equations.residual(t, y, self.still))

    def jacobian(self, t: float, y: np.ndarray) -> np.ndarray:
        solve = self._constant_mass or self._mass(t, y)
        still, _ = self.equations.jacobians(t, y, self.rate(t, y))
        return -solve(self.equations.matrix(still).toarray())

    def fastest(self, t: float, y: np.ndarray) -> float:
        """The largest rate of a small disturbance, by the power method."""
        solve = self._constant_mass or self._mass(t, y)
        matrix = self.equations.matrix(self.equations.jacobians(t, y, self.rate(t, y))[0])
        v = np.random.default_rng(6).standard_normal(len(y))
        size = 0.0
        for _ in range(30):
            v = solve(matrix @ (v / np.linalg.norm(v)))
            size = float(np.linalg.norm(v))
        return size


def _marched(problem: Problem, meshes: list[Mesh], tolerance: float) -> SplinePath:
    assert isinstance(problem.domain, Box)
    assert problem.domain.time is not None
    orders = orders_in_time(problem)
    grid = Discretisation(problem, meshes, orders, sides_of(problem), joined_axes(problem))
    ends = [rows for field in problem.fields for _, rows in grid.ends(field)]
    evolution = _Evolution(Equations(grid, [*grid.laws(), *ends], identities=True))
    low, high = problem.domain.interval(problem.domain.time)
    backward = any(b.at_end and b.terms for b in problem.conditions.values())
    starts = Starts(problem, grid)
    state, paths = starts.first(high if backward else low), []
    absolute = tolerance * _sizes(problem, grid, state, high - low)
    parts = passages(problem)
    for part in reversed(parts) if backward else parts:
        begin, end = (part.end, part.begin) if backward else (part.begin, part.end)
        span = Span(begin, end, tolerance, absolute, part.longest)
        state = starts.again(begin, state) if paths else state
        paths.append(_path(evolution, span, state, grid.size))
        if paths[-1].stopped:
            break
        state = paths[-1].states[0 if backward else -1]
    return SplinePath(grid, joined(paths))


def _path(evolution: _Evolution, span: Span, start: np.ndarray, size: int) -> Path:
    rate = evolution.rate
    if not np.isfinite(rate(span.begin, start)).all():
        raise Unsolved(f"the laws give no finite rate at {span.begin:g}.")
    if size <= DENSE:
        return march_scipy(rate, evolution.jacobian, span, start)
    if evolution.fastest(span.begin, start) * abs(span.end - span.begin) <= STEPS_ALLOWED:
        return march_scipy(rate, None, span, start)
    return march_sundials(evolution.equations, rate, span, start)


def _sizes(problem: Problem, grid: Discretisation, start: np.ndarray, span: float) -> np.ndarray:
    """By coefficient, how large it is expected to be."""
    told = field_sizes(problem)
    out = np.empty(grid.size)
    for (field, order), block in grid.blocks.items():
        out[block.part] = max(float(np.abs(start[block.part]).max()), told[field] / span**order)
    return out
