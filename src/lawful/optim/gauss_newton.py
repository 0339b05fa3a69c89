"""Gauss-Newton with Levenberg-Marquardt damping."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numbers import check_positive
from ._base import (
    CONVERGED,
    GOING,
    STALLED,
    AbstractOptimizer,
    State,
    Waist,
    begin,
    check_steps,
    reevaluated,
    settled,
)

LARGEST_DAMPING = 1e12


class Damping(NamedTuple):
    """The damping, relative to the mean of the diagonal of J^T J."""

    relative: Float[Array, ""]


class LevenbergMarquardt(AbstractOptimizer):
    """Steps (J^T J + mu D) d = -J^T r, the damping mu steered by the gain (Nielsen 1999).

    D is the identity times the mean diagonal of J^T J. Quadratic near a solution with small residual:
    for few parameters (P^3 / 3 work and P^2 memory a step) and for fitting unknowns to data.
    `damping` is where mu starts; near 0 is Gauss-Newton.
    """

    steps: int | None = None
    damping: float = 1e-2

    def __check_init__(self) -> None:
        check_steps(self.steps)
        check_positive("damping", self.damping)

    def init(self, waist: Waist, theta: Array) -> State:
        return begin(waist, theta, Damping(jnp.asarray(self.damping, theta.dtype)))

    def refresh(self, waist: Waist, state: State) -> State:
        return reevaluated(waist, state)

    def step(self, waist: Waist, state: State) -> State:
        hessian, slope, _ = waist.gauss_newton(state.theta)
        size = jnp.trace(hessian) / slope.size
        identity = jnp.eye(slope.size, dtype=slope.dtype)
        floor = 4 * jnp.finfo(slope.dtype).eps

        def attempt(relative: Array) -> tuple[Array, Array, tuple[Array, Array, Array]]:
            damped = hessian + (jnp.maximum(relative, floor) * size) * identity
            change = -jax.scipy.linalg.cho_solve((jnp.linalg.cholesky(damped), True), slope)
            found = waist.value_and_grad(state.theta + change)
            expected = -2 * (slope @ change) - change @ (hessian @ change)
            gain = (state.value - found[0]) / jnp.maximum(expected, 1e-300)
            return change, jnp.where(jnp.isfinite(gain), gain, -1.0), found

        def rejected(carry: tuple) -> Array:
            relative, _, (_, gain, _), _ = carry
            return (gain <= 1e-4) & (relative < LARGEST_DAMPING)

        def harder(carry: tuple) -> tuple:
            relative, factor, _, count = carry
            relative = jnp.maximum(relative, 1e-12) * factor
            return relative, factor * 2, attempt(relative), count + 1

        relative = state.memory.relative
        start = (relative, jnp.asarray(2.0, relative.dtype), attempt(relative), jnp.asarray(1))
        relative, _, (change, gain, (value, grad, terms)), count = jax.lax.while_loop(rejected, harder, start)
        ok = gain > 1e-4
        eased = relative * jnp.maximum(1 / 10, 1 - (2 * gain - 1) ** 3)
        memory = Damping(jnp.where(ok, jnp.maximum(eased, 1e-16), self.damping))
        small = state.value - value <= 1e-14 * state.value
        status = jnp.where(ok, jnp.where(small, CONVERGED, GOING), STALLED)
        at = (state.theta + change, value, grad, terms)
        return settled(ok, at, state, status=status, evaluations=count, memory=memory)
