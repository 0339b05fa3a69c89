"""Which solvers derive a reference for a problem."""

import weakref

from ..domain import Box
from ..problem import Problem
from ._base import AbstractReference, AbstractSolver, Unsolved
from .derived import Derived
from .fem import FiniteElements
from .hyperbolic import ConservationLaws, FastMarching, HamiltonJacobi
from .ordinary import OrdinaryDifferential
from .periodic import PeriodicWaves
from .splines import MethodOfLines, Steady

SOLVERS: tuple[AbstractSolver, ...] = (
    OrdinaryDifferential(),
    ConservationLaws(),
    HamiltonJacobi(),
    FastMarching(),
    PeriodicWaves(),
    MethodOfLines(),
    Steady(),
    FiniteElements(),
)
"""In the order in which they are asked."""
_derived: "weakref.WeakKeyDictionary[Problem, Derived]" = weakref.WeakKeyDictionary()


def derive(problem: Problem) -> Derived:
    """A reference solution from the statement of `problem` alone, the same at every call.

    Nothing is computed before it is evaluated. Raises `Unsolved` where no solver takes the problem, with what the one
    that is made for such problems says.
    """
    if problem not in _derived:
        able = [solver for solver in SOLVERS if solver.refuses(problem) is None]
        if not able:
            nearest = _nearest(problem)
            raise Unsolved(
                f"no reference can be derived for {problem.name} ({nearest.method}): {nearest.refuses(problem)}"
            )
        _derived[problem] = Derived(problem, *able)
    return _derived[problem]


def _nearest(problem: Problem) -> AbstractSolver:
    """The solver that is made for domains such as the problem's."""
    domain = problem.domain
    if not domain.space:
        kind = OrdinaryDifferential
    elif any(b.balance for b in problem.conditions.values()):
        kind = ConservationLaws
    elif not isinstance(domain, Box):
        kind = FiniteElements
    else:
        kind = Steady if domain.time is None else MethodOfLines
    return next(solver for solver in SOLVERS if isinstance(solver, kind))


def reference_of(problem: Problem) -> AbstractReference:
    """The reference that the problem brings along, else the derived one. Raises `Unsolved` where there is neither."""
    return problem.reference if problem.reference is not None else derive(problem)
