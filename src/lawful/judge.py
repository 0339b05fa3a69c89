"""Errors against the reference, residuals on fresh points, and the verdict that follows from them."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ._names import listed
from ._outcome import Outcome
from .calculus import Index
from .domain import Box
from .problem import Problem
from .quadrature import quadrature
from .reference import DERIVED, STATED, AbstractReference, Judged, Unsolved, floating, reference_of
from .sampling import Sobol

TRUST = 0.1
"""A reference judges where its own error is at most this share of what it is asked to tell."""
OVERFIT = 30.0
"""Residuals on fresh points this much above those of training mean that the law holds at the points only."""
SHARED = 16
"""Places at one time from which on their mean is one over space."""

REFUTING, NOISE_REFUTING = 0.1, 3.0
"""Laws and conditions missed by more, against their own size, or data against their noise, show an error."""

Misses = dict[str, dict[str, float]]
"""By condition, by how much it is missed: `rms`, `relative` to its size, and for data in units of the `noise`."""


@dataclass(frozen=True)
class Verdict:
    """`supported`, `not supported` or `inconclusive`, with the reasons as sentences."""

    word: str
    reasons: tuple[str, ...]


def judging_points(problem: Problem) -> np.ndarray:
    """Where errors are measured: a grid in up to three coordinates of a box; Sobol points beyond, and, inside of
    them, for other shapes."""
    lower, upper = (np.asarray(end) for end in problem.domain.bounds)
    dimension = len(lower)
    if dimension > 3 or not isinstance(problem.domain, Box):
        unit = Sobol().draw(16_384, dimension, np.random.default_rng(20_240_101))
        return problem.domain.interior().place(unit)
    sizes = {1: (2001,), 2: (256, 101), 3: (41, 41, 41)}[dimension]
    axes = [np.linspace(a, b, n) for a, b, n in zip(lower, upper, sizes, strict=True)]
    return np.stack([m.ravel() for m in np.meshgrid(*axes, indexing="ij")], axis=1)


def judge_reference(
    problem: Problem, points: np.ndarray, which: str = "auto"
) -> tuple[AbstractReference | None, Judged | None, str]:
    """The reference that the problem brings along, or the derived one, and what it gives at the judging points;
    where there is neither, the reason."""
    places = {c: points[:, a].copy() for a, c in enumerate(problem.domain.coordinates)}
    try:
        reference = reference_of(problem, which)
        return reference, reference.evaluate(places, tuple(problem.fields)), ""
    except Unsolved as failure:
        return None, None, f"No reference solution: {failure}"


def judging_reference(problem: Problem, method: str, which: str) -> str:
    """Which reference judges: a derived solution is held against the stated one, if there is one."""
    return STATED if method == "classical" and which == DERIVED and problem.reference is not None else which


def check_reference(problem: Problem) -> None:
    """A first look at the reference, at three points, so that its mistakes show before any training.

    Raises `ValueError` where it cannot be evaluated, or is finite at none.
    """
    if problem.reference is None:
        return
    region = problem.domain.interior()
    try:
        places = region.place(np.repeat([[0.3], [0.55], [0.7]], region.dimension, axis=1))
        found = problem.reference.evaluate(
            dict(zip(problem.domain.coordinates, places.T, strict=True)), tuple(problem.fields)
        )
    except Exception as error:
        raise ValueError(
            f"the reference cannot be evaluated ({type(error).__name__}: {error}); it takes "
            f"{listed(problem.domain.coordinates)} by name, as flat arrays, and returns an array, or a dict of "
            "arrays by field."
        ) from error
    for field, values in found.values.items():
        if not np.isfinite(values).any():
            raise ValueError(
                f"the reference is not finite for {field}, at {len(places)} places that were tried."
            )


def levelled(
    problem: Problem, points: np.ndarray, reference: Judged, values: Mapping[str, np.ndarray]
) -> Judged:
    """The reference, its fields that the problem leaves open up to a constant or a function of time shifted by the mean
    of what a solution's `values` differ from it, at each time that enough places share."""
    shifted = dict(reference.values)
    time = problem.domain.time
    at = points[:, problem.domain.coordinates.index(time)] if time else np.zeros(len(points))
    _, which, count = np.unique(at, return_inverse=True, return_counts=True)
    for field in floating(problem):
        if count.min() >= SHARED:
            gap = np.asarray(values[field], float) - shifted[field]
            told = np.bincount(which[reference.told], minlength=len(count))
            mean = np.bincount(which[reference.told], gap[reference.told], len(count)) / np.maximum(told, 1)
            shifted[field] = shifted[field] + mean[which]
    return replace(reference, values=shifted)


