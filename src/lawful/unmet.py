"""Which conditions are left to training."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np

from .conditions import Bound
from .magnitude import residuals_and_sizes
from .points import PointSets
from .problem import Problem
from .sampling import Sobol
from .trial import TrialSpace

LOOKS, PLACES = 2, 16
FLOORS = {"float64": 1e-10, "float32": 3e-5}
"""The size of a residual, against that of its own parts, at which it is rounding."""


def unmet_conditions(problem: Problem, space: TrialSpace) -> dict[str, Bound]:
    """The conditions less the terms that the ansatz or the network meets whatever its parameters."""
    sides = {n: b for n, b in problem.conditions.items() if b.kind not in ("interior", "data") and b.terms}
    points = PointSets(problem, sides, Sobol(), dict.fromkeys(sides, PLACES), seed=0).first()
    rng = np.random.default_rng(5)
    thetas = [np.asarray(space.initial) + 0.3 * rng.standard_normal(space.size) for _ in range(LOOKS)]
    region = problem.domain.interior()
    inside = region.place(Sobol().draw(PLACES, region.dimension, rng))
    out = dict(problem.conditions)
    for name, bound in sides.items():
        out[name] = bound.without(_met(space, bound, points[name], inside, thetas))
    return out


def _met(
    space: TrialSpace,
    bound: Bound,
    batch: Mapping[str, np.ndarray],
    inside: np.ndarray,
    thetas: list[np.ndarray],
) -> frozenset[str]:
    evaluate = residuals_and_sizes(space, bound)
    placed = {name: jnp.asarray(column, space.dtype) for name, column in batch.items()}
    within = jnp.asarray(inside, space.dtype)
    met = set(bound.terms)
    for theta in thetas:
        residuals, sizes = evaluate(jnp.asarray(theta, space.dtype), placed, within)
        for term in bound.terms:
            rms = float(jnp.sqrt(jnp.mean(residuals[term] ** 2)))
            if not rms <= FLOORS[space.dtype.name] * float(jnp.max(sizes[term])):
                met.discard(term)
    return frozenset(met)
