"""What the solvers on boxes can take, and the sentence for what they cannot."""

import numpy as np

from .._names import listed
from ..calculus import Laplacian
from ..calculus import order as order_of
from ..domain import Box
from ..problem import Problem
from ..structure import Pointwise
from .pointwise import order_in_time, slots_of
from .sides import held, joined_axes, sides_of

NEAR_AXIS = 1e-4
"""How near to an end, as a share of its axis, a law is looked at for terms that are singular there."""


def orders_in_time(problem: Problem) -> dict[str, int]:
    """The order in time of each field's law."""
    time = problem.domain.time
    return {f: problem.orders(f).get(time, 0) if time else 0 for f in problem.fields}


def general_refusal(problem: Problem) -> str | None:
    """Why no solver can take the problem as it is stated."""
    if problem.unknowns:
        return f"the parameter {listed(problem.unknowns)} is to be found, and a reference needs numbers."
    laws = [term for b in problem.conditions.values() if b.governs for term in b.terms]
    if not laws:
        return "there is no Interior law to solve."
    if len(laws) != len(problem.fields):
        return (
            f"the laws are {len(laws)} ({listed(laws)}) for {len(problem.fields)} fields "
            f"({listed(problem.fields)}); as many are needed."
        )
    return None


def box_refusal(problem: Problem, dimensions: int) -> str | None:
    """Why splines on a box of up to so many coordinates of space do not take the problem."""
    return fields_refusal(problem, dimensions) or ends_refusal(problem)


def fields_refusal(problem: Problem, dimensions: int) -> str | None:
    """The same, whatever its ends give."""
    domain = problem.domain
    if not isinstance(domain, Box):
        return "the domain is no box."
    if not domain.space:
        return "the domain has no coordinate of space."
    if len(domain.space) > dimensions:
        return f"{len(domain.space)} coordinates of space are more than {dimensions}."
    refusal = general_refusal(problem)
    if refusal:
        return refusal
    for field, own in problem.fields.items():
        missing = [c for c in domain.coordinates if c not in own]
        if missing:
            return f"the field {field} does not depend on {listed(missing)}."
    return None


def ends_refusal(problem: Problem) -> str | None:
    """Why the ends do not give as many conditions as the laws ask for."""
    assert isinstance(problem.domain, Box)
    sides, joined = sides_of(problem), joined_axes(problem)
    for field in problem.fields:
        for axis in problem.domain.space:
            if (field, axis) in joined:
                continue
            order, given = problem.orders(field).get(axis, 0), held(sides[field, axis])
            alone = len(problem.fields) == 1
            if (order > 1 or alone) and given != order:
                return (
                    f"the law is of order {order} in {axis} for {field}, and its ends give {given} "
                    f"condition{'' if given == 1 else 's'} on it; as many are needed{_axis_hint(problem, field, axis)}."
                )
    return None


def _axis_hint(problem: Problem, field: str, axis: str) -> str:
    """What a smooth solution meets at an end at which nothing is held, if the law is like u_rr + k u_r / r there, as on
    the axis of polar coordinates; else empty."""
    assert isinstance(problem.domain, Box)
    at = problem.domain.coordinates.index(axis)
    low, high = problem.domain.interval(axis)
    laws = [b for b in problem.conditions.values() if b.governs and field in b.needs]
    for side, value, inward in (("lower", low, 1), ("upper", high, -1)):
        if any(side in s.ends for s in sides_of(problem)[field, axis]):
            continue
        away = inward * NEAR_AXIS * (high - low)
        points = problem.domain.interior().place(np.full((1, len(problem.domain.coordinates)), 0.5))
        points[:, at] = value + away
        for bound in laws:
            law = Pointwise(problem, bound, points=points)
            found = law.slopes(np.ones((1, len(law.slots))))
            slopes = dict(
                zip(law.slots, np.sum([found[term][0] for term in bound.terms], axis=0), strict=True)
            )
            first, second = (tuple(n * (c == axis) for c in problem.fields[field]) for n in (1, 2))
            leading = slopes.pop((field, second), 0.0)
            share = slopes.pop((field, first), 0.0) * away / (leading or np.inf)
            small = all(abs(s) * away**2 <= NEAR_AXIS * abs(leading) for s in slopes.values())
            if small and 0.5 < share < 10:
                return (
                    f"; at {axis} = {value:g}, where the law is singular, a smooth solution meets "
                    f'Boundary(lambda {field}: {field}.{axis}, on="{axis}.{side}")'
                )
    return ""


