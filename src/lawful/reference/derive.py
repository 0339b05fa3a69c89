"""Which solvers derive a reference for a problem."""

import weakref

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

    Nothing is computed before it is evaluated. Raises `Unsolved` where no solver takes the problem, with what
    each says.
    """
    if problem not in _derived:
        refusals = {solver: solver.refuses(problem) for solver in SOLVERS}
        able = [solver for solver, reason in refusals.items() if reason is None]
        if not able:
            told = " ".join(f"{solver.method}: {reason}" for solver, reason in refusals.items())
            raise Unsolved(f"no reference can be derived for {problem.name}. {told}")
        _derived[problem] = Derived(problem, *able)
    return _derived[problem]


def reference_of(problem: Problem) -> AbstractReference:
    """The reference that the problem brings along, else the derived one. Raises `Unsolved` where there is neither."""
    return problem.reference if problem.reference is not None else derive(problem)
