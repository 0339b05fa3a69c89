"""Anderson acceleration of a fixed-point iteration, row by row."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

MEMORY = 5
"""Iterates that are combined."""


class FixedPoint(NamedTuple):
    """Where the iteration ended: the rows, the largest |f(z) - z| / (1 + |z|) among them, and its steps."""

    z: Float[Array, "points width"]
    residual: Float[Array, ""]
    steps: Int[Array, ""]


def anderson(
    f: Callable[[Array], Array], start: Float[Array, "points width"], *, tolerance: float, limit: int
) -> FixedPoint:
    """z = f(z) by combining the last iterates so that their residuals cancel best (Walker and Ni,
    SIAM J. Numer. Anal. 49 (2011) 1715); on linear f as GMRES.

    Ends at |f(z) - z| <= tolerance (1 + |z|) in each row, or after `limit` steps. Not differentiable itself.
    """
    points, width = start.shape
    dtype = start.dtype
    # relative to the mean square of the residuals: what rounding leaves of nearly parallel ones
    ridge = float(jnp.finfo(dtype).eps) * 10

    def missed(z: Array, after: Array) -> Array:
        return jnp.max(jnp.linalg.norm(after - z, axis=1) / (1 + jnp.linalg.norm(z, axis=1)))

    def step(carry: tuple[Array, Array, Array, Array, Array]) -> tuple[Array, Array, Array, Array, Array]:
        z, before, images, count, _ = carry
        after = f(z)
        slot = count % MEMORY
        before, images = before.at[:, slot].set(z), images.at[:, slot].set(after)
        used = jnp.arange(MEMORY) <= count
        residuals = jnp.where(used[None, :, None], images - before, 0.0)
        gram = jnp.einsum("pid,pjd->pij", residuals, residuals)
        size = jnp.trace(gram, axis1=1, axis2=2)[:, None, None]
        scaled = gram / jnp.where(size > 0, size, 1.0) + ridge * jnp.eye(MEMORY, dtype=dtype)[None]
        unused = jnp.diag(jnp.where(used, 0.0, 1.0)).astype(dtype)
        ones = jnp.broadcast_to(jnp.where(used, 1.0, 0.0).astype(dtype)[None, :, None], (points, MEMORY, 1))
        weights = jnp.linalg.solve(scaled + unused[None], ones)[..., 0]
        weights = weights / jnp.sum(weights, 1, keepdims=True)
        mixed = jnp.einsum("pi,pid->pd", weights, images)
        return mixed, before, images, count + 1, missed(z, after)

    def going(carry: tuple[Array, Array, Array, Array, Array]) -> Array:
        return (carry[4] > tolerance) & (carry[3] < limit)

    empty = jnp.zeros((points, MEMORY, width), dtype)
    first = (start, empty, empty, jnp.asarray(0), jnp.asarray(jnp.inf, dtype))
    z, _, _, steps, residual = jax.lax.while_loop(going, step, first)
    return FixedPoint(z, residual, steps)