def floating(problem: Problem) -> tuple[str, ...]:
    """The fields that laws and conditions read derivatives of alone: they are known up to a constant, or in time up to
    a function of time."""
    bounds = problem.conditions.values()
    read = {
        f for b in bounds if not b.joins for f, own in b.needs.items() if any(order_of(i) == 0 for i in own)
    }
    return tuple(f for f in problem.fields if f not in read)


def constant_refusal(problem: Problem) -> str | None:
    """Why a steady field is known up to a constant only."""
    for field in floating(problem):
        one = "Data(" + ", ".join(f"{c}=[...]" for c in problem.domain.coordinates) + f", {field}=[0])"
        return f"{field} is known up to a constant only; give its value at one place, as {one}."
    return None


def time_refusal(problem: Problem, *, algebraic: bool = False) -> str | None:
    """Why the laws cannot be marched in time, from what a look at their statement tells; with `algebraic`, some
    fields may have no rate."""
    time = problem.domain.time
    if time is None:
        return "the problem has no time."
    bounds = problem.conditions.values()
    starts, ends = ([b for b in bounds if b.terms and getattr(b, w)] for w in ("at_start", "at_end"))
    if starts and ends:
        return "conditions are given at the start and at the end, and marching needs one of them."
    orders = orders_in_time(problem)
    for field, order in orders.items():
        if order == 0 and not (algebraic and any(orders.values())):
            return f"no law has a derivative of {field} by {time}."
    given = sum(len(b.terms) for b in (starts or ends))
    if given != sum(orders.values()):
        return (
            f"{given} conditions are given at the {'end' if ends else 'start'}, and the orders of the laws in "
            f"{time} ask for {sum(orders.values())}."
        )
    for bound in bounds:
        for slot in slots_of(bound):
            field, index = slot
            if not isinstance(index, Laplacian) and order_in_time(problem, slot) > orders[field]:
                return f"{bound.name} takes more derivatives of {field} by {time} than its law."
    return None


def rates_refusal(problem: Problem, *, algebraic: bool = False) -> str | None:
    """Why the laws cannot be solved for the highest derivatives in time, from their slopes at random values."""
    orders, time = orders_in_time(problem), problem.domain.time
    rng = np.random.default_rng(7)
    rows = []
    mixed = False
    for bound in problem.conditions.values():
        if not bound.governs:
            continue
        law = Pointwise(problem, bound)
        moving = np.asarray([order_in_time(problem, s) == orders[s[0]] > 0 for s in law.slots])
        values = rng.uniform(0.5, 1.5, (law.places, len(law.slots)))
        others = values + moving * rng.uniform(0.5, 1.5, values.shape)
        before, after = law.slopes(values), law.slopes(others)
        for term in bound.terms:
            change = np.abs(after[term] - before[term])[:, moving]
            if change.size and change.max() > 1e-9 * np.abs(before[term]).max():
                rates = listed(f"{f}.{(time or '') * orders[f]}" for f in problem.fields)
                return f"{term} is not linear in {rates}, so it cannot be solved for a rate."
            row = np.zeros((law.places, len(problem.fields)))
            for column, (field, index) in enumerate(law.slots):
                if moving[column]:
                    mixed |= isinstance(index, tuple) and sum(index) > orders[field]
                    row[:, list(problem.fields).index(field)] += before[term][:, column]
            rows.append(row)
    matrix = np.stack(rows, axis=1)
    moved = [f for f, order in orders.items() if order > 0 or not algebraic]
    if not mixed and (np.linalg.matrix_rank(matrix) < len(moved)).all():
        return f"the laws do not determine the rates of {listed(moved)}."
    return None