def errors_against(values: Mapping[str, np.ndarray], reference: Judged) -> dict[str, dict[str, float]]:
    """Norms by field: l1 = mean|e|, l2 = rms e, linf = max|e|, rel_l2 = |e| / |u_ref|.

    Places of which the reference tells nothing are left out. Where a field's reference is zero to within its own error,
    rel_l2 is l2 over the largest rms of the others, or over 1.
    """
    out = {}
    told = {f: v[reference.told] for f, v in reference.values.items()}
    largest = max(float(np.sqrt(np.mean(v * v))) for v in told.values()) or 1.0
    for field, expected in told.items():
        e = np.asarray(values[field], float)[reference.told] - expected
        size = float(np.sqrt(np.mean(expected * expected)))
        size = size if size > reference.errors[field] else largest
        l2 = float(np.sqrt((e * e).mean()))
        out[field] = {
            "l1": float(np.abs(e).mean()),
            "l2": l2,
            "linf": float(np.abs(e).max()),
            "rel_l2": l2 / size,
        }
    return out


def relative_errors(errors: Mapping[str, Mapping[str, float]], reference: Judged) -> dict[str, float]:
    """By field, the relative error by which a solution is judged: that in the root of the mean square, or, where the
    reference tells its own error in the mean, as solutions that jump do, that in the mean of absolute values.

    A shock of finite width is the right solution, at a distance in its own width; its square would count as the
    root of it.
    """
    if reference.norm == "max":
        return {f: e["rel_l2"] for f, e in errors.items()}
    scales = _scales(reference)
    return {f: e["l1"] / scales[f] for f, e in errors.items()}


def decide(
    problem: Problem,
    outcome: Outcome,
    *,
    detail: str = "",
    errors: Mapping[str, Mapping[str, float]] | None,
    reference: Judged | None,
    missing: str = "",
    residual: Mapping[str, float | None],
    relative_residual: float | None,
    conditions: Misses,
    found: bool = False,
) -> Verdict:
    """Weigh the evidence; without a reference nothing is called supported. Where the reference is that of the
    parameters `found`, data that are missed speak against these."""
    reasons = []
    if outcome is Outcome.NON_FINITE:
        return Verdict("not supported", (f"{outcome.sentence} It was {detail}.",))
    train, fresh = residual.get("train"), residual.get("fresh")
    loose = train is not None and fresh is not None and fresh > OVERFIT * max(train, 1e-12) and fresh > 1e-8
    if relative_residual is not None and not math.isfinite(relative_residual):
        return Verdict("not supported", ("The residual is not finite on fresh points.",))
    if reference is None or errors is None or reference.doubt:
        refuted = _refuted(relative_residual, conditions)
        if refuted:
            return Verdict("not supported", refuted)
        if reference is not None and reference.doubt:
            reasons.append(f"The reference has not converged, and judges nothing: {reference.doubt}")
        else:
            reasons.append(missing or "No reference solution is known.")
            reasons.append("Residuals alone cannot show that the solution is right.")
        return Verdict("inconclusive", tuple(reasons))
    relative = relative_errors(errors, reference)
    worst = max(relative, key=relative.__getitem__)
    rel = relative[worst]
    kind = "relative error" if reference.norm == "max" else "relative error in the mean"
    if not math.isfinite(rel):
        return Verdict("not supported", (f"The solution for {worst} is not finite.",))
    blurred = _blurred(problem, errors, reference)
    if blurred:
        reasons.append(
            f"The reference's own error in {blurred}, {reference.errors[blurred]:.1e}, is too large to judge by; "
            "refine it."
        )
        return Verdict("inconclusive", tuple(reasons))
    against = "the reference at the parameters found" if found else "the reference"
    refuted = _refuted(None, conditions) if found else ()
    if rel <= problem.tolerance and not refuted:
        reasons.append(
            f"The {kind} of {worst} against {against}, {rel:.1e}, is within {problem.tolerance:g}."
        )
        if loose:
            reasons.append("Residuals on fresh points are far above those of training; take more points.")
        return Verdict("supported", tuple(reasons))
    reasons += refuted
    if rel <= problem.tolerance:
        reasons.append("Take a wider or deeper network (network=), or train longer (budget=, steps=).")
        return Verdict("not supported", tuple(reasons))
    reasons.append(f"The {kind} of {worst} against {against}, {rel:.1e}, exceeds {problem.tolerance:g}.")
    if loose:
        reasons.append(
            "The law holds at the training points but not between them: take more, or adaptive, points."
        )
    elif fresh is not None and relative_residual is not None and relative_residual < problem.tolerance:
        other = f"{reference.remark} This may be one." if reference.remark else ""
        reasons.append(
            f"The residual is small all the same. {other}"
            if other
            else "The residual is small all the same: the law has other near-solutions; check the conditions."
        )
    else:
        reasons.append("Train longer (budget=, steps=), or with a wider network.")
    return Verdict("not supported", tuple(reasons))


