"""Laws in the interior, on parts of the boundary, and at the start."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx

from .._names import listed
from ..calculus import Scope, record
from ..domain import AbstractDomain, Box
from ._base import AbstractCondition, Bound, bound_law


class Interior(AbstractCondition):
    """`law` vanishes inside the domain, at all times."""

    law: Callable[..., Any] = eqx.field(static=True)

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        plan = record(self.law, scope, f"condition {name!r}")
        return bound_law(name, plan, domain.interior(), governs=True)


class Boundary(AbstractCondition):
    """`law` vanishes on the part `on` of the boundary in space, at all times.

    `on` names a part of the domain: for a box a coordinate (`"x"`, both ends), one end (`"x.lower"`), for other shapes
    the name that the part was given, or `"walls"`, all of it. The law can ask for `normal`, the outward unit normal:
    `dot(grad(u), normal)` is the normal derivative.
    """

    law: Callable[..., Any] = eqx.field(static=True)
    on: str = "walls"

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        if not domain.parts():
            raise ValueError(
                f"condition {name!r}: this domain has no boundary in space; use Initial(law) for what holds "
                f"at the start of {listed(domain.coordinates)}."
            )
        try:
            region = domain.part(self.on)
        except ValueError as error:
            raise ValueError(f"condition {name!r}: on={error}") from None
        plan = record(self.law, dataclasses.replace(scope, normal=True), f"condition {name!r}")
        faces = domain.faces(self.on) if isinstance(domain, Box) else ()
        return bound_law(name, plan, region, faces=faces, sides=domain.sides(self.on))


class Initial(AbstractCondition):
    """`law` vanishes at the first time: `Initial(lambda u, x: u - jnp.sin(x))`."""

    law: Callable[..., Any] = eqx.field(static=True)

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        _needs_time(name, "Initial", domain)
        plan = record(self.law, scope, f"condition {name!r}")
        return bound_law(name, plan, domain.start(), at_start=True)


class Final(AbstractCondition):
    """`law` vanishes at the last time, for laws that run backward: `Final(lambda u: u)`."""

    law: Callable[..., Any] = eqx.field(static=True)

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        _needs_time(name, "Final", domain)
        plan = record(self.law, scope, f"condition {name!r}")
        return bound_law(name, plan, domain.end(), at_end=True)


def _needs_time(name: str, kind: str, domain: AbstractDomain) -> None:
    if domain.time is None:
        raise ValueError(
            f"condition {name!r}: {kind} needs a time, and the domain has only {listed(domain.coordinates)}; "
            "time is a factor of its own, as in Box(x=(0, 1)) * Time(t=(0, 1)); or use Boundary."
        )


class Free(AbstractCondition):
    """Nothing is imposed on the part `on`, and that is meant: silences the check for a missing condition."""

    on: str = "walls"

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        faces, sides = (), ()
        if self.on != domain.time:
            try:
                sides = domain.sides(self.on)
            except ValueError as error:
                raise ValueError(f"condition {name!r}: on={error}") from None
            faces = domain.faces(self.on) if isinstance(domain, Box) else ()
        return Bound(name, (), {}, lambda *_: {}, faces=faces, sides=sides, at_start=self.on == domain.time)
