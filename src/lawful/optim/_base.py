"""What an optimizer sees (a waist of functions of theta) and what it carries from step to step."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from .._numbers import is_whole, keep_plain

GOING, CONVERGED, STALLED, NON_FINITE = range(4)


class Waist(NamedTuple):
    """The loss at hand, bound to its points and weights.

    `value_and_grad(theta)` gives the loss, its gradient and the mean square of each term;
    `gauss_newton(theta)` J^T J, J^T r and the mean squares; `jacobian(theta)` J and r with |r|^2 the loss.
    """

    value_and_grad: Callable[[Array], tuple[Array, Array, Array]]
    gauss_newton: Callable[[Array], tuple[Array, Array, Array]]
    jacobian: Callable[[Array], tuple[Array, Array]]


class State(eqx.Module):
    """Where an optimizer stands: an iterate with its loss and gradient, and the method's memory."""

    theta: Float[Array, " p"]
    value: Float[Array, ""]
    grad: Float[Array, " p"]
    terms: Float[Array, " terms"]
    status: Int[Array, ""]
    evaluations: Int[Array, ""]
    memory: Any


def begin(waist: Waist, theta: Array, memory: Any) -> State:
    """A state at `theta`, evaluated once."""
    value, grad, terms = waist.value_and_grad(theta)
    finite = jnp.isfinite(value) & jnp.all(jnp.isfinite(grad))
    return State(theta, value, grad, terms, jnp.where(finite, GOING, NON_FINITE), jnp.asarray(1), memory)


def settled(
    ok: Array,
    found: tuple[Array, Array, Array, Array],
    state: State,
    *,
    status: Array,
    evaluations: Array | int,
    memory: Any,
) -> State:
    """The state at `found` (theta, loss, gradient, terms) where `ok`, else where it was."""
    before = (state.theta, state.value, state.grad, state.terms)
    theta, value, grad, terms = (jnp.where(ok, new, old) for new, old in zip(found, before, strict=True))
    return State(theta, value, grad, terms, status, state.evaluations + evaluations, memory)


def vanishing(grad: Array) -> Array:
    """Whether nothing is left of a gradient, in whatever units; its rounding floor the line search meets."""
    return jnp.max(jnp.abs(grad)) <= jnp.sqrt(jnp.finfo(grad.dtype).tiny)


def reevaluated(waist: Waist, state: State) -> State:
    """The same iterate under another loss: new points or weights."""
    fresh = begin(waist, state.theta, state.memory)
    return eqx.tree_at(lambda s: s.evaluations, fresh, state.evaluations + 1)


class AbstractOptimizer(eqx.Module):
    """Minimises the loss of a waist. `steps` is the number of steps, `None` for the run's own default.

    `init` and `step` are pure and traced; the loop runs `step` compiled, in blocks.
    """

    steps: eqx.AbstractVar[int | None]

    def __check_init__(self) -> None:
        keep_plain(self)

    @abc.abstractmethod
    def init(self, waist: Waist, theta: Array) -> State:
        """A state at `theta`."""

    @abc.abstractmethod
    def step(self, waist: Waist, state: State) -> State:
        """One step; `status` tells whether another makes sense."""

    @abc.abstractmethod
    def refresh(self, waist: Waist, state: State) -> State:
        """The state under new points or weights, keeping what was learnt of the curvature."""


def check_steps(steps: int | None) -> None:
    """Refuse a number of steps that is no positive whole number."""
    if steps is not None and not is_whole(steps):
        raise ValueError(f"steps must be a whole number of at least 1, or None; got {steps!r}.")
