"""Linear least squares by QR."""

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from .._numbers import check_at_least_zero
from ._base import (
    CONVERGED,
    GOING,
    NON_FINITE,
    AbstractOptimizer,
    State,
    Waist,
    begin,
    check_steps,
    reevaluated,
    settled,
)


class LinearLeastSquares(AbstractOptimizer):
    """The whole Gauss-Newton step by QR of the Jacobian: exact for residuals affine in theta, as those
    of an affine law over `RandomFeatures`; further steps refine it.

    Columns are equilibrated, and a ridge of sqrt(P) times `ridge` stands in for the rank that random features lack.
    QR keeps what normal equations lose: they floor at a relative 1e-7.
    """

    steps: int | None = 3
    ridge: float = 1e-14

    def __check_init__(self) -> None:
        check_steps(self.steps)
        check_at_least_zero("ridge", self.ridge)

    def init(self, waist: Waist, theta: Array) -> State:
        return begin(waist, theta, None)

    def refresh(self, waist: Waist, state: State) -> State:
        return reevaluated(waist, state)

    def step(self, waist: Waist, state: State) -> State:
        rows, r = waist.jacobian(state.theta)
        norms = jnp.linalg.norm(rows, axis=0)
        scale = jnp.where(norms > 0, norms, 1.0)
        size = state.theta.size
        ridge = jnp.sqrt(jnp.asarray(size, rows.dtype)) * max(self.ridge, float(jnp.finfo(rows.dtype).eps))
        augmented = jnp.concatenate([rows / scale[None], ridge * jnp.eye(size, dtype=rows.dtype)])
        q, upper = jnp.linalg.qr(augmented)
        change = -jax.scipy.linalg.solve_triangular(upper, q[: len(r)].T @ r) / scale
        theta = state.theta + change
        value, grad, terms = waist.value_and_grad(theta)
        better = value < state.value
        # a refinement that gains nothing ends the phase; a first solve that is not finite ends the run
        halved = value < 0.5 * state.value
        status = jnp.where(jnp.isfinite(value), jnp.where(halved, GOING, CONVERGED), NON_FINITE)
        kept = settled(better, (theta, value, grad, terms), state, status=status, evaluations=1, memory=None)
        shown = jnp.where(status == NON_FINITE, terms, kept.terms)  # those that tell what went wrong
        return eqx.tree_at(lambda s: s.terms, kept, shown)
