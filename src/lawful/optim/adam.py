"""Adam, with a learning rate that may change."""

import math
from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, ArrayLike

from .._numbers import check_at_least_zero, check_positive, check_whole, is_real, keep_plain
from ._base import GOING, NON_FINITE, AbstractOptimizer, State, Waist, begin, check_steps, reevaluated


class CosineDecay(eqx.Module):
    """From `start` to `end` over `steps`, along a cosine."""

    start: float = 1e-3
    end: float = 0.0
    steps: int = 10_000

    def __check_init__(self) -> None:
        check_positive("start", self.start)
        check_at_least_zero("end", self.end)
        check_whole("steps", self.steps)
        keep_plain(self)

    def __call__(self, count: ArrayLike) -> Array:
        share = jnp.minimum(count / self.steps, 1.0)
        return self.end + (self.start - self.end) * (1 + jnp.cos(math.pi * share)) / 2


class ExponentialDecay(eqx.Module):
    """`start` times `factor` every `every` steps, continuously, after a linear warm-up of `warmup` steps."""

    start: float = 1e-3
    factor: float = 0.9
    every: int = 1000
    warmup: int = 0

    def __check_init__(self) -> None:
        check_positive("start", self.start)
        check_positive("factor", self.factor)
        check_whole("every", self.every)
        check_whole("warmup", self.warmup, 0)
        keep_plain(self)

    def __call__(self, count: ArrayLike) -> Array:
        ramp = jnp.minimum((count + 1) / max(self.warmup, 1), 1.0) if self.warmup else 1.0
        return self.start * ramp * self.factor ** (jnp.maximum(count - self.warmup, 0) / self.every)


class StepDecay(eqx.Module):
    """`rates[i]` from step `boundaries[i - 1]` on."""

    rates: tuple[float, ...] = (1e-1, 1e-2, 1e-3)
    boundaries: tuple[int, ...] = (3000, 7000)

    def __check_init__(self) -> None:
        for name, given in (("rates", self.rates), ("boundaries", self.boundaries)):
            if not isinstance(given, tuple | list):
                raise ValueError(f"{name} must be a tuple of numbers, got {given!r}.")
        if len(self.rates) != len(self.boundaries) + 1:
            raise ValueError(
                f"StepDecay takes one rate more than boundaries; got {len(self.rates)} and {len(self.boundaries)}."
            )
        for rate in self.rates:
            check_positive("each of rates", rate)
        for boundary in self.boundaries:
            check_whole("each of boundaries", boundary)
        if list(self.boundaries) != sorted(set(self.boundaries)):
            raise ValueError(f"boundaries must increase, got {self.boundaries!r}.")
        keep_plain(self)

    def __call__(self, count: ArrayLike) -> Array:
        at = jnp.searchsorted(jnp.asarray(self.boundaries), count, side="right")
        return jnp.asarray(self.rates)[at]


class Adam(AbstractOptimizer):
    """First-order steps with moments (Kingma and Ba, arXiv 1412.6980), by optax.

    `learning_rate` is a number or a function of the step, such as `CosineDecay()`. For large networks,
    float32, noisy points, and as a first phase before a quasi-Newton method.
    """

    steps: int | None = None
    learning_rate: float | Callable[[Any], Any] = 1e-3
    b1: float = 0.9
    b2: float = 0.999

    def __check_init__(self) -> None:
        check_steps(self.steps)
        rate = self.learning_rate
        if isinstance(rate, type) or not (callable(rate) or (is_real(rate) and rate > 0)):
            raise ValueError(
                "learning_rate must be a finite number above 0, or a function of the step such as CosineDecay(); "
                f"got {rate!r}."
            )
        for name, kept in (("b1", self.b1), ("b2", self.b2)):
            if not (is_real(kept) and 0 <= kept < 1):
                raise ValueError(f"{name} must lie in [0, 1), got {kept!r}.")

    def _rule(self) -> optax.GradientTransformation:
        return optax.adam(self.learning_rate, b1=self.b1, b2=self.b2)

    def init(self, waist: Waist, theta: Array) -> State:
        return begin(waist, theta, self._rule().init(theta))

    def refresh(self, waist: Waist, state: State) -> State:
        return reevaluated(waist, state)

    def step(self, waist: Waist, state: State) -> State:
        change, memory = self._rule().update(state.grad, state.memory, state.theta)
        theta = state.theta + jnp.asarray(change)
        value, grad, terms = waist.value_and_grad(theta)
        finite = jnp.isfinite(value) & jnp.all(jnp.isfinite(grad))
        moved = State(theta, value, grad, terms, jnp.asarray(GOING), state.evaluations + 1, memory)
        # the iterate stays, with the terms that tell what went wrong
        stayed = eqx.tree_at(lambda s: (s.status, s.terms), state, (jnp.asarray(NON_FINITE), terms))
        return jax.tree.map(lambda a, b: jnp.where(finite, a, b), moved, stayed)
