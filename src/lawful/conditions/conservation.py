"""Conservation laws, stated by their flux."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx

from .._names import describe_function, did_you_mean, listed
from ..calculus import Plan, Scope, order, record, spell
from ..domain import AbstractDomain
from ._base import AbstractCondition, Bound, bound_law
from .balance import Balance
from .closure import AbstractClosure
from .expansion import expanded

Flux = Callable[..., Any]


class Conservation(AbstractCondition):
    """Fields are conserved inside the domain: `Conservation(lambda u: u**2 / 2)`.

        ∂q/∂t + ∂f(q, x, t)/∂x + ∂g(q, x, t)/∂y + ... = s(q, x, t)

    `flux` is a function of fields, coordinates and parameters, that returns the flux of the one field, or a
    dict by field for a system, `lambda h, q: {"h": q, "q": q**2 / h + g * h**2 / 2}`; with more than one
    coordinate of space it is a dict of such functions, `{"x": lambda u: u, "y": lambda u: u**2 / 2}`. `source`
    is a function of the same kind. A network meets the law expanded by the chain rule, u.t + f'(u) u.x - s;
    solutions that jump are told by the flux, which the residual alone cannot do. `closure`, such as `Potential(5e-4)`
    or `Viscosity(1e-3)`, is what a network obeys in its place where solutions jump; references are those of the law
    itself. A flux of derivatives that belongs to the law is stated by `Interior`.

    Raises `TypeError` for a closure that is none, `ValueError` for a domain without time or space, a coordinate
    without flux, a flux that asks for derivatives, or that does not tell which fields it is of.
    """

    flux: Flux | Mapping[str, Flux] = eqx.field(static=True)
    source: Flux | None = eqx.field(static=True, default=None)
    closure: AbstractClosure | None = eqx.field(static=True, default=None)

    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        what = f"condition {name!r}"
        space = tuple(c for c in domain.coordinates if c != domain.time)
        if domain.time is None or not space:
            raise ValueError(
                f"{what}: Conservation needs time and space, and the domain has only {listed(domain.coordinates)}; "
                "as in Box(x=(0, 1)) * Time(t=(0, 1)). State other laws by Interior(law)."
            )
        if self.closure is not None and not isinstance(self.closure, AbstractClosure):
            raise TypeError(
                f"{what}: closure must be one such as Potential(5e-4) or Viscosity(1e-3), got {self.closure!r}."
            )
        flux = {c: _of_values(f, scope, f"{what}, flux") for c, f in _by_coordinate(self.flux, space, what)}
        source = None if self.source is None else _of_values(self.source, scope, f"{what}, source")
        plans = [*flux.values(), *([source] if source else [])]
        balance = Balance(_conserved(plans, scope, what), flux, source)

        def bound(law: Callable[..., Any], **more: Any) -> Bound:
            law.__name__ = describe_function(plans[0].law).removesuffix("()")
            plan = record(law, scope, what)
            return bound_law(name, plan, domain.interior(), governs=True, balance=balance, **more)

        stated = bound(expanded(balance, scope))
        return bound(self.closure.law(balance, scope, what), stated=stated) if self.closure else stated


def _by_coordinate(flux: Any, space: tuple[str, ...], what: str) -> list[tuple[str, Flux]]:
    """The pairs of coordinate and function, in the order of the coordinates."""
    paste = "{" + ", ".join(f'"{c}": lambda ...: ...' for c in space) + "}"
    if not isinstance(flux, Mapping):
        if len(space) > 1:
            raise ValueError(
                f"{what}: space has the coordinates {listed(space)}; give a flux for each, {paste}."
            )
        return [(c, flux) for c in space]
    for c in flux:
        if c not in space:
            raise ValueError(
                f"{what}: {c!r} is no coordinate of space.{did_you_mean(str(c), space)} Known here: {listed(space)}."
            )
    missing = [c for c in space if c not in flux]
    if missing:
        raise ValueError(f"{what}: no flux is given along {listed(missing)}; give all of {paste}.")
    return [(c, flux[c]) for c in space]


def _of_values(function: Flux, scope: Scope, what: str) -> Plan:
    """The plan of a function that asks for no derivatives."""
    plan = record(function, scope, what)
    for field, indices in plan.needs.items():
        for index in indices:
            if order(index) > 0:
                handle = spell(index, scope.fields[field])
                raise ValueError(
                    f"{what}: {describe_function(function)} asks for {field}.{handle}; it can depend on the values of "
                    "fields alone. State laws of higher order by Interior(law)."
                )
    return plan


def _conserved(plans: list[Plan], scope: Scope, what: str) -> tuple[str, ...]:
    """The fields that all plans are of: named by their outputs, or the only one there is."""
    outputs = plans[0].outputs
    for plan in plans[1:]:
        if set(plan.outputs) != set(outputs):
            raise ValueError(
                f"{what}: {describe_function(plan.law)} returns {_spelt(plan)}, and "
                f"{describe_function(plans[0].law)} {_spelt(plans[0])}; fluxes and source are of the same fields."
            )
    if outputs == ("",):
        asked = [f for f in scope.fields if plans[0].needs.get(f)]
        only = asked if len(asked) == 1 else list(scope.fields)
        if len(only) > 1:
            raise ValueError(
                f"{what}: the fields are {listed(scope.fields)}, so a flux returns a dict by the field that it is "
                f'of, such as {{"{only[0]}": ..., "{only[1]}": ...}}.'
            )
        outputs = tuple(only)
    for field in outputs:
        if field not in scope.fields:
            raise ValueError(
                f"{what}: the flux of {field!r} is given, which is no field.{did_you_mean(field, scope.fields)} "
                f"The fields: {listed(scope.fields)}."
            )
        if scope.time not in scope.fields[field]:
            raise ValueError(
                f"{what}: {field} does not depend on {scope.time}, so it cannot be conserved in it."
            )
    return outputs


def _spelt(plan: Plan) -> str:
    return "one number" if plan.outputs == ("",) else f"a dict of {listed(plan.outputs)}"
