"""Which conditions are left to training."""

import jax.numpy as jnp
import numpy as np

from .conditions import Bound
from .objective import Objective, device_mesh
from .points import PointSets
from .problem import Problem
from .sampling import Sobol
from .trial import TrialSpace


def unmet_conditions(problem: Problem, space: TrialSpace) -> dict[str, Bound]:
    """The conditions less the terms that the ansatz or the network meets whatever its parameters."""
    sides = {n: b for n, b in problem.conditions.items() if b.kind not in ("interior", "data")}
    objective = Objective(space, sides, device_mesh(1))
    if not objective.terms:
        return dict(problem.conditions)
    counts = dict.fromkeys(objective.conditions, 16)
    points = PointSets(problem, objective.conditions, Sobol(), counts, seed=0)
    data = objective.place(points.first())
    rng = np.random.default_rng(5)
    floor = 1e-20 if space.dtype == jnp.float64 else 1e-9
    met = np.ones(len(objective.terms), bool)
    for _ in range(2):
        theta = np.asarray(space.initial) + 0.3 * rng.standard_normal(space.size)
        squares = np.asarray(
            objective.jitted.mean_squares(objective.replicate(jnp.asarray(theta, space.dtype)), data)
        )
        met &= squares <= floor
    dropped = frozenset(term for term, m in zip(objective.terms, met, strict=True) if m)
    return {name: bound.without(dropped) for name, bound in problem.conditions.items()}
