"""The supervised training loop: Adam in batches, a held-out part, the best weights kept."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jaxtyping import Array

from ..nn.continuous._base import AbstractMap, trained
from ..progress import AbstractProgress, Snapshot

Loss = Callable[[Array, Array], Array]
"""The loss of each row from outputs and targets."""

WARM_UP = 0.05
"""The share of the epochs over which the learning rate rises."""


class Rows(NamedTuple):
    """Scaled inputs, targets and weights, a row each."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Settings:
    """Adam with decoupled weight decay; the rate rises, then falls as a cosine over all `epochs`.

    With `averaging` d the weights that are held against the held-out rows, and kept, are a running mean of the
    iterates, a <- d a + (1 - d) w, which remembers about 1/(1 - d) batches.

    `batch_size` None is a fiftieth of the rows, a power of two between 16 and 256. Training ends after `patience`
    epochs without a better held-out loss.
    """

    epochs: int
    learning_rate: float
    weight_decay: float
    batch_size: int | None
    patience: int
    seed: int
    averaging: float = 0.0

    def batch(self, rows: int) -> int:
        chosen = self.batch_size or 2 ** int(np.clip(round(np.log2(max(rows, 2) / 50)), 4, 8))
        return min(chosen, 2 ** int(np.ceil(np.log2(max(rows, 2)))))


@dataclass
class History:
    """Losses an epoch, the epoch that was kept, seconds with and without compiling, and how it ended."""

    train: list[float] = field(default_factory=list)
    held_out: list[float] = field(default_factory=list)
    best: int = 0
    train_s: float = 0.0
    compile_s: float = 0.0
    ending: str = "all epochs were taken"


class Trained(NamedTuple):
    """The map with its best weights, and how it came there."""

    map: AbstractMap
    history: History


class Padded(NamedTuple):
    """Rows filled up with weight 0 to whole batches, so that few shapes are compiled."""

    x: Array
    y: Array
    weight: Array


_OPTIMIZER = optax.chain(optax.clip_by_global_norm(1.0), optax.scale_by_adam())


def fit(
    model: AbstractMap, rows: Rows, held_out: Rows, loss: Loss, settings: Settings, progress: AbstractProgress
) -> Trained:
    """Train on `rows`; the weights returned are those of the least loss on `held_out`."""
    batch = settings.batch(len(rows.x))
    data, check = _padded(rows, batch), _padded(held_out, min(batch, 64))
    moving, rest = trained(model)
    memory = _OPTIMIZER.init(moving)
    history, least, best, mean = History(), np.inf, moving, moving
    rng = np.random.default_rng(settings.seed)
    progress.start("training", ("train", "held-out"))
    began = time.perf_counter()
    for epoch in range(settings.epochs):
        started = time.perf_counter()
        pace = _pace(epoch, settings, data.x.shape[0] // batch)
        order = _shuffled(rng, len(rows.x), data.x.shape[0])
        moving, mean, memory, seen = _epoch(moving, mean, rest, memory, data, order, pace, batch, loss)
        missed = float(_mean_loss(mean, rest, check, loss))
        history.train.append(float(seen))
        history.held_out.append(missed)
        if epoch == 0:
            history.compile_s = time.perf_counter() - started
        if missed < least:
            least, best, history.best = missed, mean, epoch
        elapsed = time.perf_counter() - began
        left = elapsed / (epoch + 1) * (settings.epochs - epoch - 1)
        terms = {"train": float(seen), "held-out": missed}
        progress.update(
            Snapshot("epoch", epoch + 1, settings.epochs, terms, float(seen), missed, elapsed, left)
        )
        if epoch - history.best >= settings.patience:
            history.ending = f"the held-out loss has not fallen for {settings.patience} epochs"
            break
    history.train_s = time.perf_counter() - began - history.compile_s
    progress.stop(history.ending)
    if not np.isfinite(least):
        raise ValueError(
            "every epoch ended with a held-out loss that is no finite number; take a smaller learning_rate"
            + (", more steps of the flow or a shorter horizon." if model.continuous else ".")
        )
    return Trained(eqx.combine(best, rest), history)


class Pace(NamedTuple):
    """A number a batch: learning rate, the share of the weights that decays, what the mean of the iterates keeps."""

    rate: Array
    decay: Array
    kept: Array


def _pace(epoch: int, settings: Settings, batches: int) -> Pace:
    taken = epoch * batches + np.arange(batches)
    at = (taken + 1) / batches / settings.epochs
    rise = np.minimum(1.0, at / WARM_UP)
    rate = settings.learning_rate * rise * (0.01 + 0.99 * (1 + np.cos(np.pi * at)) / 2)
    # the plain mean of the first iterates, so that the first weights are soon forgotten
    kept = np.minimum(settings.averaging, taken / (taken + 1))
    decay = rate * settings.weight_decay
    return Pace(*(jnp.asarray(each, jnp.float32) for each in (rate, decay, kept)))


def _padded(rows: Rows, batch: int) -> Padded:
    short = -len(rows.x) % batch
    parts = (np.concatenate([part, np.zeros((short, *part.shape[1:]), part.dtype)]) for part in rows)
    return Padded(*(jnp.asarray(part) for part in parts))


def _shuffled(rng: np.random.Generator, count: int, length: int) -> Array:
    return jnp.asarray(np.concatenate([rng.permutation(count), np.arange(count, length)]))


@eqx.filter_jit
def _epoch(
    moving: Any,
    mean: Any,
    rest: Any,
    memory: Any,
    data: Padded,
    order: Array,
    pace: Pace,
    batch: int,
    loss: Loss,
) -> tuple[Any, Any, Any, Array]:
    """One pass over all rows in the given order: weights, their running mean, the optimizer's memory, the loss."""

    def step(carry: tuple[Any, Any, Any], given: tuple[Array, Pace]) -> tuple[tuple[Any, Any, Any], Array]:
        moving, mean, memory = carry
        rows, (rate, decay, kept) = given
        x, y, weight = (part[rows] for part in data)

        def value(moving: Any) -> Array:
            missed = loss(eqx.combine(moving, rest)(x), y)
            return jnp.sum(weight * missed) / jnp.maximum(jnp.sum(weight), 1e-6)

        seen, slope = jax.value_and_grad(value)(moving)
        change, after = _OPTIMIZER.update(slope, memory)
        moved = jax.tree.map(lambda p, d: p - rate * d - (decay * p if p.ndim > 1 else 0.0), moving, change)
        middle = jax.tree.map(lambda a, w: kept * a + (1 - kept) * w, mean, moved)
        # a batch of nothing but padding, or one that left the numbers, changes nothing
        sound = jnp.isfinite(seen) & (jnp.sum(weight) > 0)
        return jax.tree.map(lambda new, old: jnp.where(sound, new, old), (moved, middle, after), carry), seen

    batches = order.reshape(-1, batch)
    (moving, mean, memory), seen = jax.lax.scan(step, (moving, mean, memory), (batches, pace))
    return moving, mean, memory, jnp.mean(seen)


@eqx.filter_jit
def _mean_loss(moving: Any, rest: Any, data: Padded, loss: Loss) -> Array:
    missed = loss(eqx.combine(moving, rest)(data.x), data.y)
    return jnp.sum(data.weight * missed) / jnp.maximum(jnp.sum(data.weight), 1e-6)
