"""Laws in time on shapes in the plane: finite elements in space, adaptive steps in time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..._names import listed
from ...problem import Problem
from ...sizes import field_sizes
from .._base import AbstractNumerical, AbstractSolver, Unsolved
from ..abrupt import interval_of, passages
from ..applicability import general_refusal, orders_in_time, rates_refusal, time_refusal
from ..evolution import Evolution, marched
from ..paths import Path
from .boundary import Mismatch
from .discretised import MOST, discretised
from .motion import Motion
from .spaces import shapes_at
from .starting import Nodal, rates_alone
from .statement import stated

TOLERANCE = 1e-5
PER_LEVEL = 8.0
"""The tolerance in time falls by as much a level as the error in space."""
STEPS_ALLOWED = {1: 1e3, 2: 3e4}
"""By order in time, the rate of the fastest motion times the span up to which explicit steps are taken: backward
differentiation damps what should swing."""
HALVINGS = {1: MOST, 2: 0}
"""By order in time, how often triangles at a corner are halved more than others: the smallest of them bounds the
steps of waves."""


@dataclass
class MovingPiecewise(AbstractNumerical):
    """Continuous piecewise polynomials whose coefficients move."""

    motion: Motion
    path: Path

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        found = self.motion.found
        problem, spaces = found.statement.problem, found.spaces
        axis = found.statement.axis
        assert axis is not None
        triangles, reference = found.locator.find(np.delete(points, axis, axis=1))
        weights = {d: shapes_at(d, reference)[0] for d in set(spaces.degrees)}
        dofs = [spaces.dofs(field, triangles) for field in range(len(problem.fields))]
        out = {name: np.empty(len(points)) for name in problem.fields}
        times, which = np.unique(points[:, axis], return_inverse=True)
        order = np.argsort(which, kind="stable")
        bounds = np.searchsorted(which[order], np.arange(len(times) + 1))
        for t, first, last in zip(times, bounds, bounds[1:], strict=False):
            here = order[first:last]
            for field, name in enumerate(problem.fields):
                own = dofs[field][:, here]
                state = self.path.at(float(t), own.ravel()).reshape(own.shape)
                out[name][here] = (state * weights[spaces.degrees[field]][:, here]).sum(axis=0)
        return out


class MovingFiniteElements(AbstractSolver):
    """Second-order laws in the plane that move: quadratic triangles in space, as `FiniteElements` takes them, and
    laws of first or second order in time; fields without a rate, such as the pressure of an incompressible flow, follow
    the others.

    The weak form is solved for the highest rates, and given values on the boundary are followed by their rates; steps
    in time are explicit where no motion is much faster than the span, else backward differentiation. The order of
    convergence is 3; at re-entrant corners meshes are graded so that it stays, but for waves, whose order falls there.
    """

    method: str = "finite elements, method of lines"
    refinement: float = 2.0
    order: float = 3.2

    def refuses(self, problem: Problem) -> str | None:
        refusal = time_refusal(problem, algebraic=True) or general_refusal(problem) or rates_alone(problem)
        refusal = refusal or rates_refusal(problem, algebraic=True)
        if refusal:
            return refusal
        if max(orders_in_time(problem).values()) > 2:
            return "it takes laws up to the second order in time."
        if len(problem.domain.space) != 2:
            return f"in time it takes two coordinates of space, and here are {listed(problem.domain.space)}."
        try:
            stated(problem)
        except Mismatch as reason:
            return str(reason)
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        order = min(order for order in orders_in_time(problem).values() if order)
        motion = Motion(discretised(stated(problem), level, HALVINGS[order]))
        tolerance = TOLERANCE / PER_LEVEL**level
        path = marched(
            Evolution(motion, motion.size, steps_allowed=STEPS_ALLOWED[order]),
            Nodal(motion),
            passages(problem),
            backward=False,
            tolerance=tolerance,
            sizes=_sizes(problem, motion),
        )
        if path.stopped:
            raise Unsolved(path.stopped)
        return MovingPiecewise(motion, path)


def _sizes(problem: Problem, motion: Motion) -> Callable[[np.ndarray], np.ndarray]:
    """By coefficient, how large it is expected to be."""
    told: Mapping[str, float] = field_sizes(problem)
    assert problem.domain.time is not None
    begin, end = interval_of(problem, problem.domain.time)

    def sizes(start: np.ndarray) -> np.ndarray:
        out = np.empty(motion.size)
        for group, field in zip(motion.found.spaces.groups, problem.fields, strict=True):
            rates = motion.rate_of[group]
            for part, size in (
                (np.arange(group.start, group.stop), told[field]),
                (rates, told[field] / (end - begin)),
            ):
                own = part[part >= 0]
                if len(own):
                    out[own] = max(float(np.abs(start[own]).max()), size)
        return out

    return sizes
