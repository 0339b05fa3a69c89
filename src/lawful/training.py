"""The training loop: compiled blocks of steps, and between them resampling, weighting, held-out
residuals, progress and checkpoints. There is no other."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._outcome import Outcome
from .blocks import Programs, block_of, waist_of
from .checkpoint import Checkpoint, Columns, Counters, Live, pack, unpack
from .interrupt import Interruptible
from .objective import Dataset, Objective, agreed
from .optim import AbstractOptimizer, State, Waist, keeping_of
from .optim._base import CONVERGED, GOING, NON_FINITE
from .points import PointSets
from .progress import AbstractProgress, Snapshot
from .recipe import Recipe
from .run_folder import RunFolder

DEFAULT_STEPS = 4500
PATIENCE = 4
"""Rounds of points in a row without gain after which a run of no given length has converged."""
GAIN = 0.9
FLAT_STEPS, FLAT_GAIN = 300, 1e-3
"""On fixed points a phase without a number of steps ends where the loss falls less than this in so many."""
SAVE_EVERY_S = 3.0


@dataclass
class Trained:
    """What training leaves: the best iterate by held-out residual, and how it went.

    `earlier_s` are the seconds of the sessions before this one, `batches` the last points.
    """

    theta: np.ndarray
    outcome: Outcome
    detail: str
    steps: int
    train_s: float
    compile_s: float
    earlier_s: float
    interrupted: bool
    history: list[dict[str, Any]]
    batches: dict[str, Columns]


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
        programs: Programs | None = None,
        stop: threading.Event | None = None,
    ):
        self.objective, self.recipe, self.phases, self.points = objective, recipe, phases, points
        self.deadline, self.began = deadline, began
        self.progress, self.folder = progress, folder
        self.at = Counters()
        self.programs, self.stop = programs or Programs("block"), stop or threading.Event()
        self._saved = time.perf_counter()
        self._earlier = 0.0
        self._pace = 0.0

    # -- compiled parts -----------------------------------------------------------------------------

    def _call(self, name: str, ask: Callable[[Objective], Callable[..., Any]], *arguments: Any) -> Any:
        """What is asked of the objective; the seconds of compiling are kept apart from those of training."""
        key = (name, self.at.phase) if name == "block" else (name,)
        frozen = self.objective.replicate(self.objective.frozen)
        out, compiling, running = self.programs.call(key, self.objective.of_frozen(ask), frozen, *arguments)
        self.spent(compiling, running)
        return out

    def spent(self, compiling: float, running: float) -> None:
        """Count these seconds."""
        self.at.compile_s, self.at.train_s = self.at.compile_s + compiling, self.at.train_s + running

    def _evaluator(self, data: Dataset, weights: Array) -> Waist:
        """A waist of compiled functions, for what happens between blocks."""

        def value_and_grad(theta: Array) -> tuple[Array, Array, Array]:
            return self._call("evaluate", attrgetter("value_and_grad"), theta, data, weights)

        return waist_of(self.objective, data, weights)._replace(value_and_grad=value_and_grad)

    def _begin(self, theta: Array, data: Dataset, weights: Array) -> State:
        state = self.optimizer.init(self._evaluator(data, weights), theta)
        return self.objective.replicate(state)

    def _refreshed(self, state: State, data: Dataset, weights: Array) -> State:
        fresh = self.optimizer.refresh(self._evaluator(data, weights), state)
        return self.objective.replicate(fresh)

    @property
    def optimizer(self) -> AbstractOptimizer:
        """That of the phase at hand."""
        return self.phases[self.at.phase]

    # -- the loop -----------------------------------------------------------------------------------

    def run(self, theta: Array, checkpoint: Checkpoint | None) -> Trained:
        """Train from theta, or go on from a checkpoint."""
        ended = "Stopped."
        self.progress.start(self.points.problem.name, self.objective.terms)
        try:
            with Interruptible(self.stop):
                self.prepare(theta, checkpoint)
                while (outcome := self.outcome()) is None:
                    began, asked = time.perf_counter(), self.asked()
                    state, taken = self._call("block", partial(block_of, self.optimizer), *asked)
                    self.receive(state, int(taken), time.perf_counter() - began)
            ended = outcome.sentence
        finally:
            self.progress.stop(ended)
        return self.trained(outcome)

    def trained(self, outcome: Outcome) -> Trained:
        """What is left of a run that has ended, which is written."""
        at = self.at
        at.elapsed = self._earlier + time.perf_counter() - self.began
        self._save(force=True)
        return Trained(
            theta=self.live.best,
            outcome=outcome,
            detail=self._name_non_finite() if outcome is Outcome.NON_FINITE else "",
            steps=at.total,
            train_s=at.train_s,
            compile_s=at.compile_s,
            earlier_s=self._earlier,
            interrupted=self.stop.is_set(),
            history=at.history,
            batches=self.live.batches,
        )

    def prepare(self, theta: Array, checkpoint: Checkpoint | None) -> None:
        """Stand at the first step, or where the checkpoint was."""
        objective, weighting = self.objective, self.recipe.weighting
        self.fresh = objective.place(self.points.held_out())
        theta = objective.replicate(theta)
        memory = weighting.init(objective)
        if checkpoint:
            self.live, self.at = unpack(checkpoint, objective, self._template(theta))
            self._earlier = self.at.elapsed
            self.data, self.weights = self.live.dataset(objective), self.live.placed_weights(objective)
            return
        batches = self.points.first()
        memory, weights, pointwise = weighting.update(memory, objective, theta, objective.place(batches), 0)
        self.live = Live(None, np.asarray(theta), batches, memory, weights, pointwise)
        self.data, self.weights = self.live.dataset(objective), self.live.placed_weights(objective)
        self.live.state = self._begin(theta, self.data, self.weights)

    def _template(self, theta: Array) -> Callable[[Counters, Dataset, Array], State]:
        def template(counters: Counters, data: Dataset, weights: Array) -> State:
            optimizer = self.phases[counters.phase]

            def init(theta: Array, data: Dataset, weights: Array) -> State:
                return optimizer.init(waist_of(self.objective, data, weights), theta)

            return jax.eval_shape(init, theta, data, weights)

        return template

    def outcome(self) -> Outcome | None:
        """How the run has ended, if it has; moves on to the next phase where one is through."""
        at = self.at
        if int(self.live.state.status) == NON_FINITE:
            return Outcome.NON_FINITE
        while at.ending is not None or ((limit := self._limit()) is not None and at.step >= limit):
            if at.phase + 1 == len(self.phases):
                return Outcome(at.ending) if at.ending else Outcome.COMPLETED
            self._next_phase()
        if agreed(self.stop.is_set()):
            return Outcome.INTERRUPTED
        left = self._left()
        return Outcome.BUDGET if left is not None and left <= 0 else None

    def _next_phase(self) -> None:
        at = self.at
        at.phase, at.step, at.idle, at.ending = at.phase + 1, 0, 0, None
        best = self.objective.replicate(jnp.asarray(self.live.best))
        self.live.state = self._begin(best, self.data, self.weights)

    def asked(self) -> tuple[State, Dataset, Array, Array]:
        """What the next block takes: a state, points, weights, and at most so many steps."""
        steps = self.objective.replicate(np.int32(self._block_steps(self._limit())))
        return self.live.state, self.data, self.weights, steps

    def receive(self, state: State, taken: int, seconds: float) -> None:
        """The state after a block of that many steps; then what is due."""
        at, live, limit = self.at, self.live, self._limit()
        live.state = state
        self._pace = seconds / max(taken, 1)
        at.step, at.total = at.step + taken, at.total + taken
        at.elapsed = self._earlier + time.perf_counter() - self.began
        self._look(limit)
        status = int(live.state.status)
        if status == NON_FINITE:
            return
        if status == GOING and self.phases[at.phase].steps is None and self._flat():
            status = CONVERGED
        ended = status != GOING
        if ended and not self.points.moves:
            at.ending = (Outcome.CONVERGED if status == CONVERGED else Outcome.STALLED).value
            return
        redrawn = self._redraw(ended)
        if self._reweigh(redrawn) or redrawn:
            self.data, self.weights = live.dataset(self.objective), live.placed_weights(self.objective)
            live.state = self._refreshed(live.state, self.data, self.weights)
        if at.ending is None:
            self._save()

    def _reweigh(self, redrawn: bool) -> bool:
        """New weights where they are due; those of points also whenever points are new."""
        weighting, live, at = self.recipe.weighting, self.live, self.at
        due = weighting.every and at.total % weighting.every == 0
        if not due and not (redrawn and live.pointwise):
            return False
        if redrawn:
            live.pointwise = {}
            self.data = live.dataset(self.objective)
        live.memory, live.weights, live.pointwise = weighting.update(
            live.memory, self.objective, live.state.theta, self.data, at.total
        )
        return True

    def _redraw(self, ended: bool) -> bool:
        """New points where they are due; ends a run of no given length that has stopped gaining."""
        at = self.at
        if not self.points.moves or not (ended or at.step % (self.points.every or 1) == 0):
            return False
        at.idle = 0 if self._score(at.best) < GAIN * self._score(at.last_round) else at.idle + 1
        at.last_round = at.best
        if at.idle >= PATIENCE and self._open_ended():
            at.ending = Outcome.CONVERGED.value
            return False
        at.round += 1
        self.live.batches = self.points.anew(
            self.live.batches, self.live.state.theta, self.objective, at.round
        )
        return True

    def _look(self, limit: int | None) -> None:
        """Held-out residuals of the iterate; keep it where they are the lowest so far."""
        at, live, terms = self.at, self.live, self.objective.terms
        squares = np.asarray(self._call("fresh", attrgetter("mean_squares"), live.state.theta, self.fresh))
        score = self._score([float(s) for s in squares])
        if keeping_of(self.recipe.optimizer).takes(score, self._score(at.best)):
            at.best, live.best = [float(s) for s in squares], np.asarray(live.state.theta)
        losses = {t: float(v) for t, v in zip(terms, np.asarray(live.state.terms), strict=True)}
        phase, loss = type(self.phases[at.phase]).__name__, float(live.state.value)
        row = {"phase": phase, "points": at.round, "step": at.total, "elapsed_s": round(at.elapsed, 3)}
        at.history.append({**row, "loss": loss, **losses, "fresh": score})
        left = self._left()
        if left is None and limit is not None:
            left = (limit - at.step) * self._pace
        steps = None if self.deadline is not None else limit
        self.progress.update(Snapshot(phase, at.step, steps, losses, loss, score, at.elapsed, left))

    def _score(self, squares: list[float] | None) -> float:
        """Held-out mean squares of the problem's terms as one number, under the weights of now."""
        return self.live.weighed(squares, self.objective.stated)

    # -- when ---------------------------------------------------------------------------------------

    def _limit(self) -> int | None:
        """Steps of the phase: its own, else what the run's limit leaves, else a default without a budget."""
        own = self.phases[self.at.phase].steps
        if own is None and self.recipe.steps is None:
            return None if self.deadline is not None else DEFAULT_STEPS
        left = None if self.recipe.steps is None else self.recipe.steps - (self.at.total - self.at.step)
        return max(min(x for x in (own, left) if x is not None), 0)

    def _left(self) -> float | None:
        return None if self.deadline is None else agreed(self.deadline - time.perf_counter())

    def _open_ended(self) -> bool:
        """Whether nobody said how long to train."""
        own = self.phases[self.at.phase].steps
        return self.deadline is None and self.recipe.steps is None and own is None

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
        if left is not None:
            steps = min(steps, int(left / self._pace) if self._pace else 5)
        return int(agreed(max(steps, 1)))

    def _flat(self) -> bool:
        """Whether the loss, under the weights of now, has stopped falling on points that stay."""
        if self.points.moves or self.live.pointwise:
            return False
        now = self.at.history[-1]
        before = [h for h in self.at.history if h["step"] <= now["step"] - FLAT_STEPS]
        if not before or before[-1]["points"] != now["points"] or before[-1]["phase"] != now["phase"]:
            return False
        rows = ([row[term] for term in self.objective.terms] for row in (before[-1], now))
        then, since = (self.live.weighed(row) for row in rows)
        return since > (1 - FLAT_GAIN) * then

    def _name_non_finite(self) -> str:
        values = np.asarray(self.live.state.terms)
        bad = [t for t, v in zip(self.objective.terms, values, strict=True) if not np.isfinite(v)]
        where = f"the term {', '.join(bad)}" if bad else "the gradient of the loss"
        return f"{where} at step {self.at.total}"

    def _save(self, force: bool = False) -> None:
        now = time.perf_counter()
        if self.folder is None or (not force and now - self._saved < SAVE_EVERY_S):
            return
        self._saved = now
        self.folder.save_checkpoint(*pack(self.live, self.at))
        self.folder.save_history(self.at.history)
