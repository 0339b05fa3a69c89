"""A condition: a law and where it must hold; bound to a problem it yields named residuals."""

import abc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import equinox as eqx
import numpy as np

from .._names import describe_function, listed
from ..calculus import Index, Plan, Scope
from ..domain import AbstractDomain, Region
from .balance import Balance

Batch = dict[str, np.ndarray]


def _points_only(points: np.ndarray) -> Batch:
    return {"points": points[:, None, :]}


@dataclass(frozen=True)
class Bound:
    """A condition bound to the names of a problem.

    `residual(values, points, parameters, extra)` is written for one place: `values` and `points` hold
    one entry a station (a periodic condition reads two places at once), `extra` the further columns
    of the batch. `batch` turns points of the region into columns: `points`, of shape (n, stations, d),
    and others of shape (n,). A condition without a region, such as data, brings its batch along.

    What others may do with it: it `governs` the interior, so its points may move and its residual is judged;
    it `observes`, with errors of size `noise`; it `joins` opposite faces; or it holds `at_start`, `at_end`, or
    on `sides`, the smallest parts of the boundary that it covers, which for boxes are `faces` as well. One without
    terms says that nothing is imposed there. A conservation law keeps its `balance`, and, where a closure stands in
    its place, itself as `stated`. One that
    `regularises` states nothing of the problem: its `residual(networks, points)` looks into the networks, and may give
    several numbers a place.
    """

    name: str
    terms: tuple[str, ...]
    needs: Mapping[str, frozenset[Index]]
    residual: Callable[..., dict[str, Any]]
    region: Region | None = None
    batch: Callable[[np.ndarray], Batch] = _points_only
    fixed: Batch | None = None
    plan: Plan | None = None
    balance: Balance | None = None
    stated: "Bound | None" = None
    faces: tuple[tuple[str, str], ...] = ()
    sides: tuple[str, ...] = ()
    governs: bool = False
    observes: bool = False
    joins: bool = False
    at_start: bool = False
    at_end: bool = False
    noise: Mapping[str, bool] = field(default_factory=dict)
    regularises: bool = False

    @property
    def imposes(self) -> bool:
        """Whether it prescribes something on a part of the boundary or at the start."""
        return bool(self.terms) and not self.governs and not self.observes

    def without(self, dropped: frozenset[str]) -> "Bound":
        """The same condition less some of its terms."""
        keep = tuple(term for term in self.terms if term not in dropped)
        whole = self.residual

        def residual(*arguments: Any) -> dict[str, Any]:
            return {term: r for term, r in whole(*arguments).items() if term in keep}

        return replace(self, terms=keep, residual=residual)


class AbstractCondition(eqx.Module):
    """What must hold, and where."""

    @abc.abstractmethod
    def bind(self, name: str, domain: AbstractDomain, scope: Scope, order: Mapping[str, int]) -> Bound:
        """Check the condition against the names of a problem.

        `order` holds the highest derivative by coordinate in the interior laws. Raises `ValueError` or
        `TypeError` in the user's words.
        """


def term_name(condition: str, output: str) -> str:
    """`pde`, or `pde.real` for a component."""
    return f"{condition}.{output}" if output else condition


def bound_law(name: str, plan: Plan, region: Region, **more: Any) -> Bound:
    """A bound condition whose residual is one law at one place."""
    if not any(plan.needs.values()):
        raise ValueError(
            f"condition {name!r}: {describe_function(plan.law)} uses no field, so no network can meet it; "
            f"the fields: {listed(plan.scope.fields)}."
        )
    coordinates = plan.scope.coordinates
    space = [c for c in coordinates if c != plan.scope.time]

    def residual(values: Any, points: Any, parameters: Any, extra: Any) -> dict[str, Any]:
        point = dict(zip(coordinates, points[0], strict=True))
        normal = {c: extra[f"normal.{c}"] for c in space} if "normal" in plan.arguments else None
        outputs = plan(values[0], point, parameters, normal)
        return {term_name(name, output): value for output, value in outputs.items()}

    def batch(points: np.ndarray) -> Batch:
        columns = _points_only(points)
        if "normal" in plan.arguments and region.normals is not None:
            normals = region.normals(points)
            columns |= {f"normal.{c}": normals[:, coordinates.index(c)] for c in space}
        return columns

    terms = tuple(term_name(name, output) for output in plan.outputs)
    return Bound(name, terms, plan.needs, residual, region, batch, plan=plan, **more)
