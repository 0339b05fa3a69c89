"""A problem: fields on a domain, laws and conditions they obey, parameters known and unknown."""

import copy
import numbers
from collections.abc import Callable, Mapping
from typing import Any

from ._names import arguments_of, check_names, did_you_mean, listed
from ._numbers import is_real
from .calculus import Laplacian, Plan, Scope, check_values, parse, record
from .completeness import check_ends, check_sides, highest_orders
from .conditions import AbstractCondition, Bound
from .domain import AbstractDomain
from .unknown import Unknown

RESERVED = frozenset(
    "facts history intervals normal outcome params plot problem report save source summary to_xarray verdict".split()
)
"""Names that no field can have: those that a solution uses itself, and `normal`."""
RESERVED_CONDITIONS = frozenset("elapsed_s fresh loss phase points step".split())
"""Names that no condition can have: the other columns of a history."""


class Problem:
    """A differential problem, checked whole when it is made.

    - `domain`: `Box(x=(0, 1)) * Time(t=(0, 1))`, or `Time(t=(0, 5))` alone; other shapes are `Disk`, `Ball`, `Polygon`
      and what `|`, `&` and `-` make of them.
    - `fields`: names such as `"u v"`, or a dict from name to coordinates, `{"u": "x t", "k": "x"}`.
    - `conditions`: a dict from name to `Interior`, `Conservation`, `Boundary`, `Initial`, `Final`,
      `Periodic`, `Data`, `Free`.
    - `params`: a dict from name to a number, or to an `Unknown` that is to be found.
    - `ansatz`: by field, a function of the field's name, coordinates and parameters, such as
      `{"u": lambda u, x, t: sin(pi * x) + t * x * (1 - x) * u}`; conditions that it meets exactly are
      dropped from training. Without it one is built where the conditions allow.
    - `reference`: an independent solution, such as `Exact(lambda x, t: ...)`.
    - `quantities`: by name, a density such as `lambda u, v: u**2 + v**2`; its integral over space is
      followed in time and reported.
    - `tolerance`: the relative error up to which a solution counts as supported.

    Raises `ValueError` or `TypeError`, one sentence that names the fix, for wrong names, shapes, a
    condition on no part of the boundary, a parameter nobody uses, a field with no condition, and, for
    fields that no `Data` observes, a start, an end or a part of the boundary that the order of the laws needs and
    nothing is said of.
    """

    def __init__(
        self,
        domain: AbstractDomain,
        fields: str | Mapping[str, str | tuple[str, ...]] | tuple[str, ...] | list[str],
        conditions: Mapping[str, AbstractCondition],
        params: Mapping[str, float | Unknown] | None = None,
        *,
        ansatz: Mapping[str, Callable[..., Any]] | None = None,
        reference: Any = None,
        quantities: Mapping[str, Callable[..., Any]] | None = None,
        tolerance: float = 1e-2,
        name: str = "problem",
    ):
        if not isinstance(domain, AbstractDomain):
            raise TypeError(
                "domain must be a Box, a Disk or another shape, a Time, or their product, such as "
                "Box(x=(0, 1)) * Time(t=(0, 1)); "
                f"got {domain!r}."
            )
        self.name = name
        self.domain = domain
        self.fields = _fields(fields, domain)
        self.params = _params(params or {}, self.fields, domain)
        self.scope = Scope(self.fields, domain.coordinates, tuple(self.params), domain.time)
        self.conditions = _bind(conditions, domain, self.scope)
        self.ansatz = dict(ansatz or {})
        self.quantities = {q: _density(q, function, self.scope) for q, function in (quantities or {}).items()}
        if reference is not None and not callable(getattr(reference, "evaluate", None)):
            raise TypeError(
                f"reference must be a solution such as Exact(lambda {', '.join(domain.coordinates)}: ...); "
                f"got {reference!r}."
            )
        self.reference: Any = reference
        self.tolerance = tolerance
        self.kept: dict[Any, Any] = {}  # what is worked out of it and freed with it, such as a reference
        for field, function in self.ansatz.items():
            if field not in self.fields:
                raise ValueError(
                    f"ansatz names {field!r}, which is no field.{did_you_mean(field, self.fields)} "
                    f"The fields: {listed(self.fields)}."
                )
            named = arguments_of(function, (field, *self.fields[field], *self.params), f"ansatz of {field}")
            check_values(function, named, f"ansatz of {field}")
            if field not in named:
                raise ValueError(
                    f"the ansatz of {field} does not use {field}, the output of the network; write it as an argument, "
                    f"as in lambda {field}, {', '.join(self.fields[field])}: ..."
                )
            if field in self.potentials:
                raise ValueError(
                    f"an ansatz of {field} is given, and by closure=Potential(...) the network is the antiderivative "
                    f"of {field}; take one of them out."
                )
        if not isinstance(tolerance, numbers.Real) or not tolerance > 0:
            raise ValueError(f"tolerance must be a relative error above 0, such as 1e-2; got {tolerance!r}.")
        self._check_parameters()
        self._check_fields()
        check_ends(self.conditions)
        check_sides(self.domain, self.fields, self.conditions)

    @property
    def unknowns(self) -> dict[str, Unknown]:
        """The parameters to be found."""
        return {name: value for name, value in self.params.items() if isinstance(value, Unknown)}

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of all residuals."""
        return tuple(term for bound in self.conditions.values() for term in bound.terms)

    @property
    def stated(self) -> "Problem":
        """The problem whose laws are those stated, with no closure in their place."""
        out = self._copy()
        out.conditions = {name: b.stated or b for name, b in self.conditions.items()}
        return out

    def at(self, params: Mapping[str, float]) -> "Problem":
        """The forward problem with numbers in the place of unknown parameters: without its data, but for single exact
        values, such as the one that pins a pressure."""
        out = self._copy()
        out.params = self.params | {name: float(value) for name, value in params.items()}
        out.conditions = {
            name: b
            for name, b in self.conditions.items()
            if not b.observes
            or b.fixed is None
            or (len(b.fixed["points"]) == 1 and not any(b.noise.values()))
        }
        return out

    def having(self, fields: Mapping[str, tuple[str, ...]], conditions: Mapping[str, Bound]) -> "Problem":
        """The same with other fields and conditions, which are not checked again."""
        out = self._copy()
        out.fields, out.conditions = dict(fields), dict(conditions)
        return out

    def _copy(self) -> "Problem":
        out = copy.copy(self)
        out.kept = {}
        return out

    @property
    def potentials(self) -> dict[str, int]:
        """By field of which a law asks the antiderivative, the axis of that: it is what networks represent."""
        asked = [(f, i) for b in self.conditions.values() for f, needed in b.needs.items() for i in needed]
        return {f: i.index(-1) for f, i in asked if not isinstance(i, Laplacian) and -1 in i}

    def orders(self, field: str | None = None) -> dict[str, int]:
        """The highest derivative by coordinate in the interior laws, of one field or of any."""
        return highest_orders(self.conditions, self.fields, field)

    def __repr__(self) -> str:
        spelt = ", ".join(f"{f}({', '.join(c)})" for f, c in self.fields.items())
        return f"Problem({self.name}: {spelt}; {', '.join(self.conditions)})"

    def _check_parameters(self) -> None:
        used = {a for b in self.conditions.values() if b.plan for a in b.plan.arguments}
        for field, function in self.ansatz.items():
            used |= set(arguments_of(function, (field, *self.fields[field], *self.params), "ansatz"))
        used |= {a for density in self.quantities.values() for a in density.arguments}
        idle = [name for name in self.params if name not in used]
        if idle:
            raise ValueError(
                f"no law uses the parameter {listed(idle)}; make it an argument of a law, or take it out of params."
            )

    def _check_fields(self) -> None:
        for field in self.fields:
            if not any(b.needs.get(field) for b in self.conditions.values()):
                raise ValueError(
                    f"no condition mentions the field {field}; add an Interior law for it, or take it out of fields."
                )


def _density(name: str, function: Any, scope: Scope) -> Plan:
    plan = record(function, scope, f"quantity {name!r}")
    if plan.outputs != ("",):
        raise ValueError(f"quantity {name!r} must be one number a point, got {listed(plan.outputs)}.")
    return plan


def _fields(fields: Any, domain: AbstractDomain) -> dict[str, tuple[str, ...]]:
    if isinstance(fields, str):
        fields = fields.replace(",", " ").split()
    if isinstance(fields, Mapping):
        spelt = {
            name: tuple(c.replace(",", " ").split()) if isinstance(c, str) else tuple(c)
            for name, c in fields.items()
        }
    elif isinstance(fields, list | tuple):
        names = check_names(fields, "fields")
        spelt = dict.fromkeys(names, domain.coordinates)
    else:
        raise TypeError(
            f'fields must be names such as "u v", or a dict such as {{"u": "x t"}}; got {fields!r}.'
        )
    if not spelt:
        raise ValueError('there is no field; name one, such as fields="u".')
    check_names(spelt, "fields")
    for name, coordinates in spelt.items():
        if name in RESERVED or name.startswith("_"):
            raise ValueError(f"the field name {name!r} is taken by lawful; choose another.")
        if name in domain.coordinates:
            raise ValueError(f"{name!r} is a field and a coordinate at once; rename one of them.")
        for c in coordinates:
            if c not in domain.coordinates:
                raise ValueError(
                    f"field {name}: {c!r} is no coordinate of the domain.{did_you_mean(c, domain.coordinates)} "
                    f"Known here: {listed(domain.coordinates)}."
                )
        if not coordinates:
            raise ValueError(f"field {name} has no coordinate; a number to be found is an Unknown in params.")
        # the order of the domain, so that one network can serve fields of the same coordinates
        spelt[name] = tuple(c for c in domain.coordinates if c in coordinates)
    return spelt


def _params(
    params: Mapping[str, Any], fields: Mapping[str, Any], domain: AbstractDomain
) -> dict[str, float | Unknown]:
    if not isinstance(params, Mapping):
        raise TypeError(f'params must be a dict from name to number, such as {{"k": 0.4}}; got {params!r}.')
    check_names(params, "params")
    out: dict[str, float | Unknown] = {}
    for name, value in params.items():
        if name in fields:
            raise ValueError(f"{name!r} is a field and a parameter at once; rename one of them.")
        if name in domain.coordinates:
            raise ValueError(f"{name!r} is a coordinate and a parameter at once; rename one of them.")
        if name == "normal":
            raise ValueError("the parameter name 'normal' is taken by lawful; choose another.")
        if isinstance(value, Unknown):
            out[name] = value
            continue
        if not is_real(value):
            raise ValueError(f"parameter {name} must be a finite number or an Unknown, got {value!r}.")
        out[name] = float(value)
    return out


def _bind(conditions: Any, domain: AbstractDomain, scope: Scope) -> dict[str, Bound]:
    if not isinstance(conditions, Mapping) or not conditions:
        raise ValueError(
            'conditions must be a dict from name to condition, such as {"pde": Interior(law)}; '
            f"got {conditions!r}."
        )
    for name, condition in conditions.items():
        if not isinstance(name, str) or not name or set(name) & set("./"):
            raise ValueError(f"the condition name {name!r} must be a word without dots and slashes.")
        if name in RESERVED_CONDITIONS:
            taken = listed(sorted(RESERVED_CONDITIONS))
            raise ValueError(
                f"no condition can be called {taken}, columns of a history; choose another name."
            )
        if not isinstance(condition, AbstractCondition):
            raise TypeError(
                f"condition {name!r} must be Interior(...), Conservation(...), Boundary(...), Initial(...), "
                f"Final(...), Periodic(...) or Data(...); got {condition!r}."
            )
    bounds = {n: c.bind(n, domain, scope, {}) for n, c in conditions.items()}
    order = highest_orders(bounds, scope.fields, None)
    return {
        n: bound if bound.governs else conditions[n].bind(n, domain, scope, order)
        for n, bound in bounds.items()
    }


def handle_index(problem: Problem, name: str) -> tuple[str, tuple[int, ...]]:
    """A field and an index from `u` or `u.xx`; raises `ValueError` for an unknown one."""
    field, _, handle = name.partition(".")
    if field not in problem.fields:
        raise ValueError(
            f"{field!r} is no field.{did_you_mean(field, problem.fields)} The fields: {listed(problem.fields)}."
        )
    coordinates = problem.fields[field]
    if not handle:
        return field, (0,) * len(coordinates)
    meanings = parse(handle, coordinates)
    if len(meanings) != 1:
        raise ValueError(f"{name} is no derivative of {field}; use its coordinates, {listed(coordinates)}.")
    return field, meanings[0]
