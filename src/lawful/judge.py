"""Errors against the reference, residuals on fresh points, and the verdict that follows from them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._outcome import Outcome
from .problem import Problem
from .reference import Judged
from .sampling import Sobol

TRUST = 0.1
"""A reference judges where its own error is at most this share of what it is asked to tell."""
OVERFIT = 30.0
"""Residuals on fresh points this much above those of training mean that the law holds at the points only."""


@dataclass(frozen=True)
class Verdict:
    """`supported`, `not supported` or `inconclusive`, with the reasons as sentences."""

    word: str
    reasons: tuple[str, ...]


def judging_points(problem: Problem) -> np.ndarray:
    """Where errors are measured: a grid in up to three coordinates, Sobol points beyond."""
    lower, upper = (np.asarray(end) for end in problem.domain.bounds)
    dimension = len(lower)
    if dimension > 3:
        unit = Sobol().draw(16_384, dimension, np.random.default_rng(20_240_101))
        return lower + (upper - lower) * unit
    sizes = {1: (2001,), 2: (256, 101), 3: (41, 41, 41)}[dimension]
    axes = [np.linspace(a, b, n) for a, b, n in zip(lower, upper, sizes, strict=True)]
    return np.stack([m.ravel() for m in np.meshgrid(*axes, indexing="ij")], axis=1)


def judge_reference(problem: Problem, points: np.ndarray) -> Judged | None:
    """The problem's reference at the judging points."""
    if problem.reference is None:
        return None
    places = {c: points[:, a].copy() for a, c in enumerate(problem.domain.coordinates)}
    return problem.reference.evaluate(places, tuple(problem.fields))


def errors_against(values: Mapping[str, np.ndarray], reference: Judged) -> dict[str, dict[str, float]]:
    """Norms by field: l1 = mean|e|, l2 = rms e, linf = max|e|, rel_l2 = |e| / |u_ref|."""
    out = {}
    for field, expected in reference.values.items():
        e = np.asarray(values[field], float) - expected
        size = float(np.linalg.norm(expected))
        out[field] = {
            "l1": float(np.abs(e).mean()),
            "l2": float(np.sqrt((e * e).mean())),
            "linf": float(np.abs(e).max()),
            "rel_l2": float(np.linalg.norm(e)) / size if size else float(np.linalg.norm(e)),
        }
    return out


def decide(
    problem: Problem,
    outcome: Outcome,
    errors: Mapping[str, Mapping[str, float]] | None,
    reference: Judged | None,
    residual: Mapping[str, float | None],
    relative_residual: float | None,
) -> Verdict:
    """Weigh the evidence; without a reference nothing is called supported."""
    reasons = []
    if outcome is Outcome.NON_FINITE:
        return Verdict("not supported", (outcome.sentence,))
    train, fresh = residual.get("train"), residual.get("fresh")
    loose = train is not None and fresh is not None and fresh > OVERFIT * max(train, 1e-12) and fresh > 1e-8
    if relative_residual is not None and not math.isfinite(relative_residual):
        return Verdict("not supported", ("The residual is not finite on fresh points.",))
    if reference is None or errors is None:
        if relative_residual is not None and relative_residual > 0.1:
            reasons.append(
                f"On fresh points the law is missed by {relative_residual:.0%} of the size of its own terms."
            )
            return Verdict("not supported", tuple(reasons))
        reasons.append(
            "No reference solution is known; residuals alone cannot show that the solution is right."
        )
        return Verdict("inconclusive", tuple(reasons))
    worst = max(errors, key=lambda f: errors[f]["rel_l2"])
    rel, absolute = errors[worst]["rel_l2"], errors[worst]["linf"]
    scale = max(float(np.abs(v).max(initial=0.0)) for v in reference.values.values()) or 1.0
    allowed = problem.tolerance * scale
    if not math.isfinite(rel):
        return Verdict("not supported", (f"The solution for {worst} is not finite.",))
    if reference.error_estimate > TRUST * allowed and reference.error_estimate > TRUST * absolute:
        reasons.append(
            f"The reference's own error, {reference.error_estimate:.1e}, is too large to judge by; refine it."
        )
        return Verdict("inconclusive", tuple(reasons))
    if rel <= problem.tolerance:
        reasons.append(
            f"The relative error of {worst} against the reference, {rel:.1e}, is within {problem.tolerance:g}."
        )
        if loose:
            reasons.append("Residuals on fresh points are far above those of training; take more points.")
        return Verdict("supported", tuple(reasons))
    reasons.append(
        f"The relative error of {worst} against the reference, {rel:.1e}, exceeds {problem.tolerance:g}."
    )
    if loose:
        reasons.append(
            "The law holds at the training points but not between them: take more, or adaptive, points."
        )
    elif fresh is not None and relative_residual is not None and relative_residual < problem.tolerance:
        reasons.append(
            "The residual is small all the same: the law has other near-solutions; check the conditions."
        )
    else:
        reasons.append("Train longer (budget=, steps=), or with a wider network.")
    return Verdict("not supported", tuple(reasons))


def follow_quantities(
    problem: Problem, values: Callable[[np.ndarray], Mapping[str, np.ndarray]], params: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """The integral over space of each quantity's density, at 11 times: first, last and largest drift."""
    from ._names import arguments_of

    time = problem.domain.time
    coordinates = problem.domain.coordinates
    space = [c for c in coordinates if c != time]
    out = {}
    lower, upper = (dict(zip(coordinates, e, strict=True)) for e in problem.domain.bounds)
    if len(space) > 3:
        return out
    nodes, weights = np.polynomial.legendre.leggauss({0: 1, 1: 200, 2: 40}.get(len(space), 16))
    mesh = np.meshgrid(*[nodes] * len(space), indexing="ij")
    share = np.meshgrid(*[weights] * len(space), indexing="ij")
    weight = np.prod([s.ravel() for s in share], axis=0) if space else np.ones(1)
    volume = math.prod((upper[c] - lower[c]) / 2 for c in space)
    times = np.linspace(lower[time], upper[time], 11) if time else np.zeros(1)
    for name, density in problem.quantities.items():
        names = arguments_of(density, problem.scope.known, f"quantity {name!r}")
        totals = []
        for t in times:
            count = max(mesh[0].size, 1) if space else 1
            columns: dict[str, Any] = {
                c: lower[c] + (upper[c] - lower[c]) * (m.ravel() + 1) / 2
                for c, m in zip(space, mesh, strict=True)
            }
            if time:
                columns[time] = np.full(count, t)
            fields = values(np.stack([columns[c] for c in coordinates], axis=1))
            known = {**columns, **fields, **params}
            totals.append(
                float(np.sum(weight * np.asarray(density(**{n: known[n] for n in names}))) * volume)
            )
        drift = float(np.max(np.abs(np.asarray(totals) - totals[0])))
        out[name] = {"start": totals[0], "end": totals[-1], "drift": drift}
    return out
