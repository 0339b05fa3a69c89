"""Hard constraints: an ansatz u = A + B N that meets walls and start exactly, whatever the network N."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._names import arguments_of
from .calculus import Jet, select, unit, zero
from .conditions import Bound
from .domain import Box
from .problem import Problem
from .structure import Slot, linearity, parameter_values, sampled_batch
from .targets import Parameters, Target, agree, at_face, rate_of, smooth_starts

Lift = Callable[[Array, Array, Parameters], Array]
"""(network output, coordinates of the problem, parameters) -> value of the field."""


@dataclass(frozen=True)
class Blend:
    """The lift A + B N. A is `constant` everywhere where it is not None; B takes the coordinates as an
    array (..., d) or as their jet and has one column."""

    particular: Target
    constant: float | None
    vanishing: Callable[[Jet | Array], Jet | Array]

    def __call__(self, output: Array, point: Array, parameters: Parameters) -> Array:
        """The value of the field at one point."""
        factor = self.vanishing(point)
        assert not isinstance(factor, Jet)
        return self.particular(point, parameters) + factor[0] * output


MOST_BLENDED = 3
"""Blending walls with data that vary doubles in cost with each coordinate."""


@dataclass(frozen=True)
class Fixed:
    """A term that prescribes one derivative of one field on a start or on faces: slot = target."""

    bound: Bound
    slot: Slot
    target: Target


def written_ansatz(problem: Problem, field: str) -> Lift:
    """The user's own ansatz, by names."""
    function = problem.ansatz[field]
    names = arguments_of(function, (field, *problem.fields[field], *problem.params), f"ansatz of {field}")
    axes = {c: problem.domain.coordinates.index(c) for c in problem.fields[field]}

    def lift(output: Array, point: Array, parameters: Parameters) -> Array:
        known = {field: output, **{c: point[a] for c, a in axes.items()}, **parameters}
        return jnp.asarray(function(**{name: known[name] for name in names}))

    return lift


def build_ansatz(problem: Problem) -> dict[str, Lift]:
    """A lift for each field whose walls or start can be met exactly.

    Written ones are taken as they are. For a box, Dirichlet walls and initial values (of the field,
    and of its rate where the law is of second order in time) are blended; left out, and so left to
    training, are data that jump or have a kink, that contradict each other at a corner, or that vary
    over the walls in more than three dimensions.
    """
    lifts = {field: written_ansatz(problem, field) for field in problem.ansatz}
    if not isinstance(problem.domain, Box):
        return lifts
    fixed = [f for bound in problem.conditions.values() for f in prescribed(problem, bound)]
    for field in problem.fields:
        if field not in lifts:
            lift = _blend(problem, field, [f for f in fixed if f.slot[0] == field])
            if lift is not None:
                lifts[field] = lift
    return lifts


def prescribed(problem: Problem, bound: Bound) -> list[Fixed]:
    """The terms of a start or wall that prescribe one value: a(x) D u - b(x) with a nowhere zero."""
    if bound.kind not in ("boundary", "initial") or not bound.terms:
        return []
    shape = linearity(problem, bound)
    if not shape.affine:
        return []
    out = []
    for term in bound.terms:
        present = {s: c for s, c in shape.coefficients[term].items() if np.abs(c).max() > 0}
        if len(present) != 1:
            continue
        (slot, size), *_ = present.items()
        if np.abs(size).min() > 1e-12 * np.abs(size).max():
            out.append(Fixed(bound, slot, _target(bound, term, slot)))
    return out


def _target(bound: Bound, term: str, slot: Slot) -> Target:
    def target(point: Array, parameters: Parameters) -> Array:
        def residual(number: float) -> Array:
            values = {f: dict.fromkeys(bound.needs[f], jnp.zeros(())) for f in bound.needs}
            values[slot[0]][slot[1]] = jnp.asarray(number)
            return bound.residual([values], point[None], parameters, {})[term]

        at_zero = residual(0.0)
        return -at_zero / (residual(1.0) - at_zero)

    return target


