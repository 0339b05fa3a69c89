"""What starts, ends and walls prescribe of the fields themselves, as functions of place and time."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ...calculus import order
from ...conditions import Bound
from ...problem import Problem
from ...structure import linearity, parameter_values

Face = tuple[str, str]
Value = Callable[[Array], Array]
"""(coordinates of the problem) -> the value there."""


@dataclass
class Prescribed:
    """The values of fields at the first and the last time and on faces, and the coordinates that are joined."""

    start: dict[str, Value] = field(default_factory=dict)
    end: dict[str, Value] = field(default_factory=dict)
    walls: dict[Face, dict[str, Value]] = field(default_factory=dict)
    periodic: set[str] = field(default_factory=set)


def prescribed(problem: Problem) -> Prescribed:
    """All that the conditions of `problem` prescribe.

    Raises `ValueError` with a sentence for a condition that is not of the form a(x, t) u = b(x, t) with one field u,
    such as one of derivatives.
    """
    out = Prescribed()
    for bound in problem.conditions.values():
        if not bound.imposes:
            continue
        if bound.joins:
            out.periodic |= {c for c, _ in bound.faces}
            continue
        for name, value in _values(problem, bound):
            if bound.at_start:
                out.start[name] = value
            elif bound.at_end:
                out.end[name] = value
            for face in bound.faces:
                out.walls.setdefault(face, {})[name] = value
            if not (bound.at_start or bound.at_end or bound.faces):
                raise ValueError(f"condition {bound.name!r} holds neither on walls nor at the start or end.")
    return out


def _values(problem: Problem, bound: Bound) -> list[tuple[str, Value]]:
    if bound.plan is not None and "normal" in bound.plan.arguments:
        raise ValueError(
            f"condition {bound.name!r} is of the normal, and only values of fields are known here."
        )
    high = [f for f, indices in bound.needs.items() if any(order(i) for i in indices)]
    if high:
        raise ValueError(
            f"condition {bound.name!r} is of derivatives of {listed(high)}, and only values are known here."
        )
    shape = linearity(problem, bound)
    if not shape.affine:
        raise ValueError(f"condition {bound.name!r} is not affine in the fields.")
    out = []
    for term in bound.terms:
        present = [(slot, c) for slot, c in shape.coefficients[term].items() if np.abs(c).max() > 0]
        if len(present) != 1:
            raise ValueError(
                f"condition {bound.name!r} is of {listed(f for (f, _), _ in present)} together; prescribe each field."
            )
        ((name, index), size), *_ = present
        if np.abs(size).min() <= 1e-12 * np.abs(size).max():
            raise ValueError(f"condition {bound.name!r} leaves {name} open at some places.")
        out.append((name, _solved(problem, bound, term, name, index)))
    return out


def _solved(problem: Problem, bound: Bound, term: str, name: str, index: Any) -> Value:
    known = parameter_values(problem)

    def value(point: Array) -> Array:
        def residual(number: float) -> Array:
            values = {f: dict.fromkeys(indices, jnp.zeros(())) for f, indices in bound.needs.items()}
            values[name][index] = jnp.asarray(number)
            return bound.residual([values], point[None], known, {})[term]

        at_zero = residual(0.0)
        return -at_zero / (residual(1.0) - at_zero)

    return value
