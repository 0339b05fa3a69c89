"""The states to start from: initial conditions at the Gauss points, conditions at the ends where they bind it."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...conditions import Bound
from ...problem import Problem
from ...structure import Pointwise
from ..evolution import AbstractStarts
from ..pointwise import order_in_time
from ..sparse import Sparse
from .discretisation import Discretisation, Rows
from .equations import Equations
from .newton import newton

UNREAD = 1e6
START = "the conditions at the start"


class Starts(AbstractStarts):
    """The states from which time is marched."""

    def __init__(self, problem: Problem, grid: Discretisation):
        self.grid, self._equations = grid, Equations(grid, initial_rows(problem, grid), identities=False)

    def first(self, t: float) -> np.ndarray:
        """The state of the initial conditions."""
        return self._root(lambda y: self._equations.residual(t, y, y), t, np.zeros(self.grid.size))

    def again(self, t: float, y: np.ndarray) -> np.ndarray:
        """The state y where the initial conditions were read, and at the ends what their conditions say at t."""
        inside = np.concatenate(
            [np.full(r.count, r.bound.at_start or r.bound.at_end) for r, _, _ in self._equations.statements]
        )
        matrix = self._matrix(t, y)
        return self._root(
            lambda z: np.where(inside, matrix @ (z - y), self._equations.residual(t, z, z)), t, y
        )

    def _matrix(self, t: float, y: np.ndarray) -> Sparse:
        return self._equations.matrix(self._equations.jacobians(t, y, y)[0])

    def _root(self, residual: Callable[[np.ndarray], np.ndarray], t: float, y: np.ndarray) -> np.ndarray:
        """The root near y, in the entries that have rates; no condition at the start is one of the others."""
        free = ~self._equations.algebraic
        if free.all():
            return newton(residual, lambda z: self._matrix(t, z), y, START)

        def whole(z: np.ndarray) -> np.ndarray:
            out = y.copy()
            out[free] = z
            return out

        found = newton(
            lambda z: residual(whole(z)),
            lambda z: self._matrix(t, whole(z))[:, np.flatnonzero(free)],
            y[free],
            START,
        )
        return whole(found)


def initial_rows(problem: Problem, grid: Discretisation) -> list[Rows]:
    """As many equations as coefficients: every initial condition at the Gauss points, and at the ends, for a
    field and its derivatives in time below the order of its law, the conditions there, or the initial condition
    itself where a condition holds a rate."""
    bounds = [b for b in problem.conditions.values() if b.terms and (b.at_start or b.at_end)]
    rows = grid.at_gauss(bounds)
    given = _matched(problem, bounds)
    for field, order in grid.orders.items():
        for times in range(order):
            bound, term = given[field, times]
            for side, at_end in grid.ends(field, times):
                rows.append(Rows(bound, term, 0, at_end.axes) if side.order_in_time else at_end)
    return rows


def _matched(problem: Problem, bounds: list[Bound]) -> dict[tuple[str, int], tuple[Bound, int]]:
    """By field and number of derivatives in time, the initial condition that prescribes it."""
    terms = [(b, k) for b in bounds for k in range(len(b.terms))]
    wanted = [(f, k) for f in problem.fields for k in range(_order(problem, f))]
    cost = np.full((len(wanted), len(terms)), UNREAD)
    for column, (bound, number) in enumerate(terms):
        law = Pointwise(problem, bound)
        signs = np.random.default_rng(3).choice((-1.0, 1.0), (law.places, len(law.slots)))
        slopes = np.abs(law.slopes(signs)[bound.terms[number]]).max(axis=0)
        for slot, size in zip(law.slots, slopes, strict=True):
            key = (slot[0], order_in_time(problem, slot))
            if size > 0 and key in wanted:
                cost[wanted.index(key), column] = 1.0
    picked = dict(zip(*linear_sum_assignment(cost), strict=True))
    return {key: terms[picked[row]] for row, key in enumerate(wanted)}


def _order(problem: Problem, field: str) -> int:
    time = problem.domain.time
    return problem.orders(field).get(time, 0) if time else 0
