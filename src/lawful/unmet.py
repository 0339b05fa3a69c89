"""Which conditions are left to training."""

from collections.abc import Mapping

import jax.numpy as jnp
import numpy as np

from .conditions import Bound
from .corners import relieved
from .magnitude import residuals_and_sizes
from .points import side_points
from .potential import integrated_start
from .problem import Problem
from .trial import TrialSpace

LOOKS = 2
FLOORS = {"float64": 1e-10, "float32": 3e-5}
"""The size of a residual, against that of its own parts, at which it is rounding."""


def unmet_conditions(problem: Problem, space: TrialSpace) -> dict[str, Bound]:
    """The conditions less the terms that the ansatz or the network meets whatever its parameters, starts of potentials
    integrated."""
    rng = np.random.default_rng(5)
    thetas = [np.asarray(space.initial) + 0.3 * rng.standard_normal(space.size) for _ in range(LOOKS)]
    points, inside = side_points(problem, seed=0)
    out = dict(problem.conditions)
    for name, batch in points.items():
        out[name] = out[name].without(_met(space, out[name], batch, inside, thetas))
    return {name: relieved(problem, integrated_start(problem, bound)) for name, bound in out.items()}


def _met(
    space: TrialSpace,
    bound: Bound,
    batch: Mapping[str, np.ndarray],
    inside: np.ndarray,
    thetas: list[np.ndarray],
) -> frozenset[str]:
    evaluate = residuals_and_sizes(space, bound)
    met = set(bound.terms)
    for theta in thetas:
        residuals, sizes = evaluate(theta, batch, inside)
        for term in bound.terms:
            rms = float(jnp.sqrt(jnp.mean(residuals[term] ** 2)))
            if not rms <= FLOORS[space.dtype.name] * float(jnp.max(sizes[term])):
                met.discard(term)
    return frozenset(met)
