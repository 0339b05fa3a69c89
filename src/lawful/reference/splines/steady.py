"""Steady laws on a box: splines collocated at Gauss points, and Newton's method."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...calculus import Index
from ...domain import Box
from ...once import once
from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Undetermined, Unsolved
from ..abrupt import features_along
from ..applicability import constant_refusal, ends_refusal, fields_refusal
from ..patience import impatient
from ..sides import joined_axes
from ..sparse import factorised
from .defects import defects, unmet
from .determinacy import refuse_fragile, refuse_resonance
from .discretisation import Discretisation
from .guesses import guesses
from .meshes import fitted, meeting, scaled
from .newton import continued, newton
from .others import remark_on_others
from .pins import refuse_imbalance
from .space import Mesh
from .system import System
from .tails import RESOLVED, tails, unresolved
from .weights import weights_of, weights_refusal

ELEMENTS = {1: (4, 16, 64), 2: (4, 8, 16), 3: (4,)}
"""Even elements to begin with along each axis, and how many where there is no solution on those, by number of axes."""
MOST_MET = {1: 12.0, 2: 4.0, 3: 1.0}
"""How many times as many there are at most where conditions vary much within a small part of an element."""
GAUSS = {1: 6, 2: 5, 3: 3}
"""Gauss points in each element, by number of axes."""
MOST_UNKNOWNS = {1: 2400, 2: 3000, 3: 3000}
"""Of the mesh that is fitted, by number of axes; the finest has 2.25 times as many a coordinate."""
TARGET, SETTLED = 1e-5, 1e-4
"""The highest coefficients that a mesh is fitted for, and those with which it is kept."""
BETWEEN = 0.1
"""Share of what laws are not met by, as of their largest terms, that counts like highest coefficients."""
ATTEMPTS, IDLE, STILL = 30, 3, 0.998
"""Meshes that are fitted at most, and among them those that are neither larger than all before nor bring the highest
coefficients below this share of the lowest so far."""
FITTING, TRYING = 0.5, 0.25
"""Of the seconds that all resolutions may take, those after which no other mesh is fitted, and no other start tried."""
LOOKED = {1: 8, 2: 3, 3: 1}
"""Levels at which it is looked at how firmly laws that are not affine determine the solution, by number of axes."""


@dataclass(frozen=True)
class SplineField(AbstractNumerical):
    """A steady solution: coefficients of splines."""

    grid: Discretisation
    state: np.ndarray
    remark: str = ""

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return self.grid.on_points(self.state, points)

    @property
    def unresolved(self) -> str:
        system = System(self.grid.problem, self.grid.meshes)
        return unresolved(self.grid, self.state) or unmet(system, self.state)

    @property
    def nudged(self) -> "Sequence[SplineField]":
        """On a line, where a law of fourth order may lose half of all digits: with a quarter of what errors of a unit
        in the last place of all products would do, since most are smaller."""
        if len(self.grid.meshes) > 1:
            return ()
        slopes = System(self.grid.problem, self.grid.meshes).jacobian(self.state)
        signs = np.random.default_rng(0).choice((-1.0, 1.0), self.grid.size)
        noise = np.finfo(float).eps * signs * (abs(slopes) @ np.abs(self.state))
        return (replace(self, state=self.state + factorised(slopes)(noise) / 4),)

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """That of the splines themselves."""
        return self.grid.scattered(field, points, index) @ self.state[self.grid.blocks[field, 0].part]


class Steady(AbstractSolver):
    """Laws without time on a box of one to three coordinates, of any order, linear or not, fields coupled.

    Tensor products of splines, the laws collocated at Gauss points, Newton's method with sparse factorisations. It
    starts from a coarser solution or zero and, where it reaches no root from there and the laws are not affine, from
    the smooth extension of what the walls prescribe, by continuation (loads are applied bit by bit), and from the
    extension with a bulge or with a slant. A problem that zero solves is
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
        return _level(problem, level, self.refinement)


@once
def _level(problem: Problem, level: int, refinement: float) -> SplineField:
    """It begins at the one before."""
    if level == 0:
        found = _coarsest(problem)
    else:
        meshes = _coarsest(problem).grid.meshes
        found = _solved(problem, scaled(meshes, refinement**level), _level(problem, level - 1, refinement))
    system = System(problem, found.grid.meshes)
    refuse_imbalance(system.pins, system.equations, found.state)
    if level < LOOKED[len(problem.domain.space)]:
        refuse_fragile(system, found.state)
    return replace(found, remark=remark_on_others(problem, system, found.state)) if level == 0 else found