def _blend(problem: Problem, field: str, fixed: list[Fixed]) -> Lift | None:
    domain = problem.domain
    assert isinstance(domain, Box)
    coordinates = problem.fields[field]
    if set(coordinates) != set(domain.coordinates):
        return None  # a field of fewer coordinates has walls of its own
    n = len(coordinates)
    parameters = parameter_values(problem)
    walls: dict[tuple[str, str], Target] = {}
    starts: dict[int, Target] = {}
    for f in fixed:
        if "normal" in (f.bound.plan.arguments if f.bound.plan else ()):
            continue
        if f.bound.kind == "boundary" and f.slot[1] == zero(n):
            walls |= dict.fromkeys(f.bound.faces, f.target)
        if f.bound.kind == "initial" and domain.time is not None:
            at = coordinates.index(domain.time)
            for times in (0, 1):
                if f.slot[1] == unit(at, n, times):
                    starts[times] = f.target
    constant = _common_constant(problem, walls, fixed, parameters)
    if constant is None and len(domain.space) > MOST_BLENDED:
        walls = {}
    if walls and constant is None and not agree(domain, walls, parameters):
        walls = {}
    base = _with_walls(domain, walls, constant)
    starts = smooth_starts(problem, starts, base, walls, parameters)
    if not walls and not starts:
        return None
    particular = _with_start(domain, base, starts)
    vanishing = _vanishing(domain, tuple(walls), len(starts))
    return Blend(particular, None if starts else constant, vanishing)


def _common_constant(
    problem: Problem, walls: Mapping[Any, Target], fixed: list[Fixed], parameters: Parameters
) -> float | None:
    """The one number that all walls prescribe, if they do and no unknown moves it."""
    if not walls:
        return 0.0
    values = []
    for f in fixed:
        if f.bound.kind == "boundary" and f.target in walls.values():
            if f.bound.plan and set(f.bound.plan.arguments) & set(problem.unknowns):
                return None
            points = sampled_batch(f.bound, 16)["points"][:, 0]
            values.append(np.asarray(jax.vmap(lambda x, f=f: f.target(x, parameters))(points)))
    flat = np.concatenate(values)
    return float(flat[0]) if np.ptp(flat) == 0 else None


def _with_walls(domain: Box, walls: Mapping[tuple[str, str], Target], constant: float | None) -> Target:
    """Transfinite interpolation: coordinate after coordinate, add the linear blend of what the walls
    prescribe less what is there already (Gordon and Hall 1973)."""
    if constant is not None:
        return lambda point, p: jnp.full((), constant, point.dtype)

    def nothing(point: Array, p: Parameters) -> Array:
        return jnp.zeros((), point.dtype)

    def add(base: Target, name: str, faces: dict[str, Target]) -> Target:
        axis = domain.coordinates.index(name)
        low, high = domain.lower[axis], domain.upper[axis]

        def blended(point: Array, p: Parameters) -> Array:
            share = (point[axis] - low) / (high - low)
            total = base(point, p)
            for side, target in faces.items():
                there = at_face(domain, point, (name, side))
                weight = 1.0 if len(faces) == 1 else share if side == "upper" else 1 - share
                total = total + weight * (target(there, p) - base(there, p))
            return total

        return blended

    particular: Target = nothing
    for name in domain.space:
        faces = {side: target for (c, side), target in walls.items() if c == name}
        if faces:
            particular = add(particular, name, faces)
    return particular


def _with_start(domain: Box, base: Target, starts: Mapping[int, Target]) -> Target:
    if not starts:
        return base
    assert domain.time is not None
    axis = domain.coordinates.index(domain.time)
    begin = domain.lower[axis]

    def particular(point: Array, p: Parameters) -> Array:
        there = point.at[axis].set(begin)
        total = base(point, p) + starts[0](there, p) - base(there, p)
        if 1 in starts:
            rate = starts[1](there, p) - rate_of(domain, base)(there, p)
            total = total + (point[axis] - begin) * rate
        return total

    return particular


def _vanishing(
    domain: Box, faces: tuple[tuple[str, str], ...], order: int
) -> Callable[[Jet | Array], Jet | Array]:
    """A product that is zero on the faces and, to `order`, at the start; of size 1 inside."""
    sides = {c: [side for name, side in faces if name == c] for c in domain.space}

    def share(z: Jet | Array, name: str) -> Jet | Array:
        """How far along a coordinate, from 0 to 1."""
        axis = domain.coordinates.index(name)
        low, high = domain.lower[axis], domain.upper[axis]
        return select(z, (axis,)) * (1 / (high - low)) + (-low / (high - low))

    def factor(z: Jet | Array) -> Jet | Array:
        factors = []
        for name, ends in sides.items():
            if ends:
                along = share(z, name)
                factors.append(
                    {2: 4 * along * (1 - along)}.get(len(ends), along if "lower" in ends else 1 - along)
                )
        if order:
            assert domain.time is not None
            factors += [share(z, domain.time)] * order
        return math.prod(factors[1:], start=factors[0])

    return factor
