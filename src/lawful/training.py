"""The training loop: compiled blocks of steps, and between them resampling, weighting, held-out
residuals, progress and checkpoints. There is no other."""

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._outcome import Outcome
from .objective import Dataset, Objective
from .optim import AbstractOptimizer, State, Waist
from .optim._base import CONVERGED, GOING, NON_FINITE
from .points import PointSets
from .progress import AbstractProgress, Snapshot
from .recipe import Recipe
from .run_folder import RunFolder

DEFAULT_STEPS = 6000
PATIENCE = 4
"""Rounds of points in a row without gain after which a run without a budget has converged."""
GAIN = 0.9
FLAT_STEPS, FLAT_GAIN = 300, 1e-3
"""On fixed points a phase without a number of steps ends where the loss falls less than this in so many."""
FINISH = 0.2
"""The last share of a phase with resampling runs on twice the points, and keeps them."""
SAVE_EVERY_S = 3.0


@dataclass
class Progressing:
    """What the loop carries between blocks; all of it is in a checkpoint."""

    phase: int = 0
    step: int = 0
    total: int = 0
    round: int = 0
    finishing: bool = False
    idle: int = 0
    elapsed: float = 0.0
    train_s: float = 0.0
    best_score: float = float("inf")
    last_round_score: float = float("inf")
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Trained:
    """What training leaves: the best iterate by held-out residual, and how it went."""

    theta: np.ndarray
    outcome: Outcome
    detail: str
    steps: int
    train_s: float
    compile_s: float
    evaluations: int
    history: list[dict[str, Any]]
    weights: np.ndarray


