"""The state to start from: initial conditions at the Gauss points, conditions at the ends where they bind it."""

import numpy as np
from scipy.optimize import linear_sum_assignment

from ...conditions import Bound
from ...problem import Problem
from ...structure import Pointwise
from ..pointwise import order_in_time
from .equations import Discretisation, Rows

UNREAD = 1e6


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
