"""A conservation law as a function of names, for `record`: expanded by the chain rule, or integrated once."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from ..calculus import Field, Index, Plan, Scope, unit, zero
from .balance import Balance

Added = Callable[[Field, tuple[str, ...]], Any]
"""What is added to the law of a conserved field, of whose coordinates these are space."""


def expanded(balance: Balance, scope: Scope, added: Added | None = None) -> Callable[..., Any]:
    """∂q/∂t + Σ (∂f_c/∂q · ∂q/∂c + ∂f_c/∂c) - s, and what is added."""

    def law(fields: Mapping[str, Field], point: Any, parameters: Any) -> dict[str, Any]:
        total = {f: fields[f]._derivative({scope.time or "": 1}) for f in balance.conserved}
        read = _values(balance, fields)
        for c, plan in balance.flux.items():
            slopes = {
                f: fields[f]._lookup(unit(scope.fields[f].index(c), len(scope.fields[f])))
                for f in read
                if plan.needs.get(f) and c in scope.fields[f]
            }
            moving = {f: read[f] for f in slopes}
            place = jnp.asarray(point[c], float)

            def along(moving: Any, place: Any, plan: Plan = plan, c: str = c) -> dict[str, Any]:
                return _outputs(plan, scope, read | moving, point | {c: place}, parameters)

            tangents = {f: jnp.asarray(slope, moving[f].dtype) for f, slope in slopes.items()}
            _, slope = jax.jvp(along, (moving, place), (tangents, jnp.ones_like(place)))
            for output, rate in slope.items():
                field = output or balance.conserved[0]
                total[field] = total[field] + rate
        if balance.source is not None:
            for output, gain in _outputs(balance.source, scope, read, point, parameters).items():
                field = output or balance.conserved[0]
                total[field] = total[field] - gain
        if added is not None:
            total = {f: r + added(fields[f], tuple(balance.flux)) for f, r in total.items()}
        return total

    return _of_names(law, balance, scope)


def integrated(balance: Balance, scope: Scope, added: Added) -> Callable[..., Any]:
    """∂Q/∂t + f, and what is added, where ∂Q/∂c = q along the one coordinate c of space; there is no source."""
    ((c, plan),) = balance.flux.items()

    def law(fields: Mapping[str, Field], point: Any, parameters: Any) -> dict[str, Any]:
        flux = _outputs(plan, scope, _values(balance, fields), point, parameters)
        out = {}
        for output, value in flux.items():
            field = output or balance.conserved[0]
            rate = tuple({c: -1, scope.time: 1}.get(name, 0) for name in scope.fields[field])
            out[field] = fields[field]._lookup(rate) + value + added(fields[field], (c,))
        return out

    return _of_names(law, balance, scope)


def _plans(balance: Balance) -> list[Plan]:
    return [*balance.flux.values(), *([balance.source] if balance.source else [])]


def _values(balance: Balance, fields: Mapping[str, Field]) -> dict[str, Any]:
    """The values of the fields that flux and source ask for."""
    return {
        f: jnp.asarray(u._value) for f, u in fields.items() if any(p.needs.get(f) for p in _plans(balance))
    }


def _outputs(
    plan: Plan, scope: Scope, values: Mapping[str, Any], point: Any, parameters: Any
) -> dict[str, Any]:
    at: dict[str, dict[Index, Any]] = {f: {zero(len(scope.fields[f])): v} for f, v in values.items()}
    return plan(at, point, parameters)


def _of_names(law: Callable[..., dict[str, Any]], balance: Balance, scope: Scope) -> Callable[..., Any]:
    """The law with an argument for each name that it asks for."""
    asked = (
        {a for plan in _plans(balance) for a in plan.arguments} | set(balance.conserved) | set(balance.flux)
    )
    names = [n for n in scope.known if n in asked]
    single = next(iter(balance.flux.values())).outputs == ("",)

    def of_names(**named: Any) -> Any:
        fields: dict[str, Field] = {n: v for n, v in named.items() if n in scope.fields}
        point = {n: v for n, v in named.items() if n in scope.coordinates}
        parameters = {n: v for n, v in named.items() if n in scope.parameters}
        total = law(fields, point, parameters)
        return next(iter(total.values())) if single else total

    keyword = inspect.Parameter.KEYWORD_ONLY
    of_names.__signature__ = inspect.Signature([inspect.Parameter(n, keyword) for n in names])  # pyright: ignore
    return of_names
