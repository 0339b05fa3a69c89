"""The self-scaled Broyden method."""

from typing import NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

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
    vanishing,
)
from .line_search import wolfe_search


class Curvature(NamedTuple):
    """The inverse Hessian's estimate H, the Newton direction -H g, whether H is the identity, and the
    step length to try first."""

    inverse: Float[Array, "p p"]
    newton: Float[Array, " p"]
    fresh: Bool[Array, ""]
    trial: Float[Array, ""]


class SSBroyden(AbstractOptimizer):
    """Quasi-Newton steps of Al-Baali's self-scaled Broyden class (as in arXiv 2405.04230).

    Memory 8 P^2 bytes for P parameters and O(P^2) work a step: the method of choice for small
    networks in float64, up to about 5,000 parameters; beyond that use `LBFGS`. In float32 it stalls
    near a relative error of 1e-6.
    """

    steps: int | None = None

    def __check_init__(self) -> None:
        check_steps(self.steps)

    def init(self, waist: Waist, theta: Array) -> State:
        state = begin(waist, theta, None)
        memory = _identity(state.grad)
        return eqx.tree_at(lambda s: s.memory, state, memory, is_leaf=lambda x: x is None)

    def refresh(self, waist: Waist, state: State) -> State:
        state = reevaluated(waist, state)
        memory = state.memory._replace(newton=-(state.memory.inverse @ state.grad))
        return eqx.tree_at(lambda s: s.memory, state, memory)

    def step(self, waist: Waist, state: State) -> State:
        memory: Curvature = state.memory
        g = state.grad
        direction = jnp.where(memory.newton @ g < 0, memory.newton, -g)
        first = jnp.minimum(1.0, 1.0 / jnp.maximum(jnp.linalg.norm(g), 1e-30)).astype(g.dtype)
        length = jnp.where(memory.fresh, first, memory.trial)
        found = wolfe_search(waist, state.theta, state.value, g, direction, length)
        y, s = found.grad - g, found.length * direction
        # H g = -newton, so H y needs the one product H g'
        product = memory.inverse @ found.grad
        hy = product + memory.newton
        curved = (s @ y > 1e-14 * jnp.linalg.norm(s) * jnp.linalg.norm(y)) & (y @ hy > 0) & found.ok
        update = _update(hy, product, s, y, g, found.grad, found.length)
        # gated by numbers, not by branches: a branch would copy H
        scale = jnp.where(curved, update.scale, jnp.where(found.ok, 1.0, 0.0)).astype(g.dtype)
        weights = [jnp.where(curved, w, 0.0) for w in (update.hy_weight, update.v_weight, update.s_weight)]
        vectors = [jnp.where(curved, x, 0.0) for x in (hy, update.v, s)]
        inverse = memory.inverse * scale
        for weight, x in zip(weights, vectors, strict=True):
            inverse = inverse + (weight * x)[:, None] * x[None, :]
        rows = jnp.arange(g.size)
        # after a failed search start again from the identity, once
        identity = (rows[:, None] == rows[None, :]) & ~found.ok
        inverse = inverse + identity.astype(g.dtype)
        newton = jnp.where(curved, update.newton, jnp.where(found.ok, -product, -g))
        trial = _next_trial(memory.trial, found.length, g @ direction, found.grad @ direction)
        trial = jnp.where(curved & ~memory.fresh, trial, jnp.where(found.ok & ~curved, memory.trial, 1.0))
        fresh = jnp.where(curved, False, jnp.where(found.ok, memory.fresh, True))
        following = Curvature(inverse, newton, fresh, trial.astype(g.dtype))
        flat = vanishing(found.grad)
        failed = jnp.where(memory.fresh, STALLED, GOING)
        status = jnp.where(found.ok, jnp.where(flat, CONVERGED, GOING), failed)
        at = (found.theta, found.value, found.grad, found.terms)
        return settled(found.ok, at, state, status=status, evaluations=found.evaluations, memory=following)


def _identity(grad: Array) -> Curvature:
    one = jnp.ones((), grad.dtype)
    return Curvature(jnp.eye(grad.size, dtype=grad.dtype), -grad, jnp.asarray(True), one)


def _next_trial(trial: Array, length: Array, slope: Array, new_slope: Array) -> Array:
    """A moving geometric mean of where the parabola through both slopes has its minimum.

    Self-scaling makes H too large by a steady factor of about 3; trying length 1 every time costs a
    second evaluation a step, and this 3 % of one.
    """
    best = length * slope / jnp.minimum(slope - new_slope, 0.1 * slope)
    mean = trial**0.7 * jnp.clip(best, 0.02, 4.0) ** 0.3
    return jnp.clip(mean, 0.05, 1.0)


class Update(NamedTuple):
    """H' = scale H + hy_weight Hy Hy^T + v_weight v v^T + s_weight s s^T, and the direction -H' g'."""

    scale: Array
    hy_weight: Array
    v_weight: Array
    s_weight: Array
    v: Array
    newton: Array


def _update(hy: Array, product: Array, s: Array, y: Array, old: Array, new: Array, length: Array) -> Update:
    """The rank-three update, with the new direction from the product H g' already at hand."""
    n = s.size
    sy, yhy = s @ y, y @ hy
    b = -length * (s @ old) / sy
    h = yhy / sy
    a = jnp.maximum(h * b - 1, 0.0)
    c = jnp.sqrt(a / (1 + a))
    rho = jnp.minimum(1.0, h * (1 - c))
    lowest = jnp.where(a > 0, (rho - 1) / jnp.where(a > 0, a, 1.0), -jnp.inf)
    theta = jnp.maximum(lowest, jnp.minimum(1 / rho, (1 - b) / b))
    sigma = 1 + theta * a
    spread = jnp.abs(sigma) ** (1 / (1 - n)) if n > 1 else jnp.ones_like(sigma)
    positive = rho * jnp.minimum(spread, 1 / jnp.where(theta > 0, theta, 1.0))
    tau = jnp.where(theta <= 0, jnp.minimum(rho * spread, sigma), positive)
    phi = (1 - theta) / (1 + a * theta)
    v = s / sy - hy / yhy
    weights = (-1 / (yhy * tau), phi * yhy / tau, 1 / sy)
    newton = product / tau
    for weight, x in zip(weights, (hy, v, s), strict=True):
        newton = newton + (weight * (x @ new)) * x
    return Update(1 / tau, *weights, v, -newton)
