"""The pathways from a recipe to a judged solution: a trained network, random features, the reference."""

import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh

from .blocks import Programs
from .conclude import conclude, fresh_residuals
from .intervals import parameter_intervals
from .lifting import Lifting
from .nn import RandomFeatures
from .objective import Objective, device_mesh
from .optim import LinearLeastSquares, phases_of
from .points import PointSets
from .problem import Problem
from .progress import AbstractProgress, Silent
from .recipe import Recipe
from .reference import patience
from .regularised import bind_regulariser
from .run_folder import RunFolder
from .sampling import Sobol
from .solution import Solution
from .source import NetworkSource, ReferenceSource
from .together import Together
from .training import Trained, Training
from .trial import TrialSpace
from .unmet import unmet_conditions
from .weighting.beside import Beside

FEATURES = ((400, 4.0), (400, 10.0), (800, 20.0))
"""Sizes and bandwidths of random features that are tried in turn on an affine law."""
GOOD_RESIDUAL, USABLE_RESIDUAL = 1e-8, 1e-5
"""Relative residuals on fresh points at which features are enough, and below which a network is better."""
USABLE_ERROR = 1e-4
"""Relative error against the reference up to which features are kept, whatever their residual."""
RESERVE_S = 1.0
KEPT_REASONS = ("method", "units", "weighting")
"""Those of the choices that hold for random features too."""


def run_recipe(
    problem: Problem,
    recipe: Recipe,
    began: float,
    progress: AbstractProgress,
    folder: RunFolder | None,
    checkpoint: Any,
) -> Solution:
    """Take the recipe's pathway, go over to a network where random features do not reach, and judge."""
    if recipe.method == "classical":
        granted = nullcontext() if recipe.budget is None else patience(recipe.budget)
        with granted:
            return _kept(
                conclude(problem, recipe, ReferenceSource(problem, recipe.reference), began=began), folder
            )
    deadline = _deadline(recipe, began)
    if checkpoint and deadline is not None:
        deadline -= checkpoint[1]["counters"]["elapsed"]
    if recipe.method == "linear":
        solution, relative, stopped = _linear(problem, recipe, began, deadline, progress)
        if not recipe.auto or stopped or relative <= USABLE_RESIDUAL or _close(solution):
            return _kept(solution, folder)
        reason = f"Random features left a relative residual of {relative:.1e}, so a network is trained."
        recipe = replace(recipe, method="pinn", reasons={**recipe.reasons, "pathway": reason})
        if folder is not None:
            folder.update(recipe=recipe.described())
    space, trained = _train(problem, recipe, began, deadline, progress, folder, checkpoint)
    return _concluded(problem, recipe, space, trained, began, folder)


def run_recipes(
    problem: Problem,
    recipes: Sequence[Recipe],
    progress: AbstractProgress,
    folders: Sequence[RunFolder | None],
) -> list[Solution]:
    """Recipes that differ by their seeds: networks are trained in step, by `Together`; all else one after another."""
    began = time.perf_counter()
    pairs = list(zip(recipes, folders, strict=True))
    if recipes[0].method != "pinn":
        return [run_recipe(problem, r, time.perf_counter(), progress, folder, None) for r, folder in pairs]
    deadline = _deadline(recipes[0], began)
    lifting, stop, programs = Lifting(problem, recipes[0].dtype), threading.Event(), Programs("block")
    spaces = [_space(problem, recipe, lifting) for recipe in recipes]
    first = _objective(problem, recipes[0], spaces[0], device_mesh(1))
    runs = []
    for at, (recipe, folder) in enumerate(pairs):
        run = _training(
            problem, recipe, first.with_frozen(spaces[at].frozen()), deadline=deadline, began=began,
            progress=Silent() if at else progress, folder=folder, programs=programs, stop=stop,
        )  # fmt: skip
        runs.append(run)
    trained = Together(runs).run([space.initial for space in spaces])
    return [
        _concluded(problem, recipe, run.objective.space, own, began, folder)
        for (recipe, folder), run, own in zip(pairs, runs, trained, strict=True)
    ]


def _deadline(recipe: Recipe, began: float) -> float | None:
    """When training is to end, so that a little of the budget is left for what follows."""
    return None if recipe.budget is None else began + max(0.9 * recipe.budget, recipe.budget - RESERVE_S)


def _concluded(
    problem: Problem,
    recipe: Recipe,
    space: TrialSpace,
    trained: Trained,
    began: float,
    folder: RunFolder | None,
) -> Solution:
    source = NetworkSource(space, trained.theta)
    values, intervals = parameter_intervals(problem, recipe, space, trained.theta)
    solution = conclude(
        problem, recipe, source, began=began, space=space, trained=trained, values=values, intervals=intervals
    )
    return _kept(solution, folder)


