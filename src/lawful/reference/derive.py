"""Which solver derives a reference for a problem."""

from ..problem import Problem
from ._base import AbstractSolver
from .derived import Derived
from .fem import FiniteElements

SOLVERS: tuple[AbstractSolver, ...] = (FiniteElements(),)
"""In the order in which they are asked; the first that does not refuse is taken."""


def derive(problem: Problem) -> Derived:
    """A reference solution from the statement of `problem` alone.

    Raises `ValueError` where no solver takes the problem, with what each says.
    """
    refusals = []
    for solver in SOLVERS:
        reason = solver.refuses(problem)
        if reason is None:
            return Derived(problem, solver)
        refusals.append(f"{solver.method}: {reason}")
    raise ValueError(f"no reference can be derived for {problem.name}. " + " ".join(refusals))
