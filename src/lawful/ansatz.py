"""Hard constraints: an ansatz u = A + B N that meets walls and start exactly, whatever the network N."""

import itertools
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
from .domain import AbstractDomain, Box
from .problem import Problem
from .structure import Slot, linearity, parameter_values, sampled_batch
from .targets import Meeting, Parameters, Target, agree, at_face, rate_of, smooth_starts, start_points

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


MOST_BLENDED = 5
"""Blending walls with data that vary trebles in cost with each coordinate."""


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
    training, are fields that networks give by their slope, and data that jump or have a kink, that contradict
    each other at a corner, or that vary over the walls in more than five dimensions. For other shapes it is
    initial values only.
    """
    lifts = {field: written_ansatz(problem, field) for field in problem.ansatz}
    blend = _blend if isinstance(problem.domain, Box) else _from_start
    fixed = [f for bound in problem.conditions.values() for f in prescribed(problem, bound)]
    for field in problem.fields:
        if field not in lifts and field not in problem.potentials:
            lift = blend(problem, field, [f for f in fixed if f.slot[0] == field])
            if lift is not None:
                lifts[field] = lift
    return lifts


def prescribed(problem: Problem, bound: Bound) -> list[Fixed]:
    """The terms of a start or wall that prescribe one value: a(x) D u - b(x) with a nowhere zero."""
    if not bound.imposes or bound.joins:
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
    @jax.jit  # traced once, however often the blend and its derivatives call it
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
    for f in fixed:
        if not _asks_normal(f) and f.slot[1] == zero(n):
            walls |= dict.fromkeys(f.bound.faces, f.target)
    constant = _common_constant(problem, walls, fixed, parameters)
    if constant is None and len(domain.space) > MOST_BLENDED:
        walls = {}
    if walls and constant is None and not agree(domain, walls, parameters):
        walls = {}
    base = _with_walls(domain, walls, constant)
    meetings = [(_on_face(domain, face), base) for face in walls] if domain.time else []
    starts = smooth_starts(problem, _starts(domain, fixed), meetings, parameters)
    if not walls and not starts:
        return None
    particular = _with_start(domain, base, starts)
    vanishing = _vanishing(domain, tuple(walls), len(starts))
    return Blend(particular, None if starts else constant, vanishing)


def _from_start(problem: Problem, field: str, fixed: list[Fixed]) -> Lift | None:
    """The lift that meets initial values in a domain that is no box: u = A + s B N, with s from 0 to 1 in time."""
    domain = problem.domain
    if domain.time is None or set(problem.fields[field]) != set(domain.coordinates):
        return None
    axis = domain.coordinates.index(domain.time)
    meetings: list[Meeting] = []
    for f in fixed:
        if f.bound.sides and f.slot[1] == zero(len(domain.coordinates)) and not _asks_normal(f):
            points = sampled_batch(f.bound, 64)["points"][:, 0].copy()
            points[:, axis] = domain.bounds[0][axis]
            meetings.append((points, f.target))
    starts = smooth_starts(problem, _starts(domain, fixed), meetings, parameter_values(problem))
    if not starts:
        return None
    particular = _with_start(domain, lambda point, p: jnp.zeros((), point.dtype), starts)
    return Blend(particular, None, _vanishing(domain, (), len(starts)))


def _asks_normal(f: Fixed) -> bool:
    return f.bound.plan is not None and "normal" in f.bound.plan.arguments


def _starts(domain: AbstractDomain, fixed: list[Fixed]) -> dict[int, Target]:
    """Initial values (0) and rates (1)."""
    n = len(domain.coordinates)
    starts: dict[int, Target] = {}
    for f in fixed:
        if f.bound.at_start and domain.time is not None and not _asks_normal(f):
            for times in (0, 1):
                if f.slot[1] == unit(domain.coordinates.index(domain.time), n, times):
                    starts[times] = f.target
    return starts


def _on_face(domain: Box, face: tuple[str, str]) -> np.ndarray:
    """Points of a face at the first time."""
    return np.asarray([at_face(domain, jnp.asarray(x), face) for x in start_points(domain)])


def _common_constant(
    problem: Problem, walls: Mapping[Any, Target], fixed: list[Fixed], parameters: Parameters
) -> float | None:
    """The one number that all walls prescribe, if they do and no unknown moves it."""
    if not walls:
        return 0.0
    values = []
    for f in fixed:
        if f.target in walls.values():
            if f.bound.plan and set(f.bound.plan.arguments) & set(problem.unknowns):
                return None
            points = sampled_batch(f.bound, 16)["points"][:, 0]
            values.append(np.asarray(jax.vmap(lambda x, f=f: f.target(x, parameters))(points)))
    flat = np.concatenate(values)
    return float(flat[0]) if np.ptp(flat) == 0 else None


@dataclass(frozen=True)
class Projections:
    """Faces, edges and corners that one function is read at: x -> mask x + shift, each weighed by
    sign prod_c (offset_c + slope_c x_c); all of shape (projections, d), but for `sign`."""

    target: Target
    mask: np.ndarray
    shift: np.ndarray
    offset: np.ndarray
    slope: np.ndarray
    sign: np.ndarray

    def blended(self, point: Array, parameters: Parameters) -> Array:
        """The weighed sum of the values at the projections of a point."""
        places = jnp.asarray(self.mask) * point[None] + jnp.asarray(self.shift)
        factors = jnp.asarray(self.offset) + jnp.asarray(self.slope) * point[None]
        weight = math.prod(factors[:, c] for c in range(len(point))) * jnp.asarray(self.sign)
        return jnp.sum(weight * jax.vmap(lambda place: self.target(place, parameters))(places))


def _with_walls(domain: Box, walls: Mapping[tuple[str, str], Target], constant: float | None) -> Target:
    """Transfinite interpolation, the Boolean sum of linear blends over the coordinates (Gordon and Hall
    1973): faces count once, edges are taken off again, corners added."""
    if constant is not None:
        return lambda point, p: jnp.full((), constant, point.dtype)
    terms: dict[Target, list[tuple[np.ndarray, ...]]] = {}
    sides = {c: [side for name, side in walls if name == c] for c in domain.space}
    for chosen in itertools.product(*[[None, *sides[c]] for c in domain.space]):
        faces = [(c, side) for c, side in zip(domain.space, chosen, strict=True) if side]
        if faces:
            terms.setdefault(walls[faces[0]], []).append(_projection(domain, faces, sides))
    parts = [Projections(target, *map(np.stack, zip(*found, strict=True))) for target, found in terms.items()]

    @jax.jit
    def blended(point: Array, p: Parameters) -> Array:
        return sum((part.blended(point, p) for part in parts), start=jnp.zeros((), point.dtype))

    return blended


def _projection(
    domain: Box, faces: list[tuple[str, str]], sides: Mapping[str, list[str]]
) -> tuple[np.ndarray, ...]:
    """Mask, shift, offset, slope and sign of the projection onto the place that faces have in common."""
    count = len(domain.coordinates)
    mask, shift, offset, slope = np.ones(count), np.zeros(count), np.ones(count), np.zeros(count)
    for name, side in faces:
        axis = domain.coordinates.index(name)
        low, high = domain.lower[axis], domain.upper[axis]
        mask[axis], shift[axis] = 0.0, high if side == "upper" else low
        if len(sides[name]) == 2:
            sign = 1.0 if side == "upper" else -1.0
            offset[axis] = -sign * (low if side == "upper" else high) / (high - low)
            slope[axis] = sign / (high - low)
    return mask, shift, offset, slope, np.asarray((-1.0) ** (len(faces) + 1))


def _with_start(domain: AbstractDomain, base: Target, starts: Mapping[int, Target]) -> Target:
    if not starts:
        return base
    assert domain.time is not None
    axis = domain.coordinates.index(domain.time)
    begin = domain.bounds[0][axis]

    @jax.jit
    def particular(point: Array, p: Parameters) -> Array:
        there = point.at[axis].set(begin)
        total = base(point, p) + starts[0](there, p) - base(there, p)
        if 1 in starts:
            rate = starts[1](there, p) - rate_of(domain, base)(there, p)
            total = total + (point[axis] - begin) * rate
        return total

    return particular


def _vanishing(
    domain: AbstractDomain, faces: tuple[tuple[str, str], ...], order: int
) -> Callable[[Jet | Array], Jet | Array]:
    """A product that is zero on the faces and, to `order`, at the start; of size 1 inside."""
    sides = {c: [side for name, side in faces if name == c] for c in domain.space}

    def share(z: Jet | Array, name: str) -> Jet | Array:
        """How far along a coordinate, from 0 to 1."""
        axis = domain.coordinates.index(name)
        low, high = (end[axis] for end in domain.bounds)
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
