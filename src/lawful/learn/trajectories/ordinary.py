"""The neural ODE of trajectories."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array

from ...nn.schemes import AbstractStepper, RungeKutta4
from .vector_field import Known, VectorField, checked, described, fresh, key_of, split

BLOCK = 100
"""Epochs that are compiled together."""


@dataclass
class NeuralTrajectory:
    """z' = known(z; p) + N(z), fitted to trajectories at any increasing times.

    - `components`: their names, a column each. `known`: a function of them and of `params` that returns a dict of
      rates, as in `lambda x, v, k: {"x": v, "v": -k * x}`; params are numbers or `lw.nn.continuous.Parameter`.
    - `learnt`: the components that have a network's part, all by default; `hidden` its layers.
    - `scheme`, `substeps`: how it is integrated between two times.
    - `segment`: fit pieces of so many times, each from its first observation, in the place of whole trajectories:
      steadier for long or chaotic ones, but it trusts every first observation.

    After `fit`: `field_`, `loss_` (an epoch each), `parameters_`. Raises `ValueError` for names that are not known and
    data that do not fit them.
    """

    components: tuple[str, ...]
    known: Known | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    learnt: tuple[str, ...] | None = None
    hidden: tuple[int, ...] = (64, 64)
    scheme: AbstractStepper = RungeKutta4()
    substeps: int = 1
    epochs: int = 3000
    learning_rate: float = 3e-3
    segment: int | None = None
    seed: int = 0

    def fit(self, t: Any, y: Any) -> "NeuralTrajectory":
        """Fit to y (times, components), or (trajectories, times, components), at the times t."""
        part, learnt = described(tuple(self.components), self.known, self.params, self.learnt)
        times, values = checked(t, y, tuple(self.components))
        made = fresh(times, values, tuple(self.hidden), part, learnt, key=key_of(self.seed))
        starts, steps, targets = _pieces(times, values, self.segment)
        moving, rest = split(made)
        memory, losses = _optimizer().init(moving), []
        span = self.epochs
        for first in range(0, span, BLOCK):
            at = np.arange(first, min(first + BLOCK, span)) / span
            rates = jnp.asarray(self.learning_rate * (0.01 + 0.99 * (1 + np.cos(np.pi * at)) / 2))
            moving, memory, seen = _block(
                moving, rest, memory, starts, steps, targets, rates, self.scheme, self.substeps
            )
            losses.append(np.asarray(seen))
        self.field_: VectorField = eqx.combine(moving, rest)
        self.loss_ = np.concatenate(losses)
        self.start_ = values[0, 0]
        self.parameters_ = {name: float(p[0]) for name, p in self.field_.parameters.items()}
        return self

    def predict(self, t: Any, *, start: Any = None, factor: int = 1) -> np.ndarray:
        """The solution (times, components) at increasing times, from `start` at the first of them.

        `start` None is the first observation. `factor` takes as many times the substeps: the same weights, refined.
        """
        times = np.asarray(t, float)
        first = jnp.asarray(self.start_ if start is None else start, float)[None]
        steps = jnp.asarray(np.diff(times))[:, None]
        path = _path(self.field_, first, steps, self.scheme, self.substeps * factor)
        return np.concatenate([np.asarray(first), np.asarray(path)[:, 0]])


def _optimizer() -> optax.GradientTransformation:
    return optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam())


def _pieces(t: np.ndarray, y: np.ndarray, segment: int | None) -> tuple[Array, Array, Array]:
    """Starts (pieces, d), steps (times, pieces) and targets (times, pieces, d); overlapping at the ends if need be."""
    count = t.size if segment is None else min(segment + 1, t.size)
    if count < 2:
        raise ValueError(f"segment must be a whole number of at least 1, got {segment!r}.")
    begins = sorted({*range(0, t.size - count + 1, count - 1), t.size - count})
    starts = np.concatenate([y[:, b] for b in begins])
    targets = np.concatenate([y[:, b + 1 : b + count] for b in begins])
    steps = np.repeat(np.stack([np.diff(t[b : b + count]) for b in begins]), len(y), axis=0)
    return jnp.asarray(starts), jnp.asarray(steps.T), jnp.asarray(targets.swapaxes(0, 1))


@eqx.filter_jit
def _path(made: VectorField, start: Array, steps: Array, scheme: AbstractStepper, substeps: int) -> Array:
    """The states (times, pieces, components) after each of the steps (times, pieces)."""
    march = functools.partial(scheme.march, made.system(), steps=substeps, checkpoint=False)

    def advance(z: Array, h: Array) -> tuple[Array, Array]:
        (after,) = march((z,), horizon=h[:, None])
        return after, after

    return jax.lax.scan(advance, start, steps)[1]


@eqx.filter_jit
def _block(
    moving: Any,
    rest: Any,
    memory: Any,
    starts: Array,
    steps: Array,
    targets: Array,
    rates: Array,
    scheme: AbstractStepper,
    substeps: int,
) -> tuple[Any, Any, Array]:
    def loss(moving: Any) -> Array:
        made: VectorField = eqx.combine(moving, rest)
        missed = _path(made, starts, steps, scheme, substeps) - targets
        return jnp.mean((missed / made.size.value[None, None]) ** 2)

    def step(carry: tuple[Any, Any], rate: Array) -> tuple[tuple[Any, Any], Array]:
        moving, memory = carry
        seen, slope = jax.value_and_grad(loss)(moving)
        change, memory = _optimizer().update(slope, memory)
        return (jax.tree.map(lambda p, d: p - rate * d, moving, change), memory), seen

    (moving, memory), seen = jax.lax.scan(step, (moving, memory), rates)
    return moving, memory, seen