def _space(problem: Problem, recipe: Recipe, lifting: Lifting | None = None) -> TrialSpace:
    key = jax.random.key(recipe.seed)
    return TrialSpace(
        problem, recipe.network, key=key, dtype=recipe.dtype, units=recipe.units, lifting=lifting
    )


def _objective(problem: Problem, recipe: Recipe, space: TrialSpace, mesh: Mesh) -> Objective:
    """The residuals of what is left to training, and those of the regulariser where it has a weight."""
    conditions, regulariser = unmet_conditions(problem, space), recipe.regulariser
    if regulariser is not None and regulariser.weight > 0:
        conditions[regulariser.name] = bind_regulariser(problem, regulariser, recipe.seed)
    return Objective(space, conditions, mesh)


def _training(problem: Problem, recipe: Recipe, objective: Objective, **how: Any) -> Training:
    conditions, counts, regulariser = dict(objective.conditions), dict(recipe.points), recipe.regulariser
    if regulariser is not None and regulariser.name in conditions:
        conditions[regulariser.name] = bind_regulariser(
            problem, regulariser, recipe.seed
        )  # points of this seed
        counts[regulariser.name] = regulariser.points
        recipe = replace(recipe, weighting=Beside(recipe.weighting, regulariser.weight, objective))
    points = PointSets(problem, conditions, recipe.sampling, counts, recipe.seed)
    return Training(objective, recipe, phases_of(recipe.optimizer), points, **how)


def _train(
    problem: Problem,
    recipe: Recipe,
    began: float,
    deadline: float | None,
    progress: AbstractProgress,
    folder: RunFolder | None,
    checkpoint: Any,
    lifting: Lifting | None = None,
) -> tuple[TrialSpace, Trained]:
    space = _space(problem, recipe, lifting)
    # a dense factorisation is not sharded, so the linear method runs on one device
    mesh = device_mesh(1 if recipe.method == "linear" else sum(recipe.points.values()))
    objective = _objective(problem, recipe, space, mesh)
    training = _training(
        problem, recipe, objective, deadline=deadline, began=began, progress=progress, folder=folder
    )
    return space, training.run(space.initial, checkpoint)


def _linear(
    problem: Problem, recipe: Recipe, began: float, deadline: float | None, progress: AbstractProgress
) -> tuple[Solution, float, bool]:
    """Random features of growing size and bandwidth, the best by held-out residual; that residual,
    relative; and whether Ctrl-C or the budget ended the search."""
    best: tuple[float, Recipe, TrialSpace, Trained] | None = None
    stopped = False
    lifting = Lifting(problem, recipe.dtype)
    for network in _features(recipe):
        counts = dict(recipe.points)
        if not recipe.own_points:
            inside = [n for n in counts if problem.conditions[n].governs]
            counts |= dict.fromkeys(inside, min(4 * network.features, 4096))
        attempt = replace(
            recipe,
            network=network,
            optimizer=LinearLeastSquares(),
            sampling=Sobol(),
            points=counts,
            steps=None,
            reasons={
                **{choice: recipe.reasons[choice] for choice in KEPT_REASONS if choice in recipe.reasons},
                "network": f"{network.features} sines of bandwidth {network.bandwidth:g} a half side.",
            },
        )
        space, trained = _train(problem, attempt, began, None, progress, None, None, lifting)
        _, relative = fresh_residuals(problem, attempt, space, trained)
        relative = float("inf") if relative is None or not np.isfinite(relative) else relative
        if best is None or relative < best[0]:
            best = (relative, attempt, space, trained)
        stopped = trained.interrupted or (deadline is not None and time.perf_counter() > deadline)
        if best[0] <= GOOD_RESIDUAL or stopped:
            break
    assert best is not None
    relative, attempt, space, trained = best
    source = NetworkSource(space, trained.theta)
    return conclude(problem, attempt, source, began=began, space=space, trained=trained), relative, stopped


def _close(solution: Solution) -> bool:
    """Whether the reference, if there is one that converged, shows an error that a network would hardly lessen."""
    errors, doubt = solution.facts["errors"], solution.facts["reference"]["doubt"]
    return bool(errors) and not doubt and max(e["rel_l2"] for e in errors.values()) <= USABLE_ERROR


def _features(recipe: Recipe) -> tuple[RandomFeatures, ...]:
    if isinstance(recipe.network, RandomFeatures):
        return (recipe.network,)
    return tuple(RandomFeatures(features=n, bandwidth=width) for n, width in FEATURES)


def _kept(solution: Solution, folder: RunFolder | None) -> Solution:
    if folder is not None:
        solution.save(folder)
    return solution
