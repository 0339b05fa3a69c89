"""Conservation laws, stated by their flux."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from .._names import describe_function, did_you_mean, listed
from ..calculus import Field, Index, Plan, Scope, order, record, spell, unit, zero
from ..domain import AbstractDomain
from ._base import AbstractCondition, Bound, bound_law
from .balance import Balance
from .closure import AbstractClosure

Flux = Callable[..., Any]


class Conservation(AbstractCondition):
    """Fields are conserved inside the domain: `Conservation(lambda u: u**2 / 2)`.

        ∂q/∂t + ∂f(q, x, t)/∂x + ∂g(q, x, t)/∂y + ... = s(q, x, t)

    `flux` is a function of fields, coordinates and parameters, that returns the flux of the one field, or a
    dict by field for a system, `lambda h, q: {"h": q, "q": q**2 / h + g * h**2 / 2}`; with more than one
    coordinate of space it is a dict of such functions, `{"x": lambda u: u, "y": lambda u: u**2 / 2}`. `source`
    is a function of the same kind. A network meets the law expanded by the chain rule, u.t + f'(u) u.x - s;
    solutions that jump are told by the flux, which the residual alone cannot do. `closure`, such as `Viscosity(1e-3)`,
    is what a network obeys in its place where solutions jump; references are those of the law itself. A flux of
    derivatives that belongs to the law is stated by `Interior`.

    Raises `ValueError` for a domain without time or space, a coordinate without flux, a flux that asks for
    derivatives, or that does not tell which fields it is of.
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
        flux = {c: _of_values(f, scope, f"{what}, flux") for c, f in _by_coordinate(self.flux, space, what)}
        source = None if self.source is None else _of_values(self.source, scope, f"{what}, source")
        plans = [*flux.values(), *([source] if source else [])]
        balance = Balance(_conserved(plans, scope, what), flux, source)
        expanded = _expanded(balance, scope, self.closure)
        described = describe_function(plans[0].law)
        expanded.__name__ = described.removesuffix("()")
        return bound_law(
            name, record(expanded, scope, what), domain.interior(), governs=True, balance=balance
        )


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


def _expanded(balance: Balance, scope: Scope, closure: AbstractClosure | None) -> Callable[..., Any]:
    """The law ∂q/∂t + Σ (∂f_c/∂q · ∂q/∂c + ∂f_c/∂c) - s, or what closes it, as a function of names, for `record`."""
    plans = [*balance.flux.values(), *([balance.source] if balance.source else [])]
    asked = {a for plan in plans for a in plan.arguments} | set(balance.conserved) | set(balance.flux)
    names = [n for n in scope.known if n in asked]
    single = next(iter(balance.flux.values())).outputs == ("",)

    def law(**named: Any) -> Any:
        fields: dict[str, Field] = {n: v for n, v in named.items() if n in scope.fields}
        point = {n: v for n, v in named.items() if n in scope.coordinates}
        parameters = {n: v for n, v in named.items() if n in scope.parameters}
        read = {f: fields[f] for f in fields if any(plan.needs.get(f) for plan in plans)}
        values = {f: jnp.asarray(u._value) for f, u in read.items()}

        def outputs(plan: Plan, values: Any, point: Any) -> dict[str, Any]:
            at: dict[str, dict[Index, Any]] = {f: {zero(len(scope.fields[f])): v} for f, v in values.items()}
            return plan(at, point, parameters)

        total = {f: fields[f]._derivative({scope.time or "": 1}) for f in balance.conserved}
        for c, plan in balance.flux.items():
            slopes = {
                f: u._lookup(unit(scope.fields[f].index(c), len(scope.fields[f])))
                for f, u in read.items()
                if plan.needs.get(f) and c in scope.fields[f]
            }
            moving = {f: values[f] for f in slopes}
            place = jnp.asarray(point[c], float)

            def along(moving: Any, place: Any, plan: Plan = plan, c: str = c) -> dict[str, Any]:
                return outputs(plan, values | moving, point | {c: place})

            tangents = {f: jnp.asarray(slope, moving[f].dtype) for f, slope in slopes.items()}
            _, slope = jax.jvp(along, (moving, place), (tangents, jnp.ones_like(place)))
            for output, rate in slope.items():
                field = output or balance.conserved[0]
                total[field] = total[field] + rate
        if balance.source is not None:
            for output, gain in outputs(balance.source, values, point).items():
                field = output or balance.conserved[0]
                total[field] = total[field] - gain
        if closure is not None:
            total = {f: closure.closed(total[f], fields[f], tuple(balance.flux)) for f in balance.conserved}
        return next(iter(total.values())) if single else total

    keyword = inspect.Parameter.KEYWORD_ONLY
    law.__signature__ = inspect.Signature([inspect.Parameter(n, keyword) for n in names])  # pyright: ignore
    return law
