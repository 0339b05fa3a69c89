"""Standard errors of parameters found from data, by Fisher's information."""

from collections.abc import Mapping

import jax
import jax.numpy as jnp
import numpy as np

from .objective import Objective, device_mesh
from .points import PointSets
from .problem import Problem
from .recipe import Recipe
from .sampling import Sobol
from .trial import TrialSpace
from .unmet import unmet_conditions

NORMAL_95 = 1.959963984540054
LAW_STIFFNESS = 1e4
"""Factor by which laws outweigh data in the information, so that they act as constraints."""
MOST_ROWS = 2000


def parameter_intervals(
    problem: Problem, recipe: Recipe, space: TrialSpace, theta: np.ndarray
) -> tuple[dict[str, float], dict[str, tuple[float, float]]]:
    """Values of the unknown parameters, and their 95 % intervals where data were given.

    The information matrix is J^T J of all residuals, data in units of their noise and laws as stiff
    constraints; the variance of a parameter is its entry in the inverse, which marginalises the
    network (Cramér-Rao bound). Noise that was not given is estimated from the misfit with Student's t
    in place of the normal. The interval is symmetric in the free number and so keeps the bounds.
    """
    names = tuple(problem.unknowns)
    values = space.parameters(space.tree(jnp.asarray(theta, space.dtype)))
    found = {name: float(values[name]) for name in names}
    data = [b for b in problem.conditions.values() if b.kind == "data"]
    if not names or not data:
        return found, {}
    rows, misfit, known_noise = _information_rows(problem, recipe, space, theta)
    count = len(misfit)
    free = [_position(space, theta, name) for name in names]
    scale, factor = 1.0, NORMAL_95
    if not known_noise:
        from scipy.stats import t

        left = count - len(names)
        if left < 1:
            return found, {}
        scale, factor = float(np.sqrt(np.sum(misfit**2) / left)), float(t.ppf(0.975, left))
    _, upper = np.linalg.qr(rows)
    upper = upper + np.diag(np.where(np.abs(np.diag(upper)) < 1e-12, 1e-12, 0.0))
    out = {}
    for name, at in zip(names, free, strict=True):
        unit = np.zeros(rows.shape[1])
        unit[at] = 1.0
        deviation = scale * float(np.linalg.norm(np.linalg.solve(upper.T, unit)))
        unknown, middle = problem.unknowns[name], float(theta[at])
        ends = [float(unknown.value(jnp.asarray(middle + sign * factor * deviation))) for sign in (-1, 1)]
        out[name] = (min(ends), max(ends))
    return found, out


def _position(space: TrialSpace, theta: np.ndarray, name: str) -> int:
    """Where the free number of an unknown stands in theta."""
    marks = space.tree(jnp.arange(len(theta), dtype=space.dtype))
    return round(float(marks[1][name]))


def _information_rows(
    problem: Problem, recipe: Recipe, space: TrialSpace, theta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Rows of the Jacobian, and the misfit of the data in units of their noise (or of the field)."""
    conditions = {n: b for n, b in unmet_conditions(problem, space).items() if b.terms}
    counts: Mapping[str, int] = {n: min(recipe.points[n], MOST_ROWS) for n in conditions}
    points = PointSets(problem, conditions, Sobol(), counts, recipe.seed)
    at = jnp.asarray(theta, space.dtype)
    parts, misfit, known = [], [], True
    for name, bound in conditions.items():
        objective = Objective(space, {name: bound}, device_mesh(1))
        batch = points.first()[name]
        placed = objective.place({name: batch})
        ones = jnp.ones(len(objective.terms), space.dtype)
        rows, r = jax.jit(objective.jacobian)(objective.replicate(at), placed, objective.replicate(ones))
        used = np.asarray(placed[name]["weight"]) > 0
        used = np.tile(used, len(bound.terms))
        rows, r = np.asarray(rows)[used], np.asarray(r)[used]
        size = np.sqrt(len(batch["points"]))  # rows come scaled by 1 / sqrt(N)
        if bound.kind == "data":
            parts.append(rows * size)
            misfit.append(r * size)
            known &= all(bound.noise.values())
        else:
            deviation = min(
                float(np.min(b.fixed[f"deviation.{f}"]))
                for b in conditions.values()
                if b.kind == "data" and b.fixed is not None
                for f in b.needs
            )
            parts.append(rows * size * LAW_STIFFNESS / max(deviation, 1e-12))
    parts.append(1e-6 * np.eye(len(theta)))
    return np.concatenate(parts), np.concatenate(misfit), known
