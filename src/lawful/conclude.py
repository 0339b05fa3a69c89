"""From a trained network (or a reference) to a judged `Solution`."""

import time
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._outcome import Outcome
from .calculus import zero
from .conditions import Bound
from .judge import decide, errors_against, follow_quantities, judge_reference, judging_points
from .points import PointSets
from .problem import Problem
from .recipe import Recipe
from .sampling import Sobol
from .solution import Solution
from .source import AbstractSource
from .training import Trained
from .trial import TrialSpace
from .unknown import Unknown

JUDGED_POINTS = 8192
JUDGED_ROUND = 104_729
"""Keeps the points of the final judgement apart from those of training and of held-out checks."""


def conclude(
    problem: Problem,
    recipe: Recipe,
    source: AbstractSource,
    space: TrialSpace | None,
    trained: Trained | None,
    began: float,
    values: Mapping[str, float],
    intervals: Mapping[str, tuple[float, float]],
) -> Solution:
    """Judge against the reference and on fresh points, and gather all facts of the run."""
    points = judging_points(problem)

    def fields_at(at: np.ndarray) -> dict[str, np.ndarray]:
        return {f: source.derivative(at, f, zero(len(c))) for f, c in problem.fields.items()}

    reference = judge_reference(problem, points)
    ours = fields_at(points)
    errors = errors_against(ours, reference) if reference else None
    residual: dict[str, float | None] = {"train": None, "fresh": None}
    relative = None
    if space is not None and trained is not None:
        residual, relative = fresh_residuals(problem, recipe, space, trained)
    outcome = trained.outcome if trained else Outcome.COMPLETED
    verdict = decide(problem, outcome, errors, reference, residual, relative)
    known = {k: float(v) for k, v in problem.params.items() if not isinstance(v, Unknown)} | dict(values)
    quantities = follow_quantities(problem, fields_at, known) if problem.quantities else {}
    detail = f" ({trained.detail})" if trained and trained.detail else ""
    facts: dict[str, Any] = {
        "problem": problem.name,
        "method": recipe.method,
        "seed": recipe.seed,
        "status": outcome.value,
        "wall_s": time.perf_counter() - began,
        "train_s": trained.train_s if trained else 0.0,
        "compile_s": trained.compile_s if trained else 0.0,
        "steps": trained.steps if trained else 0,
        "n_params": space.size if space else 0,
        "dtype": recipe.dtype,
        "errors": errors or {},
        "reference": {
            "method": problem.reference.method if reference else None,
            "error_estimate": reference.error_estimate if reference else None,
            "wall_s": reference.wall_s if reference else None,
        },
        "residual": residual,
        "params": {
            name: {
                "value": known[name],
                "low": intervals[name][0] if name in intervals else None,
                "high": intervals[name][1] if name in intervals else None,
                "unknown": name in problem.unknowns,
            }
            for name in problem.params
        },
        "verdict": {"word": verdict.word, "reasons": list(verdict.reasons)},
        "run": None,
        "relative_residual": relative,
        "quantities": quantities,
        "outcome": outcome.sentence + detail,
        "reasons": list(recipe.reasons),
        "recipe": recipe.described(),
    }
    return Solution(
        problem,
        source,
        facts=facts,
        verdict=verdict,
        outcome=outcome,
        params=known,
        intervals=intervals,
        history=trained.history if trained else [],
    )


def fresh_residuals(
    problem: Problem, recipe: Recipe, space: TrialSpace, trained: Trained
) -> tuple[dict[str, float | None], float | None]:
    """Root mean square residuals of the interior laws on training and on fresh points, and the latter
    relative to the size of the laws' own terms, sum |c_a D^a u| with c the law's slope."""
    interior = {n: b for n, b in problem.conditions.items() if b.kind == "interior"}
    if not interior:
        return {"train": None, "fresh": None}, None
    counts = {n: min(recipe.points[n], JUDGED_POINTS) for n in interior}
    fresh = PointSets(problem, interior, Sobol(), counts, recipe.seed + JUDGED_ROUND)
    squares = sizes = count = 0.0
    for name, batch in fresh.first().items():
        places = jnp.asarray(batch["points"][:, 0], space.dtype)
        r, size = jax.jit(_residual_and_size(space, interior[name]))(jnp.asarray(trained.theta), places)
        squares += float(jnp.sum(r**2))
        sizes += float(jnp.sum(size**2))
        count += r.size
    rms, size = float(np.sqrt(squares / count)), float(np.sqrt(sizes / count))
    last = trained.history[-1] if trained.history else {}
    own = [last[t] for b in interior.values() for t in b.terms if t in last]
    found: dict[str, float | None] = {"train": float(np.sqrt(np.mean(own))) if own else None, "fresh": rms}
    return found, rms / size if size > 0 else rms


def _residual_and_size(space: TrialSpace, bound: Bound) -> Any:
    """The residuals of a law at points (n, d), and sum_a |dr / d(D^a u)| |D^a u| for each."""

    def evaluate(theta: Any, places: Any) -> tuple[Any, Any]:
        tree = space.tree(theta)
        jets = space.jets(tree, places, bound.needs)
        known = space.parameters(tree)
        keys = [(f, i) for f in bound.needs for i in sorted(bound.needs[f], key=str)]
        flat = jnp.stack([jets[f][i] for f, i in keys], axis=1)

        def residual(numbers: Any, place: Any) -> Any:
            table: dict[str, dict[Any, Any]] = {f: {} for f in bound.needs}
            for (f, i), number in zip(keys, numbers, strict=True):
                table[f][i] = number
            return jnp.stack(list(bound.residual([table], place[None], known, {}).values()))

        def one(numbers: Any, place: Any) -> tuple[Any, Any]:
            slope = jax.jacfwd(residual)(numbers, place)
            return residual(numbers, place), jnp.sum(jnp.abs(slope * numbers[None]), axis=-1)

        return jax.vmap(one)(flat, places)

    return evaluate
