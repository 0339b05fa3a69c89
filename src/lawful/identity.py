"""What a run keeps of the problem it solved, by which another one is told from it."""

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from ._names import listed
from .calculus import Index
from .conditions import Bound
from .problem import Problem
from .structure import Pointwise
from .unknown import Unknown

PLACES = 3
SAME = 1e-6
"""The relative difference up to which residuals are the same, whatever machine and version computed them."""


def identity_of(problem: Problem) -> dict[str, Any]:
    """As plain data: fields, coordinates, parameters, and by condition its terms and their residuals at some places for
    fixed values of what it reads."""
    lower, upper = problem.domain.bounds
    return {
        "domain": type(problem.domain).__name__,
        "coordinates": {
            c: [float(a), float(b)] for c, a, b in zip(problem.domain.coordinates, lower, upper, strict=True)
        },
        "fields": {field: list(own) for field, own in problem.fields.items()},
        "params": {k: None if isinstance(v, Unknown) else float(v) for k, v in problem.params.items()},
        "conditions": {name: _looked_at(problem, bound) for name, bound in problem.conditions.items()},
    }


def check_same(problem: Problem, kept: Mapping[str, Any] | None, path: Path) -> None:
    """Raises `ValueError` where a problem is not the one of which a run keeps this, and `TypeError` for what is none.
    Runs of before that keep nothing pass."""
    if not isinstance(problem, Problem):
        raise TypeError(f"a run is read back with the Problem that it solved, got {problem!r}.")
    difference = _difference(problem, kept) if kept else ""
    if difference:
        raise ValueError(f"{path} holds a run of another problem than the one given: {difference}.")


def _difference(problem: Problem, kept: Mapping[str, Any]) -> str:
    here = identity_of(problem)
    for what in ("fields", "coordinates", "params", "conditions"):
        before, now = kept[what], here[what]
        if set(before) != set(now):
            named = "parameters" if what == "params" else what
            return f"its {named} are {listed(before) or 'none'}, not {listed(now) or 'none'}"
    for field, own in kept["fields"].items():
        if own != here["fields"][field]:
            return f"its field {field} depends on {listed(own)}, not on {listed(here['fields'][field])}"
    for name, (low, high) in kept["coordinates"].items():
        if not np.allclose((low, high), here["coordinates"][name], rtol=SAME, atol=0):
            new_low, new_high = here["coordinates"][name]
            return f"its {name} went from {low:g} to {high:g}, not from {new_low:g} to {new_high:g}"
    if kept["domain"] != here["domain"]:
        return f"its domain was a {kept['domain']}, not a {here['domain']}"
    for name, value in kept["params"].items():
        new = here["params"][name]
        if (value is None) != (new is None) or not np.isclose(value or 0.0, new or 0.0, rtol=SAME, atol=0):
            told = ("to be found" if v is None else f"{v:g}" for v in (value, new))
            return "its parameter {} was {}, not {}".format(name, *told)
    for name, looked in kept["conditions"].items():
        bound = problem.conditions[name]
        if list(bound.terms) != looked["terms"]:
            return f"its condition {name} has the terms {listed(looked['terms'])}, not {listed(bound.terms)}"
        if not _alike(looked, _looked_at(problem, bound, looked["points"])):
            return f"its condition {name} says something else"
    return ""


def _looked_at(problem: Problem, bound: Bound, points: list[list[float]] | None = None) -> dict[str, Any]:
    """A condition's residuals at `points`, or at places of its own; those of data have no points but their own."""
    out: dict[str, Any] = {"terms": list(bound.terms), "points": None, "residuals": {}}
    if not bound.terms:
        return out
    if bound.fixed is None:
        assert bound.region is not None
        unit = np.random.default_rng(0).random((PLACES, bound.region.dimension))
        places = np.asarray(bound.region.place(unit) if points is None else points)
        out["points"] = places.tolist()
        law = Pointwise(problem, bound, points=places)
    else:
        law = Pointwise(problem, bound, PLACES)
    stations = law.batch["points"].shape[1]
    numbers = [_number(k * stations // len(law.slots), *slot) for k, slot in enumerate(law.slots)]
    known = {k: 1.0 if isinstance(v, Unknown) else v for k, v in problem.params.items()}
    found = law.at(jnp.tile(jnp.asarray(numbers), (law.places, 1)), known)
    out["residuals"] = {term: np.asarray(r, float).tolist() for term, r in found.items()}
    return out


def _number(station: int, field: str, index: Index) -> float:
    """Between 0.5 and 1.5, for what a condition reads: the same in whatever order it does."""
    return 0.5 + zlib.crc32(f"{station} {field} {index}".encode()) / 2**32


def _alike(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    for term in now["terms"]:
        a, b = (np.asarray(each["residuals"][term], float) for each in (before, now))
        a, b = (np.where(np.isfinite(r), r, 0.0) for r in (a, b))  # a file holds no other numbers
        if a.shape != b.shape or not np.allclose(a, b, rtol=SAME, atol=SAME * np.abs(b).max(initial=0.0)):
            return False
    return True
