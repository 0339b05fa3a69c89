"""Steady laws on a box: splines collocated at Gauss points, and Newton's method."""

import weakref
from dataclasses import dataclass

import numpy as np

from ...calculus import Index
from ...domain import Box
from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Unsolved
from ..abrupt import jumps_along
from ..applicability import constant_refusal, ends_refusal, fields_refusal
from ..sides import joined_axes
from .determinacy import refuse_resonance
from .discretisation import Discretisation
from .guesses import guesses
from .meshes import fitted, scaled, tails
from .newton import newton
from .space import Mesh
from .system import System
from .weights import weights_of, weights_refusal

ELEMENTS, GAUSS = 4, {1: 6, 2: 5, 3: 3}
"""Even elements to begin with along each axis, and Gauss points in each, by number of axes."""
MOST_UNKNOWNS = {1: 2400, 2: 3000, 3: 3000}
"""Of the mesh that is fitted, by number of axes; the finest has 2.25 times as many a coordinate."""
TARGET = 1e-5
ATTEMPTS = 6


@dataclass(frozen=True)
class SplineField(AbstractNumerical):
    """A steady solution: coefficients of splines."""

    grid: Discretisation
    state: np.ndarray

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return self.grid.on_points(self.state, points)

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """That of the splines themselves."""
        return self.grid.scattered(field, points, index) @ self.state[self.grid.blocks[field, 0].part]


class Steady(AbstractSolver):
    """Laws without time on a box of one to three coordinates, of any order, linear or not, fields coupled.

    Tensor products of splines, the laws collocated at Gauss points, Newton's method with sparse factorisations. It
    starts from zero and, where it reaches no root from there and the laws are not affine, from the smooth extension
    of what the walls prescribe, from that with a bulge and from that with a slant. A problem that zero solves is
    refused where zero is not its only solution. In one and two coordinates the mesh is fitted to the solution at
    the coarsest level. Order of convergence 7 to 8 in one coordinate, 6 to 7 in two, 5 to 6 in three.
    """

    method: str = "splines at Gauss points, Newton's method"
    refinement: float = 1.5
    growth: tuple[float, ...] = (1.0, 2.0, 3.0, 6.0)  # in three coordinates the factorisation takes n^2

    def refuses(self, problem: Problem) -> str | None:
        if problem.domain.time is not None:
            return "the problem depends on time."
        refusal = fields_refusal(problem, 3)
        if refusal:
            return refusal
        counted = weights_refusal(problem) if weights_of(problem) else ends_refusal(problem)
        return counted or constant_refusal(problem)

    def solve(self, problem: Problem, level: int) -> SplineField:
        if problem not in _meshes:
            _meshes[problem] = _coarsest(problem)
        return _solved(problem, scaled(_meshes[problem], self.refinement**level))


_meshes: "weakref.WeakKeyDictionary[Problem, list[Mesh]]" = weakref.WeakKeyDictionary()


def even_meshes(problem: Problem, elements: int, gauss: int) -> list[Mesh]:
    """The same number of even elements along each coordinate of space, between the places where conditions jump."""
    assert isinstance(problem.domain, Box)
    around = {axis for _, axis in joined_axes(problem)}
    return [
        Mesh.even(c, problem.domain.interval(c), elements, gauss, c in around, jumps_along(problem, c))
        for c in problem.domain.space
    ]


def _coarsest(problem: Problem) -> list[Mesh]:
    """Even elements, made finer where the solution on them asks for it."""
    assert isinstance(problem.domain, Box)
    dimension = len(problem.domain.space)
    meshes = even_meshes(problem, ELEMENTS, GAUSS[dimension])
    refuse_resonance(problem, meshes)
    most = MOST_UNKNOWNS[dimension] / len(problem.fields) / GAUSS[dimension] ** dimension
    if dimension > 2:
        return meshes
    for _ in range(ATTEMPTS):
        found = _solved(problem, meshes)
        sizes = tails(found.grid, [found.state])
        degree = meshes[0].gauss + 1
        finer = fitted(meshes, sizes, degrees=[degree] * dimension, target=TARGET, most=most)
        settled = all(s.max() <= 10 * TARGET for s in sizes)
        if settled or all(f.elements <= m.elements for f, m in zip(finer, meshes, strict=True)):
            return meshes if settled else finer
        meshes = finer
    return meshes


def _solved(problem: Problem, meshes: list[Mesh]) -> SplineField:
    """The root that Newton's method reaches from the first start from which it reaches any."""
    system = System(problem, meshes)
    failure: Unsolved | None = None
    for start in guesses(system):
        try:
            return SplineField(system.grid, newton(system.residual, system.jacobian, start, problem.name))
        except Unsolved as error:
            failure = failure or error
    assert failure is not None
    raise failure
