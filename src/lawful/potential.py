"""Starts of fields that networks give by their slope: met by the antiderivative, which does not jump."""

from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .ansatz import Fixed, prescribed
from .calculus import order
from .conditions import Batch, Bound
from .problem import Problem
from .structure import parameter_values

CELLS = 8192
NODES, WEIGHTS = np.polynomial.legendre.leggauss(4)
"""By cell, of a quadrature that is exact to degree 7, and off by a cell at most where the start jumps."""


def integrated_start(problem: Problem, bound: Bound) -> Bound:
    """A start q = g of such fields as Q = ∫ g along their coordinate, from its lower end; others as they are.

    Left as they are, too, are starts that hold an unknown parameter, or that prescribe more than values.
    """
    axes = problem.potentials
    if not (bound.at_start or bound.at_end) or problem.unknowns or not set(bound.needs) <= set(axes):
        return bound
    fixed = prescribed(problem, bound)
    if len(fixed) < len(bound.terms) or any(order(f.slot[1]) for f in fixed):
        return bound
    fields = {term: f.slot[0] for term, f in zip(bound.terms, fixed, strict=True)}
    indices = {f: tuple(-(a == axes[f]) for a in range(len(problem.fields[f]))) for f in fields.values()}
    columns = {f: problem.domain.coordinates.index(problem.fields[f][axes[f]]) for f in fields.values()}
    tables = {term: _integral(problem, f, columns[f.slot[0]]) for term, f in zip(fields, fixed, strict=True)}

    def batch(points: np.ndarray) -> Batch:
        return bound.batch(points) | {
            f"integral.{term}": np.interp(points[:, columns[fields[term]]], *table)
            for term, table in tables.items()
        }

    def residual(values: Any, points: Any, parameters: Any, extra: Any) -> dict[str, Any]:
        return {t: values[0][f][indices[f]] - extra[f"integral.{t}"] for t, f in fields.items()}

    needs = {f: frozenset({index}) for f, index in indices.items()}
    return replace(bound, needs=needs, residual=residual, batch=batch)


def _integral(problem: Problem, fixed: Fixed, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """The ends of cells along an axis, and the integral of what is prescribed from the lower end to them."""
    assert fixed.bound.region is not None
    lower, upper = (float(side[axis]) for side in problem.domain.bounds)
    ends = np.linspace(lower, upper, CELLS + 1)
    half = (upper - lower) / (2 * CELLS)
    places = (ends[:-1, None] + half * (1 + NODES)).ravel()
    region = fixed.bound.region
    points = np.repeat(region.place(np.full((1, region.dimension), 0.5)), len(places), axis=0)
    points[:, axis] = places
    parameters = parameter_values(problem)
    values = jax.jit(jax.vmap(lambda point: fixed.target(point, parameters)))(jnp.asarray(points))
    cells = half * (np.asarray(values).reshape(CELLS, -1) @ WEIGHTS)
    return ends, np.concatenate([[0.0], np.cumsum(cells)])
