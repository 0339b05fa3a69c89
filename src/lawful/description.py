"""Strategy objects as plain data and back, so that a run folder can be read without pickle or eval."""

import dataclasses
from typing import Any

import equinox as eqx

from . import nn, optim, sampling, weighting

FAMILIES = (nn, optim, sampling, weighting)


def describe(thing: Any) -> Any:
    """JSON for numbers, strings, tuples, dicts and lawful's own strategy objects.

    Anything else, such as a user's function, becomes `{"custom": repr}`.
    """
    if thing is None or isinstance(thing, bool | int | float | str):
        return thing
    if isinstance(thing, tuple | list):
        return [describe(x) for x in thing]
    if isinstance(thing, dict):
        return {"dict": {str(k): describe(v) for k, v in thing.items()}}
    if isinstance(thing, eqx.Module) and _exported(type(thing).__name__) is type(thing):
        fields = {f.name: describe(getattr(thing, f.name)) for f in dataclasses.fields(thing)}
        return {"type": type(thing).__name__, "fields": fields}
    return {"custom": repr(thing)}


def restore(data: Any) -> Any:
    """The object that `describe` saw; raises `ValueError` for custom ones, which the caller must give again."""
    if isinstance(data, list):
        return tuple(restore(x) for x in data)
    if not isinstance(data, dict):
        return data
    if "dict" in data:
        return {k: restore(v) for k, v in data["dict"].items()}
    if "custom" in data:
        raise ValueError(
            f"this run used {data['custom']}, which no file can hold; pass it again, as network=, "
            "optimizer=, sampling=, weighting= or regulariser=."
        )
    kind = _exported(data["type"])
    if kind is None:
        raise ValueError(f"this run names {data['type']!r}, which this version of lawful does not have.")
    made = object.__new__(kind)
    for name, value in data["fields"].items():
        object.__setattr__(made, name, restore(value))
    return made


def _exported(name: str) -> type | None:
    for family in FAMILIES:
        found = getattr(family, name, None)
        if isinstance(found, type):
            return found
    return None
