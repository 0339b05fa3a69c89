"""The size of a law's own terms, against which its residual is small or not."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from .conditions import Bound
from .trial import TrialSpace

Sizes = dict[str, Array]


def residuals_and_sizes(space: TrialSpace, bound: Bound) -> Callable[..., tuple[Sizes, Sizes]]:
    """A function of (theta, batch of places) that gives, by term, the residuals r (n,) and
    sum_a |dr / d(D^a u)| |D^a u| (n,): what r would be if its parts did not cancel.

    With points (m, d) inside the domain as a third argument, |D^a u| is the largest there and at the
    place: on a wall where u vanishes its size is that of u elsewhere.
    """
    indices = {f: sorted(needed, key=str) for f, needed in bound.needs.items()}

    def evaluate(theta: Array, batch: Any, inside: Array | None = None) -> tuple[Sizes, Sizes]:
        tree = space.tree(theta)
        points = batch["points"]
        known = space.parameters(tree)
        stations = [space.jets(tree, points[:, s], bound.needs) for s in range(points.shape[1])]
        keys = [(s, f, i) for s in range(len(stations)) for f in indices for i in indices[f]]
        flat = jnp.stack([stations[s][f][i] for s, f, i in keys], axis=1)
        largest = jnp.zeros(len(keys), flat.dtype)
        if inside is not None:
            there = space.jets(tree, inside, bound.needs)
            largest = jnp.stack([jnp.max(jnp.abs(there[f][i])) for _, f, i in keys])
        extra = {k: v for k, v in batch.items() if k != "points"}

        def residual(numbers: Array, place: Array, more: dict[str, Array]) -> dict[str, Array]:
            tables: list[dict[str, dict[Any, Any]]] = [{f: {} for f in indices} for _ in stations]
            for (s, f, i), number in zip(keys, numbers, strict=True):
                tables[s][f][i] = number
            return bound.residual(tables, place, known, more)

        def one(numbers: Array, place: Array, more: dict[str, Array]) -> tuple[Sizes, Sizes]:
            values = residual(numbers, place, more)
            slopes = jax.jacfwd(residual)(numbers, place, more)
            parts = jnp.maximum(jnp.abs(numbers), largest)
            return values, {term: jnp.sum(jnp.abs(slopes[term]) * parts) for term in values}

        return jax.vmap(one)(flat, points, extra)

    return jax.jit(evaluate)