class Training:
    """One run of a recipe over an objective."""

    def __init__(
        self,
        objective: Objective,
        recipe: Recipe,
        phases: tuple[AbstractOptimizer, ...],
        points: PointSets,
        *,
        deadline: float | None,
        began: float,
        progress: AbstractProgress,
        folder: RunFolder | None,
    ):
        self.objective, self.recipe, self.phases, self.points = objective, recipe, phases, points
        self.deadline, self.began = deadline, began
        self.progress, self.folder = progress, folder
        self.at = Progressing()
        self.compile_s = 0.0
        self._compiled: dict[Any, Any] = {}
        self._stop = threading.Event()
        self._saved = 0.0
        self._earlier = 0.0

    # -- compiled parts -----------------------------------------------------------------------------

    def _waist(self, data: Dataset, weights: Array) -> Waist:
        o = self.objective
        return Waist(
            lambda theta: o.value_and_grad(theta, data, weights),
            lambda theta: o.gauss_newton(theta, data, weights),
            lambda theta: o.jacobian(theta, data, weights),
        )

    def _call(self, name: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Compile ahead of time, once a shape, and keep the seconds apart from those of training."""
        shapes = tuple((x.shape, str(x.dtype)) for x in jax.tree.leaves(arguments))
        key = (name, self.at.phase if name == "block" else None, shapes)
        if key not in self._compiled:
            began = time.perf_counter()
            self._compiled[key] = jax.jit(function).lower(*arguments).compile()
            self.compile_s += time.perf_counter() - began
        began = time.perf_counter()
        out = jax.block_until_ready(self._compiled[key](*arguments))
        self.at.train_s += time.perf_counter() - began
        return out

    def _evaluator(self, data: Dataset, weights: Array) -> Waist:
        """A waist of compiled functions, for what happens between blocks."""

        def value_and_grad(theta: Array) -> tuple[Array, Array, Array]:
            return self._call("evaluate", self.objective.value_and_grad, theta, data, weights)

        return self._waist(data, weights)._replace(value_and_grad=value_and_grad)

    def _begin(self, theta: Array, data: Dataset, weights: Array) -> State:
        state = self.phases[self.at.phase].init(self._evaluator(data, weights), theta)
        return self.objective.replicate(state)

    def _refreshed(self, state: State, data: Dataset, weights: Array) -> State:
        fresh = self.phases[self.at.phase].refresh(self._evaluator(data, weights), state)
        return self.objective.replicate(fresh)

    def _block(self, state: State, data: Dataset, weights: Array, steps: int) -> tuple[State, Array]:
        optimizer = self.phases[self.at.phase]

        def run(state: State, data: Dataset, weights: Array, steps: Array) -> tuple[State, Array]:
            waist = self._waist(data, weights)

            def going(carry: tuple[State, Array]) -> Array:
                return (carry[1] < steps) & (carry[0].status == GOING)

            def step(carry: tuple[State, Array]) -> tuple[State, Array]:
                return optimizer.step(waist, carry[0]), carry[1] + 1

            return jax.lax.while_loop(going, step, (state, jnp.zeros((), jnp.int32)))

        count = self.objective.replicate(np.int32(steps))
        return self._call("block", run, state, data, weights, count)

    # -- the loop -----------------------------------------------------------------------------------

    def run(self, theta: Array, checkpoint: tuple[dict[str, np.ndarray], dict[str, Any]] | None) -> Trained:
        """Train from theta, or go on from a checkpoint."""
        with _interruptible(self._stop):
            return self._run(theta, checkpoint)

    def _run(self, theta: Array, checkpoint: Any) -> Trained:
        objective, recipe, at = self.objective, self.recipe, self.at
        weighting = recipe.weighting
        memory = weighting.init(objective)
        fresh = objective.place(self.points.held_out())
        theta = objective.replicate(theta)
        batches = self.points.first()
        if checkpoint:
            state, best, batches, memory, weights, pointwise = self._restored(checkpoint, theta)
        else:
            data = objective.place(batches)
            memory, weights, pointwise = weighting.update(memory, objective, theta, data, 0)
        data = self._weighted(objective.place(batches), pointwise)
        placed = objective.replicate(jnp.asarray(weights, objective.space.dtype))
        if not checkpoint:
            state = self._begin(theta, data, placed)
            best = np.asarray(theta)
        self.progress.start(self.points.problem.name, objective.terms)
        self._earlier = at.elapsed
        outcome, detail = Outcome.COMPLETED, ""
        while True:
            optimizer = self.phases[at.phase]
            limit = self._phase_steps(optimizer)
            if int(state.status) == NON_FINITE:
                outcome, detail = Outcome.NON_FINITE, self._name_non_finite(state)
                break
            if limit is not None and at.step >= limit:
                if at.phase + 1 == len(self.phases):
                    break
                at.phase, at.step, at.idle = at.phase + 1, 0, 0
                state = self._begin(objective.replicate(np.asarray(best)), data, placed)
                continue
            if self._stop.is_set():
                outcome = Outcome.INTERRUPTED
                break
            if self._left() is not None and self._left() <= 0:
                outcome = Outcome.BUDGET
                break
            began = time.perf_counter()
            want = self._block_steps(limit)
            state, taken = self._block(state, data, placed, want)
            pace = (time.perf_counter() - began) / max(int(taken), 1)
            at.step, at.total = at.step + int(taken), at.total + int(taken)
            self._pace = pace
            at.elapsed = self._earlier + time.perf_counter() - self.began
            best = self._look(state, best, fresh, placed, limit)
            ended = int(state.status)
            if ended == NON_FINITE:
                continue
            if ended == GOING and optimizer.steps is None and self._flat():
                ended = CONVERGED
            if ended != GOING and (not self.points.moves or at.finishing):
                if at.phase + 1 < len(self.phases):
                    at.step = limit if limit is not None else at.step
                    at.phase, at.step, at.idle = at.phase + 1, 0, 0
                    state = self._begin(objective.replicate(np.asarray(best)), data, placed)
                    continue
                outcome = Outcome.CONVERGED if ended == CONVERGED else Outcome.STALLED
                break
            changed = False
            if weighting.every and at.total % weighting.every < max(int(taken), 1):
                memory, weights, pointwise = weighting.update(memory, objective, state.theta, data, at.total)
                placed = objective.replicate(jnp.asarray(weights, objective.space.dtype))
                at.best_score, changed = float("inf"), True
            if self.points.moves and not at.finishing and self._due(limit, ended != GOING):
                gained = at.best_score < GAIN * at.last_round_score
                at.idle = 0 if gained else at.idle + 1
                at.last_round_score = min(at.best_score, at.last_round_score)
                if self.deadline is None and at.idle >= PATIENCE:
                    outcome = Outcome.CONVERGED
                    break
                at.finishing = self._finishing(limit)
                at.round += 1
                batches = self.points.anew(batches, state.theta, objective, at.round, finish=at.finishing)
                changed = True
            if changed or ended != GOING:
                data = self._weighted(objective.place(batches), pointwise)
                state = self._refreshed(state, data, placed)
            self._save(state, best, batches, memory, weights, pointwise)
        at.elapsed = self._earlier + time.perf_counter() - self.began
        self._save(state, best, batches, memory, weights, pointwise, force=True)
        self.progress.stop(outcome.sentence)
        return Trained(
            np.asarray(best),
            outcome,
            detail,
            at.total,
            at.train_s,
            self.compile_s,
            int(state.evaluations),
            at.history,
            np.asarray(weights),
        )

    def _weighted(self, data: Dataset, pointwise: dict[str, np.ndarray]) -> Dataset:
        for name, factor in pointwise.items():
            weight = data[name]["weight"]
            if weight.shape == factor.shape:
                moved = jax.device_put(jnp.asarray(factor, weight.dtype), weight.sharding)
                data[name]["weight"] = weight * moved
        return data

    def _look(self, state: State, best: np.ndarray, fresh: Dataset, weights: Array, limit: int | None) -> Any:
        """Held-out residuals of the iterate; keep it where they are the lowest so far."""
        at, terms = self.at, self.objective.terms
        squares = np.asarray(self._call("fresh", self.objective.mean_squares, state.theta, fresh))
        score = float(np.sum(np.asarray(weights) * squares))
        if np.isfinite(score) and score < at.best_score:
            at.best_score, best = score, np.asarray(state.theta)
        losses = {t: float(v) for t, v in zip(terms, np.asarray(state.terms), strict=True)}
        phase = type(self.phases[at.phase]).__name__
        row = {"phase": phase, "points": at.round, "step": at.total, "elapsed_s": round(at.elapsed, 3)}
        row["loss"] = float(state.value)
        at.history.append({**row, **losses, "fresh": score})
        left = self._left()
        if left is None and limit is not None:
            left = (limit - at.step) * self._pace
        steps = None if self.deadline is not None else limit
        self.progress.update(
            Snapshot(phase, at.step, steps, losses, float(state.value), score, at.elapsed, left)
        )
        return best

    # -- when ---------------------------------------------------------------------------------------

    _pace = 0.0

    def _phase_steps(self, optimizer: AbstractOptimizer) -> int | None:
        """Steps of a phase: its own, else what the run's limit leaves, else a default without a budget."""
        if optimizer.steps is not None:
            own = optimizer.steps
        elif self.recipe.steps is not None:
            own = self.recipe.steps
        else:
            return None if self.deadline is not None else DEFAULT_STEPS
        if self.recipe.steps is not None:
            own = min(own, self.recipe.steps - (self.at.total - self.at.step))
        return max(own, 0)

    def _left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.perf_counter()

    def _block_steps(self, limit: int | None) -> int:
        """Steps to the next event; the same whatever the machine's speed, but for a budget's end."""
        at = self.at
        work = self.points.count * self.objective.space.size * 30
        steps = int(np.clip(2e10 / max(work, 1), 5, 100))
        if self.points.every:
            steps = min(steps, self.points.every - at.step % self.points.every)
        if self.recipe.weighting.every:
            steps = min(steps, self.recipe.weighting.every - at.total % self.recipe.weighting.every)
        if limit is not None:
            steps = min(steps, limit - at.step)
        left = self._left()
        if left is not None and self._pace:
            steps = min(steps, int(left / self._pace))
        elif left is not None:
            steps = min(steps, 5)
        return max(steps, 1)

    def _due(self, limit: int | None, ended: bool) -> bool:
        """Whether points are drawn anew now."""
        every = self.points.every or 1
        return ended or self.at.step % every == 0 or self._finishing(limit)

    def _finishing(self, limit: int | None) -> bool:
        if self.at.phase + 1 < len(self.phases):
            return False
        left = self._left()
        if left is not None:
            return left < FINISH * (left + time.perf_counter() - self.began)
        return limit is not None and self.at.step >= (1 - FINISH) * limit

    def _flat(self) -> bool:
        """Whether the loss has stopped falling on points that stay."""
        if self.points.moves and not self.at.finishing:
            return False
        now = self.at.history[-1]
        before = [h for h in self.at.history if h["step"] <= now["step"] - FLAT_STEPS]
        if not before or before[-1]["points"] != now["points"] or before[-1]["phase"] != now["phase"]:
            return False
        return now["loss"] > (1 - FLAT_GAIN) * before[-1]["loss"]

    def _name_non_finite(self, state: State) -> str:
        bad = [t for t, v in zip(self.objective.terms, np.asarray(state.terms), strict=True) if not np.isfinite(v)]
        where = f"the term {', '.join(bad)}" if bad else "the gradient of the loss"
        return f"{where} at step {self.at.total}"

    # -- checkpoints --------------------------------------------------------------------------------

    def _save(
        self,
        state: State,
        best: np.ndarray,
        batches: dict[str, dict[str, np.ndarray]],
        memory: dict[str, np.ndarray],
        weights: np.ndarray,
        pointwise: dict[str, np.ndarray],
        force: bool = False,
    ) -> None:
        now = time.perf_counter()
        if self.folder is None or (not force and now - self._saved < SAVE_EVERY_S):
            return
        self._saved = now
        arrays = {f"state.{i}": np.asarray(leaf) for i, leaf in enumerate(jax.tree.leaves(state))}
        arrays |= {f"points.{n}.{c}": v for n, batch in batches.items() for c, v in batch.items()}
        arrays |= {f"weighting.{k}": np.asarray(v) for k, v in memory.items()}
        arrays |= {f"pointwise.{k}": np.asarray(v) for k, v in pointwise.items()}
        arrays |= {"best": np.asarray(best), "weights": np.asarray(weights)}
        carried = {k: v for k, v in vars(self.at).items()}
        self.folder.save_checkpoint(arrays, {"progress": carried})
        self.folder.save_history(self.at.history)

    def _restored(self, checkpoint: Any, theta: Array) -> tuple[Any, ...]:
        arrays, metadata = checkpoint
        self.at = Progressing(**metadata["progress"])

        def part(prefix: str) -> dict[str, np.ndarray]:
            return {k[len(prefix) :]: v for k, v in arrays.items() if k.startswith(prefix)}

        batches: dict[str, dict[str, np.ndarray]] = {}
        for key, column in part("points.").items():
            name, _, column_name = key.partition(".")
            batches.setdefault(name, {})[column_name] = column
        weights = arrays["weights"]
        data = self._weighted(self.objective.place(batches), part("pointwise."))
        placed = self.objective.replicate(jnp.asarray(weights, self.objective.space.dtype))
        optimizer = self.phases[self.at.phase]
        template = jax.eval_shape(lambda t, d, w: optimizer.init(self._waist(d, w), t), theta, data, placed)
        leaves, structure = jax.tree.flatten(template)
        saved = [jnp.asarray(arrays[f"state.{i}"], leaf.dtype) for i, leaf in enumerate(leaves)]
        state = self.objective.replicate(jax.tree.unflatten(structure, saved))
        return state, arrays["best"], batches, part("weighting."), weights, part("pointwise.")


class _interruptible:  # noqa: N801
    """The first Ctrl-C asks the loop to end at its next block; the second one is Python's own."""

    def __init__(self, stop: threading.Event):
        self.stop = stop
        self.before: Any = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        signal.signal(signal.SIGINT, self.before)

    def __exit__(self, *_: Any) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
