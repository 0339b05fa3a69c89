"""Which solvers derive a reference for a problem."""

from ..domain import Box
from ..once import once
from ..problem import Problem
from ._base import AbstractReference, AbstractSolver, Unsolved
from .applicability import orders_in_time
from .derived import Derived
from .fem import FiniteElements, MovingFiniteElements
from .hyperbolic import ConservationLaws, FastMarching, HamiltonJacobi
from .ordinary import OrdinaryDifferential
from .periodic import PeriodicWaves
from .splines import MethodOfLines, Steady
from .substitution import Substitution

SOLVERS: tuple[AbstractSolver, ...] = (
    OrdinaryDifferential(),
    ConservationLaws(),
    HamiltonJacobi(),
    FastMarching(),
    PeriodicWaves(),
    MethodOfLines(),
    Steady(),
    FiniteElements(),
    MovingFiniteElements(),
    *(Substitution(s) for s in (MethodOfLines(), Steady(), FiniteElements(), MovingFiniteElements())),
)
"""In the order in which they are asked."""
STATED, DERIVED = "stated", "derived"
REFERENCES = ("auto", STATED, DERIVED)
"""What a reference can be asked for: the stated one, else the derived one; or one of them alone."""


@once
def derive(problem: Problem) -> Derived:
    """A reference solution from the statement of `problem` alone, the same at every call.

    Nothing is computed before it is evaluated. Raises `Unsolved` where no solver takes the problem, with what the one
    that is made for such problems says.
    """
    stated = problem.stated
    first = next((k for k, solver in enumerate(SOLVERS) if solver.refuses(stated) is None), None)
    if first is None:
        raise Unsolved(f"no reference can be derived for {problem.name}{_nearest(stated)}")
    return Derived(stated, *SOLVERS[first:])


def _nearest(problem: Problem) -> str:
    """What the solver says that is made for domains such as the problem's."""
    domain = problem.domain
    if not domain.space:
        kind = OrdinaryDifferential
    elif any(b.balance for b in problem.conditions.values()):
        kind = ConservationLaws
    elif domain.time is None:
        kind = Steady if isinstance(domain, Box) else FiniteElements
    else:
        orders = orders_in_time(problem).values()
        split = len(domain.space) == 2 and any(orders) and not all(orders)  # such as a pressure
        kind = MethodOfLines if isinstance(domain, Box) and not split else MovingFiniteElements
    asked = [s for s in SOLVERS if isinstance(s, kind)] or SOLVERS
    return f" ({asked[0].method}): {asked[0].refuses(problem)}" if asked else "."


def reference_of(problem: Problem, which: str = "auto") -> AbstractReference:
    """The reference that the problem brings along, else the derived one; `which` asks for one of them alone.

    Raises `Unsolved` where there is none.
    """
    if which != DERIVED and problem.reference is not None:
        return problem.reference
    if which == STATED:
        raise Unsolved(f"{problem.name} states no reference.")
    return derive(problem)
