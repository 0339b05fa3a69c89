"""The monotone flux of Godunov for one conserved field: extrema of the flux between two states."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

SAMPLES, HALVINGS = 2048, 60
Function = Callable[[Any], Any]


def turning_points(slope: Function, lower: float, upper: float, places: int) -> np.ndarray:
    """Where a slope changes its sign between `lower` and `upper`, kinks included: an array (k, places).

    `slope` maps arrays (n, places) to such arrays, a column a place. Found among 2048 samples and by bisection, so two
    that lie closer than the spacing are missed; places with fewer than k have the same one twice.
    """
    u = np.broadcast_to(np.linspace(lower, upper, SAMPLES)[:, None], (SAMPLES, places))
    signs = np.sign(np.asarray(slope(u)))
    turns = signs[:-1] * signs[1:] < 0
    # a sample that hits one exactly
    turns[1:] |= (signs[1:-1] == 0) & (signs[:-2] * signs[2:] < 0)
    most = int(turns.sum(axis=0).max(initial=0))
    if most == 0:
        return np.zeros((0, places))
    first = np.argsort(~turns, axis=0, kind="stable")[:most]
    found = np.take_along_axis(turns, first, axis=0)
    first = np.where(found, first, first[:1])
    low, high = np.take_along_axis(u, first, axis=0), np.take_along_axis(u, first + 1, axis=0)
    sign = np.sign(np.asarray(slope(low)))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        same = np.sign(np.asarray(slope(middle))) == sign
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return high


def godunov(f: Function, left: Any, right: Any, turning: Any) -> Any:
    """The flux of the Riemann problem left | right of u_t + f(u)_x = 0 at its place.

        min f between the states where left <= right, max f otherwise

    exact for convex fluxes and others (Osher 1984, SIAM J. Numer. Anal. 21). `turning` are the turning points of f,
    one array a row that fits the states; `f` takes any number of rows at once.
    """
    low, high = jnp.minimum(left, right)[None], jnp.maximum(left, right)[None]
    # one outside of the interval is moved to an end of it, which counts anyhow
    values = f(jnp.concatenate([left[None], right[None], jnp.clip(turning, low, high)]))
    return jnp.where(left <= right, jnp.min(values, axis=0), jnp.max(values, axis=0))


def local_lax_friedrichs(f: Function, left: Any, right: Any) -> Any:
    """(f(left) + f(right) - a (right - left)) / 2, a the largest slope of f at seven places between them:
    for a flux whose turning points move in time."""
    states = rows_between(left, right, 7)
    values, slopes = jax.jvp(f, (states,), (jnp.ones_like(states),))
    return (values[0] + values[-1] - jnp.max(jnp.abs(slopes), axis=0) * (right - left)) / 2


def rows_between(left: Any, right: Any, count: int) -> Any:
    """Rows from `left` to `right`, equally apart."""
    share = jnp.linspace(0, 1, count).reshape(count, *(1,) * left.ndim)
    return (1 - share) * left[None] + share * right[None]
