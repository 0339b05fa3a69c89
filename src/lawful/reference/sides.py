"""Which condition holds which field at which end of a box."""

from dataclasses import dataclass, replace

import numpy as np

from ..calculus import order
from ..conditions import Bound
from ..domain import Box
from ..problem import Problem
from ..structure import Pointwise
from .pointwise import order_in_time, slots_of


@dataclass(frozen=True)
class Side:
    """One term of a condition at one end of an axis, or at both; `order` is its highest derivative in space, 0
    for a prescribed value."""

    axis: str
    ends: tuple[str, ...]
    bound: Bound
    term: int
    order: int
    order_in_time: int


Sides = dict[tuple[str, str], tuple[Side, ...]]


def sides_of(problem: Problem) -> Sides:
    """The conditions at the ends by (field, axis); each term is given to one field that it reads.

    A term goes to the field of which fewest are held at that face yet, in the order of the fields, so that the
    components of a dict meet the fields they were written for.
    """
    assert isinstance(problem.domain, Box)
    found: dict[tuple[str, str], list[Side]] = {
        (f, c): [] for f in problem.fields for c in problem.domain.space
    }
    for bound in problem.conditions.values():
        if not bound.imposes or not bound.faces or bound.joins:
            continue
        reads = _reads(problem, bound)
        for axis, side in bound.faces:
            taken: set[str] = set()
            for number in range(len(bound.terms)):
                fields = reads[number]
                at = min(
                    fields,
                    key=lambda f: (sum(side in s.ends for s in found[f, axis]), f in taken, fields.index(f)),
                )
                taken.add(at)
                found[at, axis].append(_side(problem, axis, (side,), bound, number))
    return {key: _together(sides) for key, sides in found.items()}


def _together(sides: list[Side]) -> tuple[Side, ...]:
    """The same term at both ends as one, so that it is evaluated at once."""
    out: dict[tuple[str, int], Side] = {}
    for side in sides:
        key = (side.bound.name, side.term)
        out[key] = replace(side, ends=out[key].ends + side.ends) if key in out else side
    return tuple(out.values())


def held(sides: tuple[Side, ...]) -> int:
    """The number of conditions, each end counted."""
    return sum(len(side.ends) for side in sides)


def joined_axes(problem: Problem) -> dict[tuple[str, str], int]:
    """The axes that are periodic, by (field, axis), with the number of derivatives that agree.

    It is even: around a circle, splines of even smoothness can vanish at all Gauss points.
    """
    out: dict[tuple[str, str], int] = {}
    for bound in problem.conditions.values():
        if bound.joins:
            axis = bound.faces[0][0]
            for field in bound.needs:
                order = max(problem.orders(field).get(axis, 1), 1)
                out[field, axis] = order + order % 2
    return out


def _side(problem: Problem, axis: str, ends: tuple[str, ...], bound: Bound, term: int) -> Side:
    times = {s: order_in_time(problem, s) for s in slots_of(bound)}
    highest = max((order(i) - times[f, i] for f, i in times), default=0)
    return Side(axis, ends, bound, term, highest, max(times.values(), default=0))


def _reads(problem: Problem, bound: Bound) -> list[list[str]]:
    """By term, the fields whose values change it."""
    law = Pointwise(problem, bound)
    signs = np.random.default_rng(3).choice((-1.0, 1.0), (law.places, len(law.slots)))
    slopes = law.slopes(signs)
    out = []
    for term in bound.terms:
        moved = np.abs(slopes[term]).max(axis=0)
        out.append(list(dict.fromkeys(f for (f, _), size in zip(law.slots, moved, strict=True) if size > 0)))
    return [fields or list(bound.needs) for fields in out]
