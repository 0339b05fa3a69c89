"""How smooth the fields of mixed systems are, whose ends hold some more often than their own derivatives ask for."""

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..._names import listed
from ...calculus import order
from ...domain import Box
from ...once import once
from ...problem import Problem
from ...structure import Pointwise
from ..sides import Side, held, joined_axes, sides_of

ABSENT = -1000
COUNTED = (23, 31, 41)
"""Gauss points along each axis for which equations and coefficients are counted."""


@dataclass(frozen=True)
class Weights:
    """The orders t of fields and s <= 0 of laws (Douglis and Nirenberg 1955, Comm. Pure Appl. Math. 8): law i holds
    no derivative of field j above t_j + s_i, and sum t + sum s is the number of conditions at the ends of an axis.

    A field has t coefficients along each axis beyond those that Gauss points determine, and a law is collocated
    at -s places beyond them. Of q = u', q' = f in one coordinate t is (1, 1) and s is (0, 0), whichever of u and q
    the ends hold; of q = grad u, div q = f in more of them t_u = 2, t_q = 1, and s = -1 for the first law.
    """

    fields: dict[str, int]
    laws: dict[tuple[str, str], int]


@once
def weights_of(problem: Problem) -> Weights | None:
    """The weights of a system some of whose fields are held more often than their own order, None for others."""
    if len(problem.fields) == 1 or not _crowded(problem):
        return None
    weights, sides = _weights(problem), sides_of(problem)
    if weights is None:
        return None
    asked = sum(weights.fields.values()) + sum(weights.laws.values())
    given = [sum(held(sides[f, axis]) for f in problem.fields) for axis in _open_axes(problem)]
    return weights if all(n == asked for n in given) else None


def weights_refusal(problem: Problem) -> str | None:
    """Why a mixed system is not taken whose faces do not meet in as many conditions as its fields ask for."""
    weights = weights_of(problem)
    if weights is None:
        return None
    axes, sides = _open_axes(problem), sides_of(problem)

    def places(extra: dict[str, int]) -> int:
        assert isinstance(problem.domain, Box)
        each = zip(problem.domain.space, COUNTED, strict=False)
        return int(np.prod([n + extra.get(axis, 0) for axis, n in each]))

    unknowns = sum(places(dict.fromkeys(axes, t)) for t in weights.fields.values())
    laws = sum(places(dict.fromkeys(axes, -s)) for s in weights.laws.values())
    ends = sum(places({a: held(sides[f, a]) for a in axes}) - places({}) for f in problem.fields)
    given = laws + ends + len(shared_corners(problem, weights))
    if unknowns == given:
        return None
    return (
        f"the ends hold {listed(_crowded(problem))} more often than the laws' own derivatives ask for, and where faces "
        f"meet that gives too {'few' if unknowns > given else 'many'} conditions; put the laws into each other, so "
        "that fewer of higher order are left."
    )


@dataclass(frozen=True)
class Corner:
    """An end of each axis, and the condition that holds there."""

    ends: tuple[str, ...]
    side: Side


def shared_corners(problem: Problem, weights: Weights) -> list[Corner]:
    """The corners of a rectangle at which one field is held along one axis and another along the other.

    The condition of the lowest order holds there, of the field of the largest weight: one of less weight, such as a
    flux, has too few coefficients along a face to be held at its corners too.
    """
    assert isinstance(problem.domain, Box)
    sides, space = sides_of(problem), problem.domain.space
    most = max(weights.fields.values())
    out = []
    for ends in itertools.product(("lower", "upper"), repeat=2) if len(space) == 2 else ():
        here = dict(zip(space, ends, strict=True))
        meeting = {key: [s for s in own if here[key[1]] in s.ends] for key, own in sides.items()}
        meeting = {key: own for key, own in meeting.items() if own}
        fields = [field for field, _ in meeting]
        able = [s for (field, _), own in meeting.items() for s in own if weights.fields[field] == most]
        if {axis for _, axis in meeting} == set(space) and len(set(fields)) == len(fields) and able:
            out.append(Corner(ends, min(able, key=lambda s: s.order)))
    return out


def _open_axes(problem: Problem) -> tuple[str, ...]:
    assert isinstance(problem.domain, Box)
    around = {axis for _, axis in joined_axes(problem)}
    return tuple(c for c in problem.domain.space if c not in around)


def _crowded(problem: Problem) -> list[str]:
    sides = sides_of(problem)
    return [
        f
        for f in problem.fields
        if any(held(sides[f, a]) > problem.orders(f).get(a, 0) for a in _open_axes(problem))
    ]


def _weights(problem: Problem) -> Weights | None:
    """The smallest ones: t of least size, by the signature method (Pryce 2001, BIT 41)."""
    fields = list(problem.fields)
    names, rows = [], []
    for bound in problem.conditions.values():
        if not bound.governs:
            continue
        law = Pointwise(problem, bound)
        slopes = law.slopes(np.random.default_rng(3).uniform(0.5, 1.5, (law.places, len(law.slots))))
        for term in bound.terms:
            row = [ABSENT] * len(fields)
            for (field, index), size in zip(law.slots, np.abs(slopes[term]).max(axis=0), strict=True):
                if size > 0:
                    row[fields.index(field)] = max(row[fields.index(field)], order(index))
            names.append((bound.name, term))
            rows.append(row)
    signature = np.asarray(rows)
    law_of, field_of = linear_sum_assignment(signature, maximize=True)
    if (signature[law_of, field_of] == ABSENT).any():
        return None
    offsets, orders = np.zeros(len(names), int), np.zeros(len(fields), int)
    for _ in range(len(names) + 1):
        orders = (signature + offsets[:, None]).max(axis=0)
        offsets[law_of] = orders[field_of] - signature[law_of, field_of]
    return Weights(
        {f: int(t) for f, t in zip(fields, orders, strict=True)},
        {name: -int(c) for name, c in zip(names, offsets, strict=True)},
    )
