"""From a trained network (or a reference) to a judged `Solution`."""

import time
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from ._outcome import Outcome
from .calculus import order, zero
from .cost import compare_pathways
from .judge import (
    Misses,
    decide,
    decide_classical,
    errors_against,
    follow_quantities,
    judge_reference,
    judging_points,
    judging_reference,
    levelled,
)
from .magnitude import residuals_and_sizes
from .points import PointSets, side_points
from .problem import Problem
from .recipe import Recipe
from .reference import DERIVED, STATED, AbstractReference, Derived, Judged, reference_of
from .regularised import regulariser_facts
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
    *,
    began: float,
    space: TrialSpace | None = None,
    trained: Trained | None = None,
    values: Mapping[str, float] | None = None,
    intervals: Mapping[str, tuple[float, float]] | None = None,
) -> Solution:
    """Judge against the reference and on fresh points, and gather all facts of the run."""
    points = judging_points(problem)
    which = judging_reference(problem, recipe.method, recipe.reference)
    found = bool(problem.unknowns and values and (problem.reference is None or which == DERIVED))
    judge, reference, missing = judge_reference(problem.at(values or {}) if found else problem, points, which)
    own = source.account(points)
    compared = own is None or which != recipe.reference
    outcome = trained.outcome if trained else Outcome.COMPLETED
    errors = None
    residual: dict[str, float | None] = {"train": None, "fresh": None}
    relative = None
    conditions: Misses = {}
    drawn = None
    if space is not None and trained is not None:
        residual, relative = fresh_residuals(problem, recipe, space, trained)
        conditions = missed_conditions(problem, recipe, space, trained)
        drawn = regulariser_facts(
            problem, recipe.regulariser, space, trained.theta, recipe.seed + JUDGED_ROUND
        )
    if compared:
        values_at = (
            own.values
            if own
            else {f: source.derivative(points, f, zero(len(c))) for f, c in problem.fields.items()}
        )
        level = levelled(problem, points, reference, values_at) if reference else None
        errors = errors_against(values_at, level) if level else None
        verdict = decide(
            problem,
            outcome,
            detail=trained.detail if trained else "",
            errors=errors,
            reference=level,
            missing=missing,
            residual=residual,
            relative_residual=relative,
            conditions=conditions,
            found=found,
        )
    else:
        if reference is None:
            raise ValueError(f"there is no classical solution. {missing}")
        verdict = decide_classical(problem, reference)
    pathways = None
    wanted = recipe.reference != STATED and not found  # nothing classical has looked for the parameters
    if wanted and trained and reference and errors and not reference.doubt:
        pathways = compare_pathways(
            problem, recipe.method, points, reference, errors, trained.train_s + trained.compile_s
        )
    known = {k: float(v) for k, v in problem.params.items() if not isinstance(v, Unknown)} | dict(
        values or {}
    )
    intervals = dict(intervals or {})
    deepest = max(
        (order(i) for d in problem.quantities.values() for n in d.needs.values() for i in n), default=0
    )
    followed = problem.quantities and deepest <= source.highest_order
    quantities = follow_quantities(problem, source.derivative, known) if followed else {}
    detail = f" ({trained.detail})" if trained and trained.detail else ""
    facts: dict[str, Any] = {
        "problem": problem.name,
        "method": recipe.method,
        "seed": recipe.seed,
        "status": outcome.value,
        "wall_s": time.perf_counter() - began + (trained.earlier_s if trained else 0.0),
        "train_s": trained.train_s if trained else 0.0,
        "compile_s": trained.compile_s if trained else 0.0,
        "steps": trained.steps if trained else 0,
        "n_params": space.size if space else 0,
        "dtype": recipe.dtype,
        "errors": errors or {},
        "reference": _account(judge, reference, missing) | {"found": found},
        "solution": _account(reference_of(problem, recipe.reference), own, "") if own and compared else None,
        "pathways": pathways,
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
        "regulariser": drawn,
        "conditions": conditions,
        "quantities": quantities,
        "outcome": outcome.sentence + detail,
        "reasons": list(recipe.reasons.values()),
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


def _account(reference: AbstractReference | None, judged: Judged | None, missing: str) -> dict[str, Any]:
    """What a reference tells of itself, or why there is none."""
    return {
        "method": reference.method if reference else None,
        "derived": isinstance(reference, Derived),
        "error_estimate": judged.error_estimate if judged else None,
        "norm": judged.norm if judged else None,
        "left_out": int(judged.left_out.sum()) if judged and judged.left_out is not None else 0,
        "order": judged.order if judged else None,
        "doubt": judged.doubt if judged else missing,
        "remark": judged.remark if judged else "",
        "wall_s": judged.wall_s if judged else None,
    }


def missed_conditions(problem: Problem, recipe: Recipe, space: TrialSpace, trained: Trained) -> Misses:
    """By how much starts, walls and data are missed: root mean square residuals on fresh points, those of data
    in units of the noise where it is known, and relative to the size of their own terms or observations."""
    out: Misses = {}
    points, inside = side_points(problem, recipe.seed + JUDGED_ROUND)
    for name, batch in points.items():
        bound = problem.conditions[name]
        residuals, sizes = residuals_and_sizes(space, bound)(trained.theta, batch, inside)
        misses = {term: _rms(residuals[term]) for term in bound.terms}
        against = [miss / (_rms(sizes[term]) or 1.0) for term, miss in misses.items()]
        out[name] = {"rms": max(misses.values()), "relative": max(against)}
    tree = space.tree(jnp.asarray(trained.theta, space.dtype))
    for name, bound in problem.conditions.items():
        if bound.observes and bound.fixed is not None:
            ours = space.values(tree, jnp.asarray(bound.fixed["points"][:, 0], space.dtype))
            out[name] = {"rms": 0.0, "relative": 0.0}
            for term, field in zip(bound.terms, bound.needs, strict=True):
                seen, deviation = bound.fixed[f"observed.{field}"], bound.fixed[f"deviation.{field}"]
                misfit = np.asarray(ours[field]) - seen
                row = out[name]
                row["relative"] = max(row["relative"], _rms(misfit) / (_rms(seen) or 1.0))
                row["rms"] = max(row["rms"], _rms(misfit / deviation))
                if bound.noise[term]:
                    row["noise"] = max(row.get("noise", 0.0), _rms(misfit / deviation))
    return out


def _rms(values: Any) -> float:
    return float(np.sqrt(np.mean(np.square(np.asarray(values, float)))))


def fresh_residuals(
    problem: Problem, recipe: Recipe, space: TrialSpace, trained: Trained
) -> tuple[dict[str, float | None], float | None]:
    """Root mean square residuals of the interior laws on training and on fresh points, and the latter
    relative to the size of the laws' own terms, sum |c_a D^a u| with c the law's slope."""
    interior = {n: b for n, b in problem.conditions.items() if b.governs}
    if not interior:
        return {"train": None, "fresh": None}, None
    counts = {n: min(recipe.points[n], JUDGED_POINTS) for n in interior}
    fresh = PointSets(problem, interior, Sobol(), counts, recipe.seed + JUDGED_ROUND).first()
    evaluate = {name: residuals_and_sizes(space, bound) for name, bound in interior.items()}
    rms: dict[str, float] = {}
    relative = 0.0
    for which, batches in (("train", trained.batches), ("fresh", fresh)):
        squares = sizes = count = 0.0
        for name in interior:
            residuals, parts = evaluate[name](trained.theta, batches[name])
            squares += sum(float(jnp.sum(r**2)) for r in residuals.values())
            sizes += sum(float(jnp.sum(size**2)) for size in parts.values())
            count += sum(r.size for r in residuals.values())
        rms[which], size = float(np.sqrt(squares / count)), float(np.sqrt(sizes / count))
        relative = rms[which] / size if size > 0 else rms[which]
    return dict(rms), relative
