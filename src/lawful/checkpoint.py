"""All that a training run carries from block to block, and its form in a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .objective import Dataset, Objective
from .optim import State

Checkpoint = tuple[dict[str, np.ndarray], dict[str, Any]]
Columns = dict[str, np.ndarray]


@dataclass
class Counters:
    """Where a run stands. `total` counts the steps of all phases, `round` how often points were drawn;
    `best` and `last_round` are the held-out mean squares, a term each, of the best iterate now and when
    points were last drawn; `ending` is the outcome of a phase that ended before its steps did."""

    phase: int = 0
    step: int = 0
    total: int = 0
    round: int = 0
    idle: int = 0
    elapsed: float = 0.0
    train_s: float = 0.0
    compile_s: float = 0.0
    best: list[float] | None = None
    last_round: list[float] | None = None
    ending: str | None = None
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Live:
    """The arrays of a run: optimizer state, best iterate, points, weights and their strategy's memory.

    `state` is set once the first evaluation, or the checkpoint, has given one.
    """

    state: Any
    best: np.ndarray
    batches: dict[str, Columns]
    memory: Columns
    weights: np.ndarray
    pointwise: Columns

    def placed_weights(self, objective: Objective) -> Array:
        """The weights of the terms, on every device."""
        return objective.replicate(jnp.asarray(self.weights, objective.space.dtype))

    def weighed(self, squares: list[float] | None, counted: np.ndarray | float = 1.0) -> float:
        """Mean squares of the terms as one number, under the weights of now and those of `counted`; infinite where
        there are none, or it is not finite."""
        total = np.inf if squares is None else float(np.sum(counted * np.asarray(self.weights) * squares))
        return total if np.isfinite(total) else float("inf")

    def dataset(self, objective: Objective) -> Dataset:
        """The points on the devices, with their weights."""
        data = objective.place(self.batches)
        for name, factor in self.pointwise.items():
            weight = data[name]["weight"]
            if weight.shape == factor.shape:
                moved = jax.device_put(jnp.asarray(factor, weight.dtype), weight.sharding)
                data[name]["weight"] = weight * moved
        return data


def pack(live: Live, counters: Counters) -> Checkpoint:
    """Arrays by name, and the rest as plain data."""
    arrays = {f"state.{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(live.state))}
    arrays |= {f"points.{n}/{c}": v for n, batch in live.batches.items() for c, v in batch.items()}
    arrays |= {f"memory.{k}": np.asarray(v) for k, v in live.memory.items()}
    arrays |= {f"pointwise.{k}": np.asarray(v) for k, v in live.pointwise.items()}
    arrays |= {"best": np.asarray(live.best), "weights": np.asarray(live.weights)}
    return arrays, {"counters": dict(vars(counters))}


def unpack(
    checkpoint: Checkpoint, objective: Objective, template: Callable[[Counters, Dataset, Array], State]
) -> tuple[Live, Counters]:
    """The inverse of `pack`; `template` gives the abstract shape of the optimizer's state."""
    arrays, metadata = checkpoint
    plain: dict[str, Any] = metadata["counters"]
    counters = Counters(**plain)

    def part(prefix: str) -> Columns:
        return {k[len(prefix) :]: v for k, v in arrays.items() if k.startswith(prefix)}

    batches: dict[str, Columns] = {}
    for key, column in part("points.").items():
        name, _, own = key.partition("/")
        batches.setdefault(name, {})[own] = column
    live = Live(None, arrays["best"], batches, part("memory."), arrays["weights"], part("pointwise."))
    shapes = template(counters, live.dataset(objective), live.placed_weights(objective))
    leaves, structure = jax.tree.flatten(shapes)
    saved = [jnp.asarray(arrays[f"state.{i}"], leaf.dtype) for i, leaf in enumerate(leaves)]
    live.state = objective.replicate(jax.tree.unflatten(structure, saved))
    return live, counters