def _blurred(problem: Problem, errors: Mapping[str, Mapping[str, float]], reference: Judged) -> str | None:
    """A field on which the reference's own error is no small share of what it is to tell: the error of the solution,
    or what is allowed."""
    scales = _scales(reference)
    for field, scale in scales.items():
        found = errors[field]["l1" if reference.norm == "mean" else "linf"]
        if reference.errors[field] > TRUST * max(problem.tolerance * scale, found):
            return field
    return None


def _scales(reference: Judged) -> dict[str, float]:
    """The size of each field in the norm of the reference's errors; that of the largest where a field is zero to within
    its own error."""
    measure = np.mean if reference.norm == "mean" else np.max
    sizes = {f: float(measure(np.abs(v[reference.told]))) for f, v in reference.values.items()}
    largest = max(sizes.values()) or 1.0
    return {f: size if size > reference.errors[f] else largest for f, size in sizes.items()}


def _refuted(relative_residual: float | None, conditions: Misses) -> tuple[str, ...]:
    """What residuals alone show to be wrong."""
    reasons = []
    if relative_residual is not None and relative_residual > REFUTING:
        reasons.append(
            f"On fresh points the law is missed by {relative_residual:.0%} of the size of its own terms."
            " Train longer (budget=, steps=), with another network, or over a shorter time."
        )
    for name, miss in conditions.items():
        if miss.get("noise", 0.0) > NOISE_REFUTING:
            reasons.append(f"The data of {name} are missed by {miss['noise']:.3g} times their noise.")
        elif miss["relative"] > REFUTING:
            reasons.append(f"The condition {name} is missed by {miss['relative']:.0%} of its size.")
    return tuple(reasons)


def decide_classical(problem: Problem, reference: Judged) -> Verdict:
    """A reference taken as the solution has its own error estimate to show, and nothing beside it."""
    if reference.doubt:
        return Verdict("inconclusive", (f"The solution has not converged: {reference.doubt}",))
    relative = max(reference.errors[f] / scale for f, scale in _scales(reference).items())
    alone = "nothing independent was compared with it."
    others = (reference.remark,) if reference.remark else ()
    if relative <= problem.tolerance:
        small = f"The error that the reference estimates of itself, {relative:.1e}, is small; {alone}"
        return Verdict("supported", (small, *others))
    return Verdict(
        "inconclusive",
        (f"The error that the reference estimates of itself, {relative:.1e}, is too large; {alone}",),
    )


def follow_quantities(
    problem: Problem, derivative: Callable[[np.ndarray, str, Index], np.ndarray], params: Mapping[str, float]
) -> dict[str, dict[str, float]]:
    """The integral over space of each quantity's density, at 11 times: first, last and largest drift.

    In up to three coordinates of space; `derivative(points, field, index)` gives the solution.
    """
    time, coordinates = problem.domain.time, problem.domain.coordinates
    if len(problem.domain.space) > 3:
        return {}
    points, weight = quadrature(problem.domain)
    lower, upper = (np.asarray(end) for end in problem.domain.bounds)
    totals: dict[str, list[float]] = {name: [] for name in problem.quantities}
    for share_of_time in np.linspace(0, 1, 11):
        if time:
            at = coordinates.index(time)
            points[:, at] = lower[at] + share_of_time * (upper[at] - lower[at])
        for name, density in problem.quantities.items():
            values = {f: {i: derivative(points, f, i) for i in needed} for f, needed in density.needs.items()}
            local = density.at_many(values, points, params)
            totals[name].append(float(np.sum(weight * local)))
    return {
        name: {"start": t[0], "end": t[-1], "drift": float(np.max(np.abs(np.asarray(t) - t[0])))}
        for name, t in totals.items()
    }
