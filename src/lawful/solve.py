"""Solve a problem, or go on with a run: the entry points."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._outcome import Outcome
from .conclude import conclude, fresh_residuals
from .intervals import parameter_intervals
from .nn import RandomFeatures
from .objective import Objective, device_mesh
from .optim import LinearLeastSquares, phases_of
from .points import PointSets
from .problem import Problem
from .progress import AbstractProgress, Silent
from .recipe import (
    Recipe,
    default_network,
    default_optimizer,
    default_points,
    default_sampling,
    default_weighting,
    is_affine,
)
from .run_folder import RunFolder
from .sampling import Sobol
from .solution import Solution
from .source import NetworkSource, ReferenceSource
from .training import Trained, Training
from .trial import TrialSpace
from .unmet import unmet_conditions
from .weighting import Constant

METHODS = ("auto", "pinn", "linear", "classical")
FEATURES = ((400, 4.0), (400, 10.0), (800, 20.0))
"""Sizes and bandwidths of random features that are tried in turn on an affine law."""
GOOD_RESIDUAL, USABLE_RESIDUAL = 1e-8, 1e-5
"""Relative residuals on fresh points at which features are enough, and below which a network is better."""
RESERVE_S = 1.0


def solve(
    problem: Problem,
    *,
    method: str = "auto",
    network: Any = None,
    optimizer: Any = None,
    sampling: Any = None,
    weighting: Any = None,
    points: int | Mapping[str, int] | None = None,
    budget: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    dtype: str = "float64",
    out: str | Path | None = None,
    overwrite: bool = False,
    progress: AbstractProgress | None = None,
    origin: dict[str, Any] | None = None,
) -> Solution:
    """Solve `problem` and judge the result against its reference.

    - `method`: `"pinn"` trains a network; `"linear"` solves an affine law over random features by one
      QR; `"classical"` takes the reference as the solution; `"auto"` chooses and says why.
    - `network`, `optimizer`, `sampling`, `weighting`: from `lawful.nn`, `.optim`, `.sampling`,
      `.weighting`; any of them given means a network is trained. `points`: how many, by condition.
    - `budget`: seconds until training ends, compilation included; `steps`: steps of the optimizer.
      Without either a run ends where held-out residuals stop falling.
    - `seed`; `dtype` (`"float64"` or `"float32"`).
    - `out`: a run folder to write, with checkpoints on the way, from which `resume` goes on.

    Raises `ValueError` or `TypeError`, one sentence each, for choices that make no sense. How training
    ended is a value, `solution.outcome`; Ctrl-C ends it and keeps the best iterate.
    """
    began = time.perf_counter()
    if not isinstance(problem, Problem):
        raise TypeError(f"solve takes a Problem, got {problem!r}.")
    _check(method, budget, steps, seed, dtype)
    custom = any(x is not None for x in (network, optimizer, sampling, weighting))
    if optimizer is not None:
        phases_of(optimizer)
    chosen, reasons = _choose(problem, method, custom)
    recipe = _recipe(
        problem, chosen, reasons, network, optimizer, sampling, weighting, points, budget, steps, seed, dtype
    )
    recipe = replace(recipe, auto=method == "auto")
    folder = None
    if out is not None and jax.process_index() == 0:
        configuration = {"problem": problem.name, "origin": origin, "recipe": recipe.described()}
        folder = RunFolder.create(out, configuration, overwrite=overwrite)
    return _run(problem, recipe, began, progress or Silent(), folder, None)


def resume(
    run: str | Path,
    problem: Problem,
    *,
    network: Any = None,
    optimizer: Any = None,
    sampling: Any = None,
    weighting: Any = None,
    progress: AbstractProgress | None = None,
) -> Solution:
    """Go on with a run that was stopped or killed, from its last checkpoint.

    Ends where the uninterrupted run would have ended, bit for bit, on the same machine and with the
    same versions, unless a time budget ends it. Strategies that no file can hold (a network of your
    own) must be given again. Raises `ValueError` for a folder that is no run.
    """
    began = time.perf_counter()
    folder = RunFolder.open(run)
    given = {"network": network, "optimizer": optimizer, "sampling": sampling, "weighting": weighting}
    recipe = Recipe.from_described(folder.configuration["recipe"], given)
    return _run(problem, recipe, began, progress or Silent(), folder, folder.load_checkpoint())


def _check(method: str, budget: float | None, steps: int | None, seed: int, dtype: str) -> None:
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}.")
    if budget is not None and (isinstance(budget, bool) or not budget > 0 or not np.isfinite(budget)):
        raise ValueError(f"budget must be a number of seconds above 0, got {budget!r}.")
    if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
        raise ValueError(f"steps must be a whole number of at least 1, got {steps!r}.")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed must be a whole number of at least 0, got {seed!r}.")
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {dtype!r}.")


def _choose(problem: Problem, method: str, custom: bool) -> tuple[str, list[str]]:
    if method == "classical":
        if problem.reference is None:
            raise ValueError(
                f"{problem.name} brings no reference to take as the solution; give Problem(reference=...), or "
                "use method='pinn'."
            )
        return "classical", ["The reference is taken as the solution, as asked."]
    affine = is_affine(problem)
    if method == "linear":
        if not affine:
            raise ValueError(
                f"method='linear' needs laws affine in the fields and nothing unknown, and {problem.name} is not; "
                "use method='pinn'."
            )
        return "linear", ["Random features and QR least squares, as asked."]
    if method == "auto" and affine and not custom and len(problem.domain.coordinates) <= 3:
        return "linear", ["The laws are affine in the fields: random features and one QR, no training loop."]
    why = (
        "as asked"
        if method == "pinn" or custom
        else "the law is not affine"
        if not affine
        else "many dimensions"
    )
    if problem.unknowns and not custom and method == "auto":
        why = "parameters are to be found together with the fields"
    return "pinn", [f"A network is trained: {why}."]


def _recipe(
    problem: Problem,
    method: str,
    reasons: list[str],
    network: Any,
    optimizer: Any,
    sampling: Any,
    weighting: Any,
    points: Any,
    budget: float | None,
    steps: int | None,
    seed: int,
    dtype: str,
) -> Recipe:
    reasons = list(reasons)
    counts = default_points(problem, points)
    if network is None:
        network, why = default_network(problem)
        reasons.append(f"Network: {why}.")
    if sampling is None:
        sampling, why = default_sampling(problem)
        reasons.append(f"Points: {why}.")
    if weighting is None:
        weighting, why = default_weighting(problem)
        reasons.append(f"Weights: {why}.")
    if optimizer is None:
        size = TrialSpace(problem, network, key=jax.random.key(seed), dtype=jnp.dtype(dtype)).size
        optimizer, why = default_optimizer(size, dtype, sum(counts.values()))
        reasons.append(f"Optimizer: {why}.")
    return Recipe(
        method, network, optimizer, sampling, weighting, counts, dtype, seed, budget, steps, tuple(reasons)
    )


def _run(
    problem: Problem,
    recipe: Recipe,
    began: float,
    progress: AbstractProgress,
    folder: RunFolder | None,
    checkpoint: Any,
) -> Solution:
    if recipe.method == "classical":
        solution = conclude(problem, recipe, ReferenceSource(problem), None, None, began, {}, {})
        return _kept(solution, folder)
    deadline = None if recipe.budget is None else began + max(0.9 * recipe.budget, recipe.budget - RESERVE_S)
    if checkpoint and deadline is not None:
        deadline -= checkpoint[1]["counters"]["elapsed"]
    if recipe.method == "linear":
        solution = _linear(problem, recipe, began, deadline, progress, folder)
        relative = solution.facts.get("relative_residual")
        if not recipe.auto or (relative is not None and relative <= USABLE_RESIDUAL):
            return _kept(solution, folder)
        reason = f"Random features left a relative residual of {relative:.1e}, so a network is trained."
        recipe = replace(recipe, method="pinn", reasons=(*recipe.reasons, reason))
        if folder is not None:
            folder.update(recipe=recipe.described())
    space, trained = _train(problem, recipe, began, deadline, progress, folder, checkpoint)
    source = NetworkSource(space, trained.theta)
    values, intervals = parameter_intervals(problem, recipe, space, trained.theta)
    return _kept(conclude(problem, recipe, source, space, trained, began, values, intervals), folder)


def _train(
    problem: Problem,
    recipe: Recipe,
    began: float,
    deadline: float | None,
    progress: AbstractProgress,
    folder: RunFolder | None,
    checkpoint: Any,
) -> tuple[TrialSpace, Trained]:
    key = jax.random.key(recipe.seed)
    space = TrialSpace(problem, recipe.network, key=key, dtype=jnp.dtype(recipe.dtype))
    # a dense factorisation is not sharded, so the linear method runs on one device
    mesh = device_mesh(1 if recipe.method == "linear" else sum(recipe.points.values()))
    conditions = unmet_conditions(problem, space)
    objective = Objective(space, conditions, mesh)
    points = PointSets(problem, objective.conditions, recipe.sampling, recipe.points, recipe.seed)
    training = Training(
        objective,
        recipe,
        phases_of(recipe.optimizer),
        points,
        deadline=deadline,
        began=began,
        progress=progress,
        folder=folder,
    )
    return space, training.run(space.initial, checkpoint)


def _linear(
    problem: Problem,
    recipe: Recipe,
    began: float,
    deadline: float | None,
    progress: AbstractProgress,
    folder: RunFolder | None,
) -> Solution:
    """Random features of growing size and bandwidth, the best by held-out residual."""
    best: tuple[float, Recipe, TrialSpace, Trained] | None = None
    for features, bandwidth in FEATURES:
        counts = {
            n: (min(4 * features, 4096) if problem.conditions[n].kind == "interior" else c)
            for n, c in recipe.points.items()
        }
        attempt = replace(
            recipe,
            network=RandomFeatures(features=features, bandwidth=bandwidth),
            optimizer=LinearLeastSquares(),
            sampling=Sobol(),
            weighting=Constant(),
            points=counts,
            steps=None,
            reasons=(recipe.reasons[0], f"{features} sines of bandwidth {bandwidth:g} a half side."),
        )
        space, trained = _train(problem, attempt, began, None, progress, None, None)
        _, relative = fresh_residuals(problem, attempt, space, trained)
        relative = float("inf") if relative is None or not np.isfinite(relative) else relative
        if best is None or relative < best[0]:
            best = (relative, attempt, space, trained)
        if best[0] <= GOOD_RESIDUAL or trained.outcome is Outcome.INTERRUPTED:
            break
        if deadline is not None and time.perf_counter() > deadline:
            break
    assert best is not None
    _, attempt, space, trained = best
    return conclude(problem, attempt, NetworkSource(space, trained.theta), space, trained, began, {}, {})


def _kept(solution: Solution, folder: RunFolder | None) -> Solution:
    if folder is not None:
        solution.save(folder)
    return solution
