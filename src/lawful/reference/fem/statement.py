"""What finite elements make of a problem: an equation for each field, and what holds on each stretch of boundary."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ...calculus import order
from ...conditions import Bound
from ...once import once
from ...problem import Problem
from ...structure import linearity
from ..abrupt import jumps_along
from .assembly import Form
from .boundary import BoundaryLaw, Kinds, Mismatch
from .coarsest import coarsest
from .curves import belongs, shape_of
from .matching import check_orders, highest_order, matched
from .mesh import Triangulation, extra_halvings
from .solids import coarsest_solid
from .spaces import Spaces
from .tetrahedra import Tetrahedra
from .weak import RATES, StrongLaw, WeakLaw, in_blocks

INTERIOR_BLOCK, EDGE_BLOCK = 2048, 256
SAMPLES = 16
GOLDEN = (5**0.5 - 1) / 2
"""Multiples of it fill an interval evenly."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """Curves of the boundary on which the same laws hold, the flux of the equations they give one, and the values
    `fixed` (n, 1, fixed), in time with two derivatives, (n, 3, fixed)."""

    kinds: Kinds
    flux: Form
    fixed: Callable[..., np.ndarray]


@dataclass(frozen=True)
class Pin:
    """The value of a field at one place, which tells it apart from the others up to a constant."""

    field: int
    place: np.ndarray
    value: float
    name: str


@dataclass(frozen=True)
class Statement:
    """A problem in the terms of finite elements. Equation k is tested with the functions of field `tested[k]`;
    `degrees` are those of the fields' polynomials; `extra` the halvings at corners of the coarsest mesh; `axis` the
    number of time among the coordinates."""

    problem: Problem
    degrees: tuple[int, ...]
    tested: tuple[int, ...]
    interior: Form
    stretches: tuple[Stretch, ...]
    pins: tuple[Pin, ...]
    coarsest: Triangulation | Tetrahedra
    extra: dict[int, int]
    affine: bool
    axis: int | None


@once
def stated(problem: Problem) -> Statement:
    """Raises `Mismatch`, one sentence, for what the method cannot solve."""
    _check_outside(problem)
    fields = tuple(problem.fields)
    bounds = tuple(problem.conditions.values())
    weak = WeakLaw(StrongLaw(problem, tuple(b for b in bounds if b.governs)))
    highest = {f: highest_order(problem, f) for f in fields}
    second = tuple(i for i, f in enumerate(fields) if highest[f] == 2)
    check_orders(problem, weak, second)
    tested = matched(problem, weak, second)
    equations = tuple(tested.index(f) for f in range(len(fields)))
    pins = _pins(problem)
    mesh = _coarsest(problem)
    stretches = _stretches(problem, weak, equations, second, mesh)
    return Statement(
        problem,
        tuple(1 if highest[f] == 1 else 2 for f in fields),
        tested,
        _form(_in_time(weak), INTERIOR_BLOCK),
        stretches,
        pins,
        mesh,
        _corners(problem, mesh, stretches) if isinstance(mesh, Triangulation) else {},
        all(linearity(problem, b).affine for b in bounds if b.terms and not b.observes),
        time_axis(problem),
    )


def time_axis(problem: Problem) -> int | None:
    """The number of time among the coordinates."""
    domain = problem.domain
    return None if domain.time is None else domain.coordinates.index(domain.time)


def _coarsest(problem: Problem) -> Triangulation | Tetrahedra:
    shape = shape_of(problem.domain)
    assert shape is not None
    if len(shape.space) == 2:
        return coarsest(shape)
    return coarsest_solid(shape, {c: jumps_along(problem, c, inside=True) for c in shape.space})


def _in_time(weak: WeakLaw) -> Callable[[Array, Array], Array]:
    """The weak form of values alone, or of values with rates."""
    still, plain = jnp.zeros((weak.fields, RATES)), 1 + weak.dimension

    def form(place: Array, values: Array) -> Array:
        rates = values[:, plain:] if values.shape[1] > plain else still
        return weak.form(place, values[:, :plain], rates)

    return form


def _form(form: Callable[..., Array], block: int) -> Form:
    """A form and its derivatives by its last argument."""

    def both(*arguments: Array) -> tuple[Array, Array]:
        return form(*arguments), jax.jacfwd(lambda z: form(*arguments[:-1], z))(arguments[-1])

    return Form(in_blocks(form, block), in_blocks(both, block))


def _with_rates(values: Callable[[Array, Array], Array], axis: int | None) -> Callable[[Array, Array], Array]:
    """Values at a place, with their first two derivatives in time where there is one."""

    def along(place: Array, normal: Array) -> Array:
        if axis is None:
            return values(place, normal)[None]

        def at(t: Array) -> Array:
            return values(place.at[axis].set(t), normal)

        def rate(t: Array) -> Array:
            return jax.jvp(at, (t,), (jnp.ones_like(t),))[1]

        now = place[axis]
        return jnp.stack([at(now), rate(now), jax.jvp(rate, (now,), (jnp.ones_like(now),))[1]])

    return along


def _check_outside(problem: Problem) -> None:
    domain = problem.domain
    if shape_of(domain) is None:
        raise Mismatch(
            f"it takes two coordinates of space or three, and here are {listed(domain.coordinates)}."
        )
    if problem.unknowns:
        raise Mismatch(f"{listed(list(problem.unknowns))} is still to be found.")
    for field, coordinates in problem.fields.items():
        if len(coordinates) != len(domain.coordinates):
            raise Mismatch(
                f"{field} depends on {listed(coordinates)} only; it takes fields of all coordinates."
            )
    for bound in problem.conditions.values():
        if bound.joins:
            raise Mismatch(f"it cannot join opposite walls, as {bound.name!r} does.")


def _pins(problem: Problem) -> tuple[Pin, ...]:
    fields = tuple(problem.fields)
    data = [b for b in problem.conditions.values() if b.observes]
    floating = [
        f
        for f in fields
        if not any(
            order(i) == 0 for b in problem.conditions.values() if not b.observes for i in b.needs.get(f, ())
        )
    ]
    if problem.domain.time is not None:
        _check_moving(floating, data)
    pins = []
    for bound in data:
        assert bound.fixed is not None
        for field in bound.needs:
            values = bound.fixed[f"observed.{field}"]
            if field not in floating or len(values) > 1:
                raise Mismatch(
                    f"{bound.name!r} holds observations; it takes one value, of a field that is known up to a constant."
                )
            place = bound.fixed["points"][0, 0]
            pins.append(Pin(fields.index(field), place, float(values[0]), bound.name))
    for field in floating:
        held = [p for p in pins if p.field == fields.index(field)]
        if len(held) != 1:
            spelt = ", ".join(f"{c}=[...]" for c in problem.domain.coordinates)
            raise Mismatch(
                f"{field} is known up to a constant only; give its value at one place, as Data({spelt}, {field}=[0])."
                if not held
                else f"{field} is given at more than one place."
            )
    return tuple(pins)


def _check_moving(floating: list[str], data: list[Bound]) -> None:
    if data:
        raise Mismatch(f"{data[0].name!r} holds observations, of which it takes none in time.")
    if floating:
        raise Mismatch(
            f"{floating[0]} is known up to a function of time only; give its value on a part of the boundary."
        )


def _stretches(
    problem: Problem,
    weak: WeakLaw,
    equations: tuple[int, ...],
    second: tuple[int, ...],
    mesh: Triangulation | Tetrahedra,
) -> tuple[Stretch, ...]:
    spaces = Spaces(mesh.quadratic(), (1,))
    bounds = [b for b in problem.conditions.values() if b.imposes and b.region is not None]
    laws: dict[tuple[str, ...], BoundaryLaw] = {}
    done: dict[tuple[tuple[str, ...], Kinds], Stretch] = {}
    stretches = []
    for number, curve in enumerate(mesh.curves):
        held = tuple(b for b in bounds if b.region is not None and belongs(curve, b.region.name))
        names = tuple(b.name for b in held)
        law = laws.setdefault(names, BoundaryLaw(StrongLaw(problem, held), weak, equations))
        places, normals = spaces.edge_centres(mesh.facets[mesh.curve == number])
        # some middles of edges, always as many: the laws are compiled once
        some = np.linspace(0, len(places) - 1, SAMPLES).astype(int)
        kinds = law.kinds(_at_times(problem, places[some]), normals[some], second, curve.names[0])
        if (names, kinds) not in done:
            done[names, kinds] = Stretch(
                kinds,
                _form(partial(law.flux, kinds), EDGE_BLOCK),
                in_blocks(_with_rates(partial(law.values, kinds), time_axis(problem)), EDGE_BLOCK),
            )
        stretches.append(done[names, kinds])
    return tuple(stretches)


def _at_times(problem: Problem, places: np.ndarray) -> np.ndarray:
    """Places in space (n, d), at times of the problem where it has one."""
    axis = time_axis(problem)
    if axis is None:
        return places
    begin, end = (bounds[axis] for bounds in problem.domain.bounds)
    shares = (np.arange(1, len(places) + 1) * GOLDEN) % 1.0
    return np.insert(places, axis, begin + (end - begin) * shares, axis=1)


def _corners(problem: Problem, mesh: Triangulation, stretches: tuple[Stretch, ...]) -> dict[int, int]:
    extra = {}
    for vertex, (angle, (one, other)) in mesh.corners().items():
        a, b = stretches[one], stretches[other]
        changes = a.kinds.fixed != b.kinds.fixed
        place = _at_times(problem, mesh.mesh.p[:, vertex][None])
        extra[vertex] = extra_halvings(angle, changes, _jumps(place, a, b))
    return {v: times for v, times in extra.items() if times}


def _jumps(place: np.ndarray, one: Stretch, other: Stretch) -> bool:
    """Whether two stretches give a field different values where they meet."""
    normal = np.array([[1.0, 0.0]])
    given = []
    for stretch in (one, other):
        values = stretch.fixed(place, normal)[0, 0] if stretch.kinds.fixed else ()
        given.append(dict(zip(stretch.kinds.fixed, values, strict=True)))
    shared = set(given[0]) & set(given[1])
    return any(not np.isclose(given[0][f], given[1][f], rtol=1e-6, atol=1e-9) for f in shared)
