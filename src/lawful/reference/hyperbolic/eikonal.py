"""Eikonal laws |∇u| = f(x, y): recognised by their invariance under turning ∇u, and f found from the law."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ...calculus import unit, zero
from ...domain import Box
from ...problem import Problem
from .._base import Unsolved
from .prescribed import Face, prescribed
from .single_law import numerical_law, single_law

MOST_DIMENSIONS = 3
SAMPLES, SAME = 64, 1e-9
DECADES = np.logspace(-8, 8, 65)
"""Lengths of the gradient among which a change of sign of the law is looked for."""
HALVINGS, AT_ONCE = 54, 8192


def why_no_eikonal(problem: Problem) -> str | None:
    """Why the law is not of |∇u| and place alone, in one sentence; None where it is."""
    domain = problem.domain
    if not isinstance(domain, Box):
        return "the domain is no box."
    if domain.time is not None:
        return "the law is one in time."
    d = len(domain.space)
    if d > MOST_DIMENSIONS:
        return f"space has {d} dimensions, and at most {MOST_DIMENSIONS} are divided into a grid."
    try:
        bound = single_law(problem)
    except ValueError as error:
        return str(error)
    field, *_ = problem.fields
    if zero(d) in bound.needs[field]:
        return f"the law contains {field} itself, beside its gradient."
    law = numerical_law(problem, bound)
    lower, upper = (np.asarray(ends) for ends in domain.bounds)
    rng = np.random.default_rng(6)
    points = lower + rng.random((SAMPLES, d)) * (upper - lower)
    gradient, other = (rng.standard_normal((SAMPLES, d)) for _ in range(2))
    length = np.linalg.norm(gradient, axis=1)
    turned = other / np.linalg.norm(other, axis=1)[:, None] * length[:, None]

    def residual(g: Array, x: Array) -> Array:
        return law({unit(a, d): g[a] for a in range(d)}, x)

    at = jax.jit(jax.vmap(residual))
    one, two, longer = (np.asarray(at(g, points)) for g in (gradient, turned, 2 * gradient))
    size = max(float(np.abs(one).max()), float(np.abs(longer - one).max()))
    if not np.isfinite(size) or float(np.abs(one - two).max()) > SAME * size:
        return f"the law depends on the direction of the gradient of {field}, and not on its length alone."
    if float(np.abs(longer - one).min()) <= SAME * size:
        return f"the law does not depend on the gradient of {field} everywhere."
    try:
        lengths(problem)(points)
    except Unsolved as error:
        return str(error)
    return None


def why_no_front(problem: Problem) -> str | None:
    """Why what is prescribed on the walls is no front of one value, in one sentence; None where it is."""
    try:
        given = prescribed(problem)
    except ValueError as error:
        return str(error)
    if not given.walls:
        return "no wall prescribes the field."
    try:
        front(problem)
    except ValueError as error:
        return str(error)
    return None


def front(problem: Problem) -> tuple[float, tuple[Face, ...]]:
    """The one value that is prescribed, and the faces where it is.

    Raises `ValueError` with a sentence where the prescribed values vary.
    """
    domain, given = problem.domain, prescribed(problem)
    assert isinstance(domain, Box)
    rng = np.random.default_rng(7)
    lower, upper = (np.asarray(ends) for ends in domain.bounds)
    values = []
    for (c, side), wall in given.walls.items():
        points = lower + rng.random((SAMPLES, len(lower))) * (upper - lower)
        axis = domain.coordinates.index(c)
        points[:, axis] = (upper if side == "upper" else lower)[axis]
        (value,) = wall.values()
        values.append(np.asarray(jax.vmap(value)(jnp.asarray(points))))
    low, high = float(np.min(values)), float(np.max(values))
    if not high - low <= SAME * max(abs(low), abs(high), 1.0):
        raise ValueError(f"{listed(problem.fields)} varies over the walls where it is prescribed.")
    return (low + high) / 2, tuple(given.walls)


def lengths(problem: Problem) -> Callable[[np.ndarray], np.ndarray]:
    """f at points (n, d): the length of the gradient at which the law vanishes.

    Raises `Unsolved`, when called, where there is none or more than one.
    """
    law, d = numerical_law(problem, single_law(problem)), len(problem.domain.coordinates)
    field, *_ = problem.fields

    def residual(s: Array, x: Array) -> Array:
        return law({unit(a, d): s if a == 0 else jnp.zeros(()) for a in range(d)}, x)

    @jax.jit
    def at(x: Array) -> tuple[Array, Array]:
        signs = jnp.sign(jax.vmap(residual, in_axes=(0, None))(jnp.asarray(DECADES), x))
        changes = signs[:-1] * signs[1:] <= 0
        # a sample that hits the root exactly ends one interval and begins the next
        changes = changes.at[1:].set(changes[1:] & (signs[1:-1] != 0))
        first = jnp.argmax(changes)
        low, high = jnp.asarray(DECADES)[first], jnp.asarray(DECADES)[first + 1]
        sign = signs[first]

        def halve(_: Any, ends: tuple[Array, Array]) -> tuple[Array, Array]:
            low, high = ends
            middle = (low + high) / 2
            below = jnp.sign(residual(middle, x)) == sign
            return jnp.where(below, middle, low), jnp.where(below, high, middle)

        low, high = jax.lax.fori_loop(0, HALVINGS, halve, (low, high))
        return (low + high) / 2, changes.sum()

    def found(points: np.ndarray) -> np.ndarray:
        each = jax.lax.map(at, jnp.asarray(points), batch_size=min(AT_ONCE, len(points)))
        s, count = (np.asarray(a) for a in each)
        if (count != 1).any():
            where = points[int(np.argmax(count != 1))]
            spelt = listed(f"{c}={x:.3g}" for c, x in zip(problem.domain.coordinates, where, strict=True))
            raise Unsolved(
                f"At {spelt} the law vanishes for {count[count != 1][0]} lengths of the gradient of {field}, "
                "not for one."
            )
        return s

    return found
