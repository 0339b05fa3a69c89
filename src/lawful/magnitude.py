"""The size of a law's own terms, against which its residual is small or not."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._runtime import quick_jit
from .calculus import Index, Laplacian, unit
from .conditions import Bound
from .trial import TrialSpace

Sizes = dict[str, Array]
Columns = Mapping[str, Array]

MOST_SPLIT = 8
"""A Laplacian over more coordinates counts as one part, which saves its second derivatives."""


def residuals_and_sizes(space: TrialSpace, bound: Bound) -> Callable[..., tuple[Sizes, Sizes]]:
    """A function of (theta, batch of places) that gives, by term, the residuals r (n,) and
    sum_a |dr / d(D^a u)| |D^a u| (n,): what r would be if its parts did not cancel. The parts of a Laplacian are
    its second derivatives, so that Laplace's equation has a size.

    With points (m, d) inside the domain as a third argument, |D^a u| is the largest there and at the
    place: on a wall where u vanishes its size is that of u elsewhere.
    """
    indices = {f: sorted(needed, key=str) for f, needed in bound.needs.items()}
    needs = {f: needed.union(*map(_parts, needed)) for f, needed in bound.needs.items()}

    def sizes(table: Mapping[Index, Array], index: Index) -> Array:
        return sum((jnp.abs(table[part]) for part in _parts(index)), start=jnp.zeros(()))

    def evaluate(
        frozen: Mapping[str, Array], theta: Array, batch: Columns, inside: Columns | None
    ) -> tuple[Sizes, Sizes]:
        own = space.with_frozen(frozen)
        tree = own.tree(theta)
        known = own.parameters(tree)
        stations = own.batch_jets(tree, batch, needs)
        keys = [(s, f, i) for s in range(len(stations)) for f in indices for i in indices[f]]
        flat = jnp.stack([stations[s][f][i] for s, f, i in keys], axis=1)
        parts = jnp.stack([sizes(stations[s][f], i) for s, f, i in keys], axis=1)
        if inside is not None:
            (there,) = own.batch_jets(tree, inside, needs)
            parts = jnp.maximum(parts, jnp.stack([jnp.max(sizes(there[f], i)) for _, f, i in keys])[None])
        extra = {k: v for k, v in batch.items() if k != "points"}

        def residual(numbers: Array, place: Array, more: Columns) -> dict[str, Array]:
            tables: list[dict[str, dict[Any, Any]]] = [{f: {} for f in indices} for _ in stations]
            for (s, f, i), number in zip(keys, numbers, strict=True):
                tables[s][f][i] = number
            return bound.residual(tables, place, known, more)

        def one(numbers: Array, each: Array, place: Array, more: Columns) -> tuple[Sizes, Sizes]:
            values = residual(numbers, place, more)
            slopes = jax.jacfwd(residual)(numbers, place, more)
            return values, {term: jnp.sum(jnp.abs(slopes[term]) * each) for term in values}

        return jax.vmap(one)(flat, parts, batch["points"], extra)

    # an integrated start has the name and terms of the start, but needs another index
    key = bound.name, bound.terms, frozenset(bound.needs.items())
    if key not in space.compiled:
        space.compiled[key] = quick_jit(evaluate)
    compiled, arrays = space.compiled[key], space.frozen()

    def placed(columns: Mapping[str, np.ndarray]) -> Columns:
        lifts = space.lift_columns(np.asarray(columns["points"]), needs)
        return {k: jnp.asarray(v, space.dtype) for k, v in {**columns, **lifts}.items() if k != "weight"}

    def call(
        theta: np.ndarray, batch: Mapping[str, np.ndarray], inside: np.ndarray | None = None
    ) -> tuple[Sizes, Sizes]:
        within = None if inside is None else placed({"points": inside[:, None]})
        return compiled(arrays, jnp.asarray(theta, space.dtype), placed(batch), within)

    return call


def _parts(index: Index) -> tuple[Index, ...]:
    """The derivatives that a Laplacian sums up; of any other, itself."""
    if isinstance(index, Laplacian) and len(index.axes) <= MOST_SPLIT:
        return tuple(unit(axis, index.dimension, 2) for axis in index.axes)
    return (index,)
