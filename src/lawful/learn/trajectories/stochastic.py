"""The stochastic form: a drift that is learnt, and noise whose size is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array

from .vector_field import Known, VectorField, checked, described, fresh, key_of, split


@dataclass
class NeuralSDE:
    """dz = f(z) dt + sigma dW with f = known(z; p) + N(z) and one sigma a component.

    Fitted by the likelihood of the increments between observations, normal with mean h f(z) and variance h sigma^2
    (Euler and Maruyama): right for steps that are short beside the times of f, wrong by O(h) else. Parameters as of
    `NeuralTrajectory`. After `fit`: `field_`, `noise_` (a sigma a component), `parameters_`, `loss_`.
    """

    components: tuple[str, ...]
    known: Known | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    learnt: tuple[str, ...] | None = None
    hidden: tuple[int, ...] = (32, 32)
    epochs: int = 500
    learning_rate: float = 3e-3
    seed: int = 0

    def fit(self, t: Any, y: Any) -> "NeuralSDE":
        """Fit to y (times, components), or (trajectories, times, components), at the times t."""
        part, learnt = described(tuple(self.components), self.known, self.params, self.learnt)
        times, values = checked(t, y, tuple(self.components))
        made = fresh(times, values, tuple(self.hidden), part, learnt, key=key_of(self.seed))
        count = values.shape[-1]
        before = jnp.asarray(values[:, :-1].reshape(-1, count))
        moved = jnp.asarray(np.diff(values, axis=1).reshape(-1, count))
        steps = jnp.asarray(np.tile(np.diff(times), len(values)))[:, None]
        moving, rest = split(made)
        spread = jnp.log(jnp.maximum(jnp.std(moved / jnp.sqrt(steps), 0), 1e-12))
        rates = self.learning_rate * (0.01 + 0.99 * (1 + np.cos(np.pi * np.linspace(0, 1, self.epochs))) / 2)
        (moving, spread), seen = _fitted(moving, rest, spread, before, moved, steps, jnp.asarray(rates))
        self.field_: VectorField = eqx.combine(moving, rest)
        self.noise_, self.loss_ = np.exp(np.asarray(spread)), np.asarray(seen)
        self.parameters_ = {name: float(p[0]) for name, p in self.field_.parameters.items()}
        return self

    def sample(self, t: Any, *, start: Any, count: int, seed: int = 0, substeps: int = 4) -> np.ndarray:
        """`count` paths (count, times, components) from `start` at the first of the increasing times."""
        steps = np.repeat(np.diff(np.asarray(t, float)) / substeps, substeps)
        first = jnp.broadcast_to(jnp.asarray(start, float), (count, len(self.components)))
        keys = jax.random.split(key_of(seed), len(steps))
        path = _paths(self.field_, jnp.asarray(self.noise_), first, jnp.asarray(steps), keys)
        return np.concatenate(
            [np.asarray(first)[:, None], np.asarray(path)[substeps - 1 :: substeps].swapaxes(0, 1)], 1
        )


@eqx.filter_jit
def _fitted(
    moving: Any, rest: Any, spread: Array, before: Array, moved: Array, steps: Array, rates: Array
) -> tuple[tuple[Any, Array], Array]:
    optimizer = optax.scale_by_adam()

    def loss(both: tuple[Any, Array]) -> Array:
        moving, spread = both
        made: VectorField = eqx.combine(moving, rest)
        z = (moved - steps * made(before)) / jnp.sqrt(steps) * jnp.exp(-spread)[None]
        return jnp.mean(z**2) / 2 + jnp.mean(spread)

    def step(carry: tuple[Any, Any], rate: Array) -> tuple[tuple[Any, Any], Array]:
        both, memory = carry
        seen, slope = jax.value_and_grad(loss)(both)
        change, memory = optimizer.update(slope, memory)
        return (jax.tree.map(lambda p, d: p - rate * d, both, change), memory), seen

    both = (moving, spread)
    (both, _), seen = jax.lax.scan(step, (both, optimizer.init(both)), rates)
    return both, seen


@eqx.filter_jit
def _paths(made: VectorField, noise: Array, start: Array, steps: Array, keys: Array) -> Array:
    def advance(z: Array, given: tuple[Array, Array]) -> tuple[Array, Array]:
        h, key = given
        after = z + h * made(z) + jnp.sqrt(h) * noise[None] * jax.random.normal(key, z.shape, z.dtype)
        return after, after

    return jax.lax.scan(advance, start, (steps, keys))[1]
