"""One collocation step of laws in time, of any order and with algebraic ones among them."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._runtime import quick_jit
from .radau import Radau
from .time_laws import TimeLaws

ITERATIONS = 15
CONVERGED, STALLED = 1e-13, 1e-9
"""Newton changes, relative to the largest values so far: what ends the iteration, and what may be left of it
where rounding hinders more."""
FELT = 1e-6
"""Derivatives that move what is below them by less than this share over the whole time are counted as if they moved it
by that much: of tiny ones rounding leaves no digit."""


class Step(NamedTuple):
    """U at all stages (fields, orders, stages), the relative size of what the polynomial leaves out, and
    whether Newton's method converged."""

    U: Array
    error: Array
    converged: Array


class Collocation:
    """Steps of F(t, U) = 0 by polynomials that obey the laws at the Radau points.

    A field whose highest derivative is the m-th takes that one, w, as its unknown at the stages:
    u^(k) = sum_(j < m-k) (h A)^j u^(k+j)(t_0) + (h A)^(m-k) w. So a law is never solved for its highest
    derivatives, may be stiff, implicit or algebraic (m = 0), and is not read at the start of a step. Newton's
    method with exact derivatives; cost O((fields stages)^3) a step.
    """

    def __init__(self, laws: TimeLaws, radau: Radau):
        self.laws, self.radau = laws, radau
        powers = [np.eye(radau.stages)]
        for _ in range(laws.width):
            powers.append(radau.matrix @ powers[-1])
        n, width, s = len(laws.fields), laws.width, radau.stages
        # with derivatives scaled by h^k: U_k = sum_j P_kj u_j + Q_k w
        self.P, self.Q = np.zeros((n, width, width, s)), np.zeros((n, width, s, s))
        for i, m in enumerate(laws.orders):
            for k in range(m + 1):
                self.Q[i, k] = powers[m - k]
                for j in range(k, m):
                    self.P[i, k, j] = powers[j - k].sum(axis=1)
        self.step = quick_jit(self._step)

    def _step(self, t: Array, h: Array, start: Array, w: Array, scale: Array) -> Step:
        """From U at the time t (only the state is read), with a guess of the highest derivatives at all stages
        (fields, stages) and the largest values so far (fields, orders)."""
        laws = self.laws
        n, s = len(laws.fields), self.radau.stages
        h_to = (h ** jnp.arange(laws.width))[None, :]
        h_top = h_to[0, jnp.asarray(laws.orders)][:, None]
        times = t + h * self.radau.nodes
        given = jnp.einsum("ikjs,ij->iks", self.P, jnp.where(laws.below, start * h_to, 0.0))

        judged = self._judged[:, :, None]

        def stages(scaled: Array) -> Array:
            return (given + jnp.einsum("iksl,il->iks", self.Q, scaled)) / h_to[:, :, None]

        F = jax.vmap(laws.residual, (0, 2), 1)
        slopes = jax.vmap(jax.jacfwd(laws.residual, argnums=1), (0, 2))

        def iterate(carry: tuple[Array, ...]) -> tuple[Array, ...]:
            scaled, before, _, _, count = carry
            U = stages(scaled)
            G = slopes(times, U) / h_to[None, None]  # (stages, laws, fields, orders)
            J = jnp.einsum("saik,iksl->asil", G, self.Q).reshape(n * s, n * s)
            r = F(times, U).reshape(n * s)
            rows = jnp.maximum(jnp.abs(J).max(axis=1), 1e-300)
            change = -jnp.linalg.solve(J / rows[:, None], r / rows).reshape(n, s)
            moved = stages(scaled + change) - U
            size = jnp.maximum(scale[:, :, None], jnp.abs(U).max(axis=2, keepdims=True))
            relative = [jnp.abs(moved) / jnp.where(s > 0, s, 1.0) for s in (size, self._felt(size))]
            strict, felt = (jnp.where(judged, r, 0.0).max() for r in relative)
            return scaled + change, strict, before, felt, count + 1

        def goes_on(carry: tuple[Array, ...]) -> Array:
            _, change, before, felt, count = carry
            stalled = (felt < STALLED) & (change > before / 2)
            return (change > CONVERGED) & ~stalled & (count < ITERATIONS)

        none = jnp.asarray(jnp.inf)
        scaled, _, _, felt, _ = jax.lax.while_loop(
            goes_on, iterate, (w * h_top, none, none, none, jnp.asarray(0))
        )
        U = stages(scaled)
        return Step(U, self._left_out(U, h, scale), felt <= STALLED)

    def _felt(self, size: Array) -> Array:
        """Sizes of derivatives (fields, orders, ...), and of those that are hardly felt in the field more."""
        span = abs(self.laws.end - self.laws.begin)
        out = [size[:, 0]]
        for k in range(1, size.shape[1]):
            out.append(jnp.maximum(size[:, k], FELT * size[:, k - 1] / span))
        return jnp.stack(out, axis=1)

    @property
    def _judged(self) -> np.ndarray:
        """The state, and the fields that have none."""
        return self.laws.below | (self.laws.highest & (np.array(self.laws.orders) == 0)[:, None])

    def _left_out(self, U: Array, h: Array, scale: Array) -> Array:
        """The last Legendre coefficient of h u^(k+1), against the largest u^(k)."""
        last = jnp.einsum("iks,s->ik", U, self.radau.analysis[-1])
        size = self._felt(jnp.maximum(scale, jnp.abs(U).max(axis=2)))
        grown = h * jnp.concatenate([last[:, 1:], jnp.zeros_like(last[:, :1])], axis=1)
        differential = jnp.where(self.laws.below, jnp.abs(grown), 0.0)
        algebraic = jnp.where(self._judged & ~self.laws.below, jnp.abs(last), 0.0)
        return ((differential + algebraic) / jnp.where(size > 0, size, 1.0)).max()
