"""Limited-memory BFGS."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .._numbers import check_whole
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


class Pairs(NamedTuple):
    """The last steps s and gradient changes y, newest last, and how many there are."""

    s: Float[Array, "m p"]
    y: Float[Array, "m p"]
    held: Int[Array, ""]


class LBFGS(AbstractOptimizer):
    """Quasi-Newton steps from the last `memory` pairs by the two-loop recursion (Nocedal 1980).

    O(memory P) work and memory; for networks too large for `SSBroyden`. Use float64: in float32 it
    stalls near a relative error of 1e-3.
    """

    steps: int | None = None
    memory: int = 20

    def __check_init__(self) -> None:
        check_steps(self.steps)
        check_whole("memory", self.memory)

    def init(self, waist: Waist, theta: Array) -> State:
        return begin(waist, theta, self._empty(theta))

    def _empty(self, theta: Array) -> Pairs:
        nothing = jnp.zeros((self.memory, theta.size), theta.dtype)
        return Pairs(nothing, nothing, jnp.asarray(0))

    def refresh(self, waist: Waist, state: State) -> State:
        return reevaluated(waist, state)

    def step(self, waist: Waist, state: State) -> State:
        pairs: Pairs = state.memory
        g = state.grad
        direction = -_two_loops(pairs, g)
        direction = jnp.where(direction @ g < 0, direction, -g)
        first = jnp.minimum(1.0, 1.0 / jnp.maximum(jnp.linalg.norm(g), 1e-30)).astype(g.dtype)
        length = jnp.where(pairs.held == 0, first, jnp.ones_like(first))
        found = wolfe_search(waist, state.theta, state.value, g, direction, length)
        s, y = found.theta - state.theta, found.grad - g
        curved = found.ok & (s @ y > 1e-14 * jnp.linalg.norm(s) * jnp.linalg.norm(y))
        longer = Pairs(
            jnp.roll(pairs.s, -1, axis=0).at[-1].set(s),
            jnp.roll(pairs.y, -1, axis=0).at[-1].set(y),
            jnp.minimum(pairs.held + 1, self.memory),
        )
        kept = jax.tree.map(lambda a, b: jnp.where(curved, a, b), longer, pairs)
        memory = jax.tree.map(lambda a, b: jnp.where(found.ok, a, b), kept, self._empty(g))
        flat = vanishing(found.grad)
        failed = jnp.where(pairs.held == 0, STALLED, GOING)
        status = jnp.where(found.ok, jnp.where(flat, CONVERGED, GOING), failed)
        at = (found.theta, found.value, found.grad, found.terms)
        return settled(found.ok, at, state, status=status, evaluations=found.evaluations, memory=memory)


def _two_loops(pairs: Pairs, g: Array) -> Array:
    """H g with H the BFGS inverse from the pairs, started at (s.y / y.y) I."""
    size = pairs.s.shape[0]
    valid = jnp.arange(size) >= size - pairs.held
    sy = jnp.sum(pairs.s * pairs.y, axis=1)
    rho = jnp.where(valid, 1 / jnp.where(valid, sy, 1.0), 0.0)

    def back(q: Array, row: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        s, y, r = row
        alpha = r * (s @ q)
        return q - alpha * y, alpha

    q, alphas = jax.lax.scan(back, g, (pairs.s, pairs.y, rho), reverse=True)
    yy = pairs.y[-1] @ pairs.y[-1]
    q = q * jnp.where(pairs.held > 0, sy[-1] / jnp.where(yy > 0, yy, 1.0), 1.0)

    def forth(q: Array, row: tuple[Array, Array, Array, Array]) -> tuple[Array, None]:
        s, y, r, alpha = row
        return q + s * (alpha - r * (y @ q)), None

    return jax.lax.scan(forth, q, (pairs.s, pairs.y, rho, alphas))[0]
