"""Which network serves which fields."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax

from ._names import did_you_mean, listed
from .nn import AbstractArchitecture
from .problem import Problem

Network = Any
"""An architecture, or a callable pytree from coordinates (d,) to values (m,)."""


@dataclass(frozen=True)
class Group:
    """Fields that share one network, in the order of its outputs, and the axes it reads."""

    fields: tuple[str, ...]
    axes: tuple[int, ...]


def assign_networks(
    problem: Problem, network: Network | Mapping[str, Network]
) -> list[tuple[Group, Network]]:
    def group(fields: tuple[str, ...]) -> Group:
        axes = tuple(problem.domain.coordinates.index(c) for c in problem.fields[fields[0]])
        return Group(fields, axes)

    for each in network.values() if isinstance(network, Mapping) else (network,):
        if isinstance(each, type) or not (callable(each) or isinstance(each, AbstractArchitecture)):
            raise ValueError(f"network must be one of lawful.nn such as MLP(), or a callable; got {each!r}.")
    if not isinstance(network, Mapping):
        alike: dict[tuple[str, ...], list[str]] = {}
        for field, coordinates in problem.fields.items():
            alike.setdefault(coordinates, []).append(field)
        return [(group(tuple(fields)), network) for fields in alike.values()]
    pairs = []
    for key, each in network.items():
        fields = tuple(str(key).replace(",", " ").split())
        for field in fields:
            if field not in problem.fields:
                raise ValueError(
                    f"network names {field!r}, which is no field.{did_you_mean(field, problem.fields)} "
                    f"The fields: {listed(problem.fields)}."
                )
        if len({problem.fields[f] for f in fields}) > 1:
            raise ValueError(f"the fields {listed(fields)} share a network but not their coordinates.")
        pairs.append((group(fields), each))
    named = [f for g, _ in pairs for f in g.fields]
    missing = [f for f in problem.fields if f not in named]
    if missing or len(named) != len(set(named)):
        raise ValueError(
            f"network must name each field once; {listed(missing) if missing else 'one'} is not."
        )
    return pairs


def check_outputs(network: Network, group: Group, dtype: Any) -> None:
    """Refuse a callable that does not map the coordinates to one number a field."""
    wanted = (
        f"network must map {len(group.axes)} coordinate(s), as an array, to one value each of "
        f"{listed(group.fields)}"
    )
    try:
        out = jax.eval_shape(network, jax.ShapeDtypeStruct((len(group.axes),), dtype))
        size = out.size
    except Exception as error:
        raise ValueError(f"{wanted}; at one point it failed: {type(error).__name__}: {error}") from error
    if size != len(group.fields):
        raise ValueError(f"{wanted}; it returns an array of shape {out.shape}.")
