"""The third-order Runge-Kutta method that keeps what an Euler step preserves, between stored times."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

Rate = Callable[[Array, Any], Array]
Pace = Callable[[Array, Any], Array]
MOST_STEPS = 100_000


def euler_combined(rate: Rate, q: Array, t: Any, dt: Any) -> Array:
    """One step of SSP-RK3, convex sums of Euler steps (Shu and Osher 1988, J. Comput. Phys. 77)."""
    first = q + dt * rate(q, t)
    second = 3 / 4 * q + 1 / 4 * (first + dt * rate(first, t + dt))
    return q / 3 + 2 / 3 * (second + dt * rate(second, t + dt / 2))


def march(
    rate: Rate, pace: Pace, q: Array, start: float, interval: float, count: int, courant: float
) -> tuple[Array, Array]:
    """The states at count + 1 times from `start`, `interval` apart, and the largest pace met.

    `pace` is the inverse of the time in which a wave crosses a cell; steps take at most the share `courant` of that.
    Where it is not finite, neither are the states that follow.
    """

    def over(q: Array, k: Array) -> tuple[Array, tuple[Array, Array]]:
        t = start + k * interval
        fastest = pace(q, t)
        steps = jnp.ceil(interval * fastest / courant)
        steps = jnp.where(jnp.isfinite(steps), jnp.clip(steps, 1, MOST_STEPS), 1)
        dt = interval / steps

        def step(i: Array, q: Array) -> Array:
            return euler_combined(rate, q, t + i * dt, dt)

        q = jax.lax.fori_loop(0, steps.astype(int), step, q)
        return q, (q, fastest)

    _, (states, paces) = jax.lax.scan(over, q, jnp.arange(count, dtype=q.dtype))
    return jnp.concatenate([q[None], states]), jnp.max(paces)
