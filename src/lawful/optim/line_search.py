"""A line search for the weak Wolfe conditions."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ._base import Waist

SUFFICIENT, CURVATURE = 1e-4, 0.9
MOST_EVALUATIONS = 25


class Found(NamedTuple):
    """A step length with the loss, gradient and terms there; `ok` where the loss fell."""

    length: Array
    theta: Array
    value: Array
    grad: Array
    terms: Array
    ok: Array
    evaluations: Array


class _Search(NamedTuple):
    """The last place looked at, the next length to try, and the bracket so far."""

    here: Found
    following: Array
    low: Array
    low_value: Array
    low_slope: Array
    high: Array
    done: Array


def wolfe_search(
    waist: Waist, theta: Array, value: Array, grad: Array, direction: Array, length: Array
) -> Found:
    """Find t with f(t) <= f(0) + c1 t f'(0) and f'(t) >= c2 f'(0), c1 = 1e-4 and c2 = 0.9.

    Brackets by doubling and narrows by cubic interpolation, kept inside the middle of the bracket
    (Nocedal and Wright, section 3.5; weak conditions as Lewis and Overton 2013). Values that are not
    finite count as too long a step. Usually one evaluation.
    """
    slope = grad @ direction
    nothing = jnp.zeros((), theta.dtype)

    def look(search: _Search) -> _Search:
        length = search.following
        there = theta + length * direction
        v, g, terms = waist.value_and_grad(there)
        tilt = g @ direction
        finite = jnp.isfinite(v) & jnp.isfinite(tilt)
        long = ~finite | (v > value + SUFFICIENT * length * slope)
        short = ~long & (tilt < CURVATURE * slope)
        low, high = jnp.where(short, length, search.low), jnp.where(long, length, search.high)
        cubic = _cubic_minimum(search.low, search.low_value, search.low_slope, length, v, tilt)
        width = high - low
        inside = jnp.clip(
            jnp.where(jnp.isfinite(cubic), cubic, low + width / 2), low + 0.1 * width, high - 0.1 * width
        )
        beyond = jnp.clip(jnp.where(jnp.isfinite(cubic), cubic, 2 * low), 2 * low, 10 * low)
        return _Search(
            Found(length, there, v, g, terms, finite & (v < value), search.here.evaluations + 1),
            jnp.where(jnp.isfinite(high), inside, beyond),
            low,
            jnp.where(short, v, search.low_value),
            jnp.where(short, tilt, search.low_slope),
            high,
            ~long & ~short,
        )

    def going(search: _Search) -> Array:
        return ~search.done & (search.here.evaluations < MOST_EVALUATIONS)

    shapes = jax.eval_shape(waist.value_and_grad, theta)
    terms = jnp.zeros(shapes[2].shape, shapes[2].dtype)
    start = Found(nothing, theta, value, grad, terms, jnp.asarray(False), jnp.asarray(0))
    infinity = jnp.asarray(jnp.inf, theta.dtype)
    search = _Search(start, length, nothing, value, slope, infinity, jnp.asarray(False))
    return jax.lax.while_loop(going, look, search).here


def _cubic_minimum(a: Array, fa: Array, da: Array, b: Array, fb: Array, db: Array) -> Array:
    """The minimum of the cubic through two values and slopes."""
    d1 = da + db - 3 * (fa - fb) / (a - b)
    d2 = jnp.sign(b - a) * jnp.sqrt(jnp.maximum(d1 * d1 - da * db, 0.0))
    return b - (b - a) * (db + d2 - d1) / (db - da + 2 * d2)