def even_meshes(problem: Problem, elements: int, gauss: int) -> list[Mesh]:
    """The same number of even elements along each coordinate of space, between the places where conditions or
    their slopes jump."""
    assert isinstance(problem.domain, Box)
    around = {axis for _, axis in joined_axes(problem)}
    return [
        Mesh.even(
            c, problem.domain.interval(c), elements, gauss, c in around, features_along(problem, c).breaks
        )
        for c in problem.domain.space
    ]


@once
def _coarsest(problem: Problem) -> SplineField:
    """On even elements, made finer where the solution on them asks for it."""
    dimension = len(problem.domain.space)
    found = _first(problem)
    if dimension > 2:
        return found
    most = MOST_UNKNOWNS[dimension] / len(problem.fields) / GAUSS[dimension] ** dimension
    most = max(most, np.prod([m.elements for m in found.grid.meshes]))
    degrees = [GAUSS[dimension] + 1] * dimension
    best, least, largest, idle = found, np.inf, 0, 0
    began = time.process_time()
    for _ in range(ATTEMPTS):
        sizes = _sizes(found)
        worst = max(float(s.max()) for s in sizes)
        idle = 0 if worst <= STILL * least or found.grid.size > largest else idle + 1
        best, least = (found, worst) if worst <= least else (best, least)
        largest = max(found.grid.size, largest)
        if worst <= SETTLED or idle > IDLE or impatient(began, FITTING):
            break
        meshes = fitted(found.grid.meshes, sizes, degrees=degrees, target=TARGET, most=most)
        try:
            found = _solved(problem, meshes, found)
        except Unsolved:
            if least > RESOLVED:
                raise
            break
    return best


def _sizes(found: SplineField) -> list[np.ndarray]:
    """By axis and element, the highest coefficients; where these are small, a share of what laws are not met by between
    Gauss points as well, which does not tell one axis from another."""
    sizes = tails(found.grid, [found.state])
    if max(s.max() for s in sizes) > SETTLED:
        return sizes
    missed = defects(System(found.grid.problem, found.grid.meshes), found.state)
    return [np.maximum(s, BETWEEN * d) for s, d in zip(sizes, missed, strict=True)]


def _first(problem: Problem) -> SplineField:
    """On as few even elements as Newton's method finds a solution on."""
    dimension = len(problem.domain.space)
    began = time.process_time()
    for elements in ELEMENTS[dimension]:
        even = even_meshes(problem, elements, GAUSS[dimension])
        found = (features_along(problem, mesh.name) for mesh in even)
        meshes = [
            meeting(mesh, f.places, f.lengths, most=MOST_MET[dimension])
            for mesh, f in zip(even, found, strict=True)
        ]
        if elements == ELEMENTS[dimension][0]:
            refuse_resonance(problem, meshes)
        try:
            return _solved(problem, meshes)
        except Undetermined:
            raise
        except Unsolved:
            if elements == ELEMENTS[dimension][-1] or impatient(began, FITTING):
                raise
    raise AssertionError


def _solved(problem: Problem, meshes: Sequence[Mesh], coarse: SplineField | None = None) -> SplineField:
    """The root that Newton's method reaches from a coarser one, or from the first start from which it reaches any."""
    system = System(problem, meshes)
    failure: Unsolved | None = None
    began = time.process_time()
    for root in _roots(system, coarse):
        try:
            return SplineField(system.grid, root())
        except Unsolved as error:
            failure = failure or error
            if impatient(began, TRYING):
                break
    assert failure is not None
    raise failure


def _roots(system: System, coarse: SplineField | None) -> Iterator[Callable[[], np.ndarray]]:
    """The ways to a root, in the order in which they are tried."""

    def by(method: Callable[..., np.ndarray], start: np.ndarray) -> Callable[[], np.ndarray]:
        return lambda: method(system.residual, system.jacobian, start, system.problem.name)

    if coarse and not system.affine:
        yield by(newton, system.grid.taken(coarse.grid, coarse.state))
    for number, start in enumerate(guesses(system)):
        yield by(newton, start)
        if number == 1:
            yield by(continued, np.zeros(system.grid.size))
