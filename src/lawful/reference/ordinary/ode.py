"""Ordinary differential equations: collocation at Radau points, of any order, stiff, implicit or algebraic."""

import functools
from dataclasses import dataclass

import numpy as np

from ..._names import listed
from ...once import once
from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Unsolved
from ..abrupt import Passage, passages
from .collocation import Collocation
from .determinacy import refuse_forks
from .marching import follow, march
from .radau import Radau
from .time_laws import TimeLaws

STAGES = 7


@dataclass(frozen=True)
class Prepared:
    """A problem in time, its steps compiled, its start and coarsest mesh found; or the reason why not."""

    collocation: Collocation
    start: np.ndarray | None
    reason: str
    parts: tuple[Passage, ...] = ()

    @functools.cached_property
    def mesh(self) -> np.ndarray | str:
        """The edges of the coarsest steps; or the reason why there are none."""
        if self.start is None:
            return self.reason
        try:
            return follow(self.collocation, self.start, self.parts)
        except Unsolved as error:
            return str(error)


class OrdinaryDifferential(AbstractSolver):
    """Problems whose only coordinate is time: as many laws as fields, of any order, from a start.

    The highest derivatives are polynomials of degree 6 that obey the laws at the Radau points of every step
    (Radau IIA with 7 stages), found by Newton's method with derivatives of the law itself: order 13 where
    steps end, 8 within them. A mesh that follows the solution is made once, with steps that end where a law jumps
    and miss no pulse of it, and each level halves its steps.
    Start values are what the `Initial` laws say in any combination, or the `Final` ones, from which the
    solution runs backward.
    """

    method: str = "Radau collocation"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        reason = _unsuited(problem)
        return reason or _prepared(problem).reason or None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        """Raises `Unsolved` where the solution grows without bound, or Newton's method fails, and `Undetermined` where
        it continues in many ways."""
        prepared = _prepared(problem)
        edges, parts = prepared.mesh, 2**level
        if isinstance(edges, str) or prepared.start is None:
            raise Unsolved(str(edges))
        between = np.arange(parts) / parts
        fine = (edges[:-1, None] + np.diff(edges)[:, None] * between).ravel()
        solution = march(prepared.collocation, prepared.start, np.append(fine, edges[-1]))
        if level == 0:
            refuse_forks(solution)
        return solution


@once
def _prepared(problem: Problem) -> Prepared:
    laws = TimeLaws(problem)
    start, reason = laws.start()
    return Prepared(Collocation(laws, Radau(STAGES)), start, reason, tuple(passages(problem)))


def _unsuited(problem: Problem) -> str:
    """What the problem is that this solver is not for, in one sentence, or an empty string."""
    if problem.domain.coordinates != (problem.domain.time,):
        return "it solves problems in time alone."
    if problem.unknowns:
        return f"the parameters {listed(problem.unknowns)} are to be found."
    bounds = list(problem.conditions.values())
    data = [b.name for b in bounds if b.observes]
    if data:
        return f"{listed(data)} are data, and it knows laws and starts only."
    terms = [term for b in bounds if b.governs for term in b.terms]
    if len(terms) != len(problem.fields):
        fields = f"{len(problem.fields)} field(s), {listed(problem.fields)}"
        return f"{len(terms)} law(s), {listed(terms)}, stand beside {fields}."
    if any(b.at_start and b.terms for b in bounds) and any(b.at_end and b.terms for b in bounds):
        (begin,), (end,) = problem.domain.bounds
        box = f"Box({problem.domain.time}=({begin:g}, {end:g}))"
        return f"conditions are given at both ends of time; state the problem on {box}, with Boundary in their place."
    return ""
