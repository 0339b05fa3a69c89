"""Standard errors of parameters found from data, by Fisher's information."""

from collections.abc import Mapping
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np

from .conditions import Bound
from .magnitude import residuals_and_sizes
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
    network (Cramér-Rao bound). Noise that was not given is estimated from the misfit, field by field,
    with Student's t in place of the normal. The interval is symmetric in the free number and so keeps the bounds.
    """
    names = tuple(problem.unknowns)
    values = space.parameters(space.tree(jnp.asarray(theta, space.dtype)))
    found = {name: float(values[name]) for name in names}
    data = [b for b in problem.conditions.values() if b.observes]
    if not names or not data:
        return found, {}
    misfits, laws = _information(problem, recipe, space, theta)
    factor = NORMAL_95
    if not all(m.known for m in misfits):
        from scipy.stats import t

        count = sum(len(m.values) for m in misfits)
        left = count - len(names)
        if left < 1:
            return found, {}
        factor = float(t.ppf(0.975, left))
        misfits = [m if m.known else m.in_units_of_its_noise(count / left) for m in misfits]
    # laws hold far more exactly, against the size of their own terms, than any datum against its field's
    finest = max(min(m.relative_noise for m in misfits), 1e-12)
    rows = np.concatenate(
        [m.rows for m in misfits]
        + [law * (LAW_STIFFNESS / finest) for law in laws]
        + [1e-6 * np.eye(len(theta))]
    )
    free = [_position(space, theta, name) for name in names]
    _, upper = np.linalg.qr(rows)
    upper = upper + np.diag(np.where(np.abs(np.diag(upper)) < 1e-12, 1e-12, 0.0))
    out = {}
    for name, at in zip(names, free, strict=True):
        unit = np.zeros(rows.shape[1])
        unit[at] = 1.0
        deviation = float(np.linalg.norm(np.linalg.solve(upper.T, unit)))
        unknown, middle = problem.unknowns[name], float(theta[at])
        ends = [float(unknown.value(jnp.asarray(middle + sign * factor * deviation))) for sign in (-1, 1)]
        out[name] = (min(ends), max(ends))
    return found, out


def _position(space: TrialSpace, theta: np.ndarray, name: str) -> int:
    """Where the free number of an unknown stands in theta."""
    marks = space.tree(jnp.arange(len(theta), dtype=space.dtype))
    return round(float(marks[1][name]))


@dataclass(frozen=True)
class Misfit:
    """The misfit of one kind of observation in units of its noise where that is `known`, else in those of
    its field; the rows of its Jacobian in the same units; its noise against the size of its field."""

    values: np.ndarray
    rows: np.ndarray
    known: bool
    relative_noise: float

    def in_units_of_its_noise(self, inflation: float) -> "Misfit":
        """The noise estimated as the root mean square misfit, times what was lost to fitting."""
        noise = max(float(np.sqrt(np.mean(self.values**2) * inflation)), 1e-300)
        return Misfit(self.values / noise, self.rows / noise, True, self.relative_noise * noise)


def _information(
    problem: Problem, recipe: Recipe, space: TrialSpace, theta: np.ndarray
) -> tuple[list[Misfit], list[np.ndarray]]:
    """The misfits of the data, and the Jacobians of all other terms over the sizes of their own parts."""
    conditions = {n: b for n, b in unmet_conditions(problem, space).items() if b.terms}
    counts: Mapping[str, int] = {n: min(recipe.points[n], MOST_ROWS) for n in conditions}
    points = PointSets(problem, conditions, Sobol(), counts, recipe.seed).first()
    at = jnp.asarray(theta, space.dtype)
    misfits: list[Misfit] = []
    laws: list[np.ndarray] = []
    for name, bound in conditions.items():
        batch = points[name]
        sizes = {} if bound.observes else residuals_and_sizes(space, bound)(theta, batch)[1]
        for term in bound.terms:
            alone = bound.without(frozenset(bound.terms) - {term})
            objective = Objective(space, {name: alone}, device_mesh(1))
            placed = objective.place({name: batch})
            ones = jnp.ones(1, space.dtype)
            rows, r = objective.jitted.jacobian(objective.replicate(at), placed, objective.replicate(ones))
            real = np.asarray(placed[name]["weight"]) > 0
            scale = np.sqrt(len(batch["points"]))  # rows come scaled by 1 / sqrt(N)
            rows, r = np.asarray(rows, float)[real] * scale, np.asarray(r, float)[real] * scale
            if bound.observes:
                misfits.append(Misfit(r, rows, bound.noise[term], _relative_noise(bound, term)))
            else:
                size = float(jnp.sqrt(jnp.mean(sizes[term] ** 2)))
                laws.append(rows / (size if size > 0 else 1.0))
    return misfits, laws


def _relative_noise(bound: Bound, term: str) -> float:
    """The least deviation of a datum against the root mean square of all."""
    assert bound.fixed is not None
    field = tuple(bound.needs)[bound.terms.index(term)]
    observed, deviation = bound.fixed[f"observed.{field}"], bound.fixed[f"deviation.{field}"]
    return float(deviation.min() / max(np.sqrt(np.mean(observed**2)), 1e-300))
