"""Whether as much is said of each field as its laws need: starts, ends, parts of the boundary."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from ._names import listed
from .calculus import Laplacian
from .conditions import Bound
from .domain import AbstractDomain, Box

Fields: TypeAlias = Mapping[str, tuple[str, ...]]
"""The coordinates of each field."""


def check_ends(conditions: Mapping[str, Bound]) -> None:
    """Refuse ends that are joined and held at once."""
    bounds = list(conditions.values())
    for joined in (b for b in bounds if b.joins):
        for other in bounds:
            shared = set(joined.faces) & set(other.faces)
            if other.imposes and not other.joins and shared and set(joined.needs) & set(other.needs):
                coordinate = joined.faces[0][0]
                raise ValueError(
                    f"condition {joined.name!r} joins the ends of {coordinate}, and condition {other.name!r} holds "
                    "the fields there as well; take one of them out. A value that only fixes a constant is one of "
                    f"Data, such as Data({coordinate}=[0], {next(iter(other.needs))}=[0])."
                )


def check_sides(domain: AbstractDomain, fields: Fields, conditions: Mapping[str, Bound]) -> None:
    """Refuse a start or a pair of walls that a law needs and nothing is said of."""
    bounds = list(conditions.values())
    for field, coordinates in fields.items():
        orders = highest_orders(conditions, fields, field)
        if any(b.observes and b.needs.get(field) for b in bounds):
            continue
        time = domain.time
        if time in coordinates and orders.get(time, 0) > 0:
            starts = [b for b in bounds if (b.at_start or b.at_end) and b.needs.get(field)]
            given = sum(bool(b.terms) for b in starts)
            count = sum(len(b.terms) for b in starts)
            if not given and not _frees_time(bounds):
                raise ValueError(
                    f"the law contains {field}.{time} but nothing is said of {field} at the start; add "
                    f'Initial(lambda {field}, ...: {field} - ...), or Free(on="{time}") if that is meant.'
                )
            if count < orders[time] and len(fields) == 1 and not _frees_time(bounds):
                raise ValueError(
                    f"the law is of order {orders[time]} in {time} but only {count} initial condition "
                    f"is given for {field}; add one for {field}.{time}, such as "
                    f'Initial(lambda {field}: {field}.{time}), or Free(on="{time}") if that is meant.'
                )
        if not isinstance(domain, Box):
            _check_outline(domain, fields, field, orders, bounds)
            continue
        for c in domain.space:
            alone = sum(k > 0 for k in orders.values()) == 1
            if not (c in coordinates and (orders.get(c, 0) > 1 or (orders.get(c, 0) == 1 and alone))):
                continue
            here = [b for b in bounds if b.needs.get(field) or not b.terms]
            bare = [side for side in ("lower", "upper") if not any((c, side) in b.faces for b in here)]
            # as many conditions at one end as the order, as for a first-order law, are enough
            given = sum(len(b.terms) for b in here if any(face[0] == c for face in b.faces))
            if len(bare) == 2 or (bare and given < orders[c]):
                on, where = (c, "the ends") if len(bare) == 2 else (f"{c}.{bare[0]}", f"the {bare[0]} end")
                around = f' or Periodic(on="{c}")' if len(bare) == 2 else ""
                raise ValueError(
                    f"the law is of order {orders[c]} in {c} but nothing is said of {field} at {where} of "
                    f'{c}; add Boundary(..., on="{on}"){around}, or Free(on="{on}") if that is meant.'
                )


def _check_outline(
    domain: AbstractDomain, fields: Fields, field: str, orders: Mapping[str, int], bounds: Sequence[Bound]
) -> None:
    """Refuse a part of the boundary of a shape that a law of second order needs and nothing is said of."""
    steep = [c for c in domain.space if orders.get(c, 0) > 1]
    if not steep or not set(domain.space) <= set(fields[field]):
        return
    here = [b for b in bounds if b.needs.get(field) or not b.terms]
    bare = [side for side in domain.sides("walls") if not any(side in b.sides for b in here)]
    if bare:
        raise ValueError(
            f"the law is of order {orders[steep[0]]} in {steep[0]} but nothing is said of {field} on "
            f"{listed(bare)}, part of the boundary; add "
            f'Boundary(..., on="{bare[0]}"), or Free(on="{bare[0]}") if that is meant.'
        )


def _frees_time(bounds: list[Bound]) -> bool:
    return any(b.at_start and not b.terms for b in bounds)


def highest_orders(bounds: Mapping[str, Bound], fields: Fields, only: str | None) -> dict[str, int]:
    """The highest derivative by coordinate in the interior laws, of one field or of any."""
    highest: dict[str, int] = {}
    for bound in bounds.values():
        if not bound.governs:
            continue
        for field, indices in bound.needs.items():
            if only is not None and field != only:
                continue
            for index in indices:
                steps = (
                    [(a, 2) for a in index.axes] if isinstance(index, Laplacian) else list(enumerate(index))
                )
                for axis, times in steps:
                    name = fields[field][axis]
                    highest[name] = max(highest.get(name, 0), times)
    return highest
