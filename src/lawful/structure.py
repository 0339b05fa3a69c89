"""What a condition's law looks like from outside: affine in the fields or not, and with which coefficients."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from .calculus import Index
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
    return bound.batch(bound.region.place(unit))


def linearity(problem: Problem, bound: Bound) -> Linearity:
    """Differentiate the residual by the values of the fields, at random values and places.

    A law is called affine where the derivative is the same at three random sets of values, to a
    relative 1e-9.
    """
    batch = sampled_batch(bound, SAMPLES)
    stations = batch["points"].shape[1]
    slots = [[(f, i) for f in bound.needs for i in sorted(bound.needs[f], key=str)] for _ in range(stations)]
    blank = [{f: dict.fromkeys(bound.needs[f], 0.0) for f in bound.needs} for _ in range(stations)]
    flat, unravel = ravel_pytree([[jnp.zeros(()) for _ in station] for station in slots])
    parameters = parameter_values(problem)

    def residual(values: jax.Array, place: dict[str, jax.Array]) -> dict[str, jax.Array]:
        tables = []
        for station, numbers, empty in zip(slots, unravel(values), blank, strict=True):
            table = {f: dict(entries) for f, entries in empty.items()}
            for (f, index), number in zip(station, numbers, strict=True):
                table[f][index] = number
            tables.append(table)
        extra = {k: v for k, v in place.items() if k != "points"}
        return bound.residual(tables, place["points"], parameters, extra)

    slope = jax.jit(jax.vmap(jax.jacfwd(residual)))
    rng = np.random.default_rng(1)
    seen = [slope(jnp.asarray(rng.uniform(0.5, 1.5, (SAMPLES, flat.size))), batch) for _ in range(3)]
    affine = True
    coefficients: dict[str, dict[Slot, np.ndarray]] = {}
    for term in bound.terms:
        first = np.asarray(seen[0][term]).reshape(SAMPLES, flat.size)
        scale = np.abs(first).max(initial=1e-300)
        for other in seen[1:]:
            difference = np.abs(np.asarray(other[term]).reshape(first.shape) - first).max(initial=0.0)
            affine &= bool(difference <= 1e-9 * scale)
        joined: dict[Slot, np.ndarray] = {}
        for column, slot in enumerate(s for station in slots for s in station):
            joined[slot] = joined.get(slot, 0.0) + np.abs(first[:, column])
        coefficients[term] = joined
    return Linearity(affine, coefficients)
