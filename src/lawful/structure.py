"""What a condition's law looks like from outside: affine in the fields or not, and with which coefficients."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

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
    points = bound.region.place(unit)
    return bound.batch(points[np.arange(count) % len(points)])  # the ends of an interval are only two


class Pointwise:
    """A condition's residual as a function of numbers: the values of its slots at some places.

    `slots` has one entry a number, station after station. Parameters that are unknown stand at their start.
    The places are `points` (n, d), where they are given, else some that are sampled.
    """

    def __init__(
        self, problem: Problem, bound: Bound, places: int = SAMPLES, points: np.ndarray | None = None
    ):
        self.bound = bound
        self.batch = sampled_batch(bound, places) if points is None else bound.batch(points)
        self.places = len(self.batch["points"])
        stations = self.batch["points"].shape[1]
        needed = [(f, i) for f in bound.needs for i in sorted(bound.needs[f], key=str)]
        self.slots: list[Slot] = needed * stations
        known = parameter_values(problem)

        def residual(
            numbers: Array, place: dict[str, Array], parameters: Mapping[str, Any] = known
        ) -> dict[str, Array]:
            tables = []
            for station in numbers.reshape(stations, len(needed)):
                table: dict[str, dict[Index, Array]] = {f: {} for f in bound.needs}
                for (f, index), number in zip(needed, station, strict=True):
                    table[f][index] = number
                tables.append(table)
            extra = {k: v for k, v in place.items() if k != "points"}
            return bound.residual(tables, place["points"], parameters, extra)

        self._residual = residual
        self._slopes = jax.jit(jax.vmap(jax.jacfwd(residual)))
        self._values = jax.jit(jax.vmap(residual))

    def slopes(self, numbers: np.ndarray) -> dict[str, np.ndarray]:
        """By term, the derivatives (places, slots) at numbers (places, slots)."""
        found = self._slopes(jnp.asarray(numbers), self.batch)
        return {term: np.asarray(found[term]).reshape(numbers.shape) for term in self.bound.terms}

    def at(self, numbers: Array, parameters: Mapping[str, Any]) -> dict[str, Array]:
        """By term, the residuals (places,) with other parameters, to be differentiated by them."""
        return jax.vmap(lambda row, place: self._residual(row, place, parameters))(numbers, self.batch)

    def on(self, batch: Mapping[str, np.ndarray], numbers: np.ndarray) -> dict[str, np.ndarray]:
        """By term, the residuals at other places, those of a condition's `batch`, at numbers (slots,) that are the same
        at all of them; nothing is compiled."""
        places = {name: jnp.asarray(column) for name, column in batch.items()}
        found = jax.vmap(self._residual, in_axes=(None, 0))(jnp.asarray(numbers), places)
        return {term: np.asarray(found[term]) for term in self.bound.terms}

    def along(self, axis: int, batch: Mapping[str, np.ndarray], numbers: np.ndarray) -> dict[str, np.ndarray]:
        """By term, the slopes along a coordinate of what `on` gives."""
        places = {name: jnp.asarray(column) for name, column in batch.items()}
        moved = {name: jnp.zeros_like(column) for name, column in places.items()}
        moved["points"] = moved["points"].at[..., axis].set(1.0)
        law = jax.vmap(self._residual, in_axes=(None, 0))
        _, found = jax.jvp(lambda at: law(jnp.asarray(numbers), at), (places,), (moved,))
        return {term: np.asarray(found[term]) for term in self.bound.terms}

    def values(self, numbers: np.ndarray) -> dict[str, np.ndarray]:
        """By term, the residuals (places,)."""
        found = self._values(jnp.asarray(numbers), self.batch)
        return {term: np.asarray(found[term]) for term in self.bound.terms}


def linearity(problem: Problem, bound: Bound) -> Linearity:
    """Differentiate the residual by the values of the fields, at random values and places.

    A law is called affine where the derivative by each slot is the same, to a relative 1e-9, at sets of
    random values of both signs and of sizes from 1e-3 to 1e3.
    """
    law = Pointwise(problem, bound)
    rng = np.random.default_rng(1)
    seen = []
    for size in (1.0, 1.0, 1e-3, 1e3):
        signs = rng.choice((-1.0, 1.0), (SAMPLES, len(law.slots)))
        seen.append(law.slopes(size * signs * rng.uniform(0.5, 1.5, signs.shape)))
    affine = True
    coefficients: dict[str, dict[Slot, np.ndarray]] = {}
    for term, first in seen[0].items():
        scale = np.abs(first).max(axis=0, initial=0.0)
        for other in seen[1:]:
            difference = np.abs(other[term] - first).max(axis=0, initial=0.0)
            affine &= bool((difference <= 1e-9 * scale).all())
        joined: dict[Slot, np.ndarray] = {}
        for column, slot in enumerate(law.slots):
            joined[slot] = joined.get(slot, 0.0) + np.abs(first[:, column])
        coefficients[term] = joined
    return Linearity(affine, coefficients)
