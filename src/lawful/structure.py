"""What a condition's law looks like from outside: affine in the fields or not, and with which coefficients."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array

from .calculus import Index, Laplacian
from .conditions import Bound
from .problem import Problem
from .unknown import Unknown

SAMPLES = 16
Slot = tuple[str, Index]


@dataclass(frozen=True)
class Linearity:
    """A law at random places: `coefficients[term][field, index]` has one value a place, and is the
    derivative of the residual there; they describe the law wholly where it is `affine`."""

    affine: bool
    coefficients: dict[str, dict[Slot, np.ndarray]]


def parameter_values(problem: Problem) -> dict[str, float]:
    """Parameters as numbers, the unknown ones at their start."""
    return {k: v.initial if isinstance(v, Unknown) else v for k, v in problem.params.items()}


def sampled_batch(bound: Bound, count: int, seed: int = 0) -> dict[str, np.ndarray]:
    """Some places of a condition, the same at every call."""
    if bound.fixed is not None:
        at = np.linspace(0, len(bound.fixed["points"]) - 1, count).astype(int)
        return {name: column[at] for name, column in bound.fixed.items()}
    assert bound.region is not None
    unit = np.random.default_rng(seed).random((count, bound.region.dimension))
    points = bound.region.place(unit)
    return bound.batch(points[np.arange(count) % len(points)])  # the ends of an interval are only two


Slopes = Callable[[Array, dict[str, np.ndarray]], dict[str, Array]]


def _by_slots(problem: Problem, bound: Bound) -> tuple[list[list[Slot]], int, Slopes]:
    """The slots of a residual, a list a station; how many; and the derivative of each term by their
    values (places, slots) at a batch of places."""
    stations = sampled_batch(bound, 1)["points"].shape[1]
    slots = [[(f, i) for f in bound.needs for i in sorted(bound.needs[f], key=str)] for _ in range(stations)]
    blank = [{f: dict.fromkeys(bound.needs[f], 0.0) for f in bound.needs} for _ in range(stations)]
    flat, unravel = ravel_pytree([[jnp.zeros(()) for _ in station] for station in slots])
    parameters = parameter_values(problem)

    def residual(values: Array, place: dict[str, Array]) -> dict[str, Array]:
        tables = []
        for station, numbers, empty in zip(slots, unravel(values), blank, strict=True):
            table = {f: dict(entries) for f, entries in empty.items()}
            for (f, index), number in zip(station, numbers, strict=True):
                table[f][index] = number
            tables.append(table)
        extra = {k: v for k, v in place.items() if k != "points"}
        return bound.residual(tables, place["points"], parameters, extra)

    return slots, flat.size, jax.jit(jax.vmap(jax.jacfwd(residual)))


def linearity(problem: Problem, bound: Bound) -> Linearity:
    """Differentiate the residual by the values of the fields, at random values and places.

    A law is called affine where the derivative by each slot is the same, to a relative 1e-9, at sets of
    random values of both signs and of sizes from 1e-3 to 1e3.
    """
    batch = sampled_batch(bound, SAMPLES)
    slots, count, slope = _by_slots(problem, bound)
    rng = np.random.default_rng(1)
    seen = []
    for size in (1.0, 1.0, 1e-3, 1e3):
        signs = rng.choice((-1.0, 1.0), (SAMPLES, count))
        seen.append(slope(jnp.asarray(size * signs * rng.uniform(0.5, 1.5, signs.shape)), batch))
    affine = True
    coefficients: dict[str, dict[Slot, np.ndarray]] = {}
    for term in bound.terms:
        first = np.asarray(seen[0][term]).reshape(SAMPLES, count)
        scale = np.abs(first).max(axis=0, initial=0.0)
        for other in seen[1:]:
            difference = np.abs(np.asarray(other[term]).reshape(first.shape) - first).max(axis=0, initial=0.0)
            affine &= bool((difference <= 1e-9 * scale).all())
        joined: dict[Slot, np.ndarray] = {}
        for column, slot in enumerate(s for station in slots for s in station):
            joined[slot] = joined.get(slot, 0.0) + np.abs(first[:, column])
        coefficients[term] = joined
    return Linearity(affine, coefficients)


def typical_sizes(problem: Problem, bound: Bound, scales: Mapping[str, float]) -> dict[str, float]:
    """By term, the size sum_a |dr / d(D^a u)| |D^a u| to expect of a residual where each field is as large
    as `scales` says and varies once over the domain."""
    lower, upper = problem.domain.bounds
    widths = {c: b - a for c, a, b in zip(problem.domain.coordinates, lower, upper, strict=True)}
    slots, count, slope = _by_slots(problem, bound)

    def size(field: str, index: Index) -> float:
        own = [widths[c] for c in problem.fields[field]]
        if isinstance(index, Laplacian):
            return scales[field] / min(own[a] for a in index.axes) ** 2
        return scales[field] / math.prod(w**times for w, times in zip(own, index, strict=True))

    typical = np.asarray([size(*slot) for station in slots for slot in station])
    signs = np.random.default_rng(2).choice((-1.0, 1.0), (SAMPLES, count))
    slopes = slope(jnp.asarray(signs * typical), sampled_batch(bound, SAMPLES))
    sums = {
        t: np.abs(np.asarray(slopes[t]).reshape(SAMPLES, count) * typical).sum(axis=1) for t in bound.terms
    }
    return {term: float(np.sqrt(np.mean(total**2))) for term, total in sums.items()}
