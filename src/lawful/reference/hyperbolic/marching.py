"""The third-order Runge-Kutta method that keeps what an Euler step preserves, between stored times."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

Rate = Callable[[Array, Any], Array]
MOST_STEPS = 100_000
STAGES = ((0.0, 1.0, 0.0), (3 / 4, 1 / 4, 1.0), (1 / 3, 2 / 3, 1 / 2))
"""Shares of the first state and of the Euler step, and the time of the stage in steps."""


def strong_stability_step(rate: Rate, q: Array, t: Any, dt: Any) -> Array:
    """One step of SSP-RK3, convex sums of Euler steps (Shu and Osher 1988, J. Comput. Phys. 77)."""

    def stage(now: Array, shares: Array) -> tuple[Array, None]:
        kept, moved, at = shares
        return kept * q + moved * (now + dt * rate(now, t + at * dt)), None

    # a loop, since the rate is long to compile
    return jax.lax.scan(stage, q, jnp.asarray(STAGES))[0]


def march(
    rate: Rate,
    pace: Rate,
    q: Array,
    start: float,
    interval: float,
    count: int,
    courant: float,
    kept: Rate = lambda q, t: q,
) -> tuple[Array, Array]:
    """What is `kept` of the states at count + 1 times from `start`, `interval` apart, and the largest pace met.

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
            return strong_stability_step(rate, q, t + i * dt, dt)

        after = jax.lax.fori_loop(0, steps.astype(int), step, q)
        return after, (kept(q, t), fastest)

    # one interval more than asked for, whose states are not kept, brings out the last ones
    _, (states, paces) = jax.lax.scan(over, q, jnp.arange(count + 1, dtype=q.dtype))
    return states, jnp.max(paces)
