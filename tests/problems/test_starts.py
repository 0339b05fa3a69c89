"""A start on a circle joins at its ends as smoothly as is said of it, so that what is derived from it is too."""

import jax
import numpy as np
import pytest

from lawful import problems
from lawful.ansatz import prescribed
from lawful.cli.catalogue import catalogue
from lawful.problem import Problem
from lawful.structure import parameter_values

MADE = {name: vars(problems)[name]() for name in catalogue()}
ON_A_CIRCLE = [name for name, problem in MADE.items() if any(b.joins for b in problem.conditions.values())]
KINKS = {"allen_cahn": 4.0, "schrodinger_nls": 4 / np.cosh(5) * np.tanh(5)}
"""The jump of the slope at the seam, where the file of the problem tells of one."""


def at_the_seam(problem: Problem, axis: int) -> tuple[float, float]:
    """By how much the starts, and their slopes along the axis, differ between the two ends."""
    lower, upper = (np.asarray(end) for end in problem.domain.bounds)
    places = lower + np.random.default_rng(4).random((16, len(lower))) * (upper - lower)
    places[:, problem.domain.coordinates.index(problem.domain.time)] = lower[-1]
    low, high = places.copy(), places.copy()
    low[:, axis], high[:, axis] = lower[axis], upper[axis]
    values, slopes = 0.0, 0.0
    for bound in problem.conditions.values():
        for term in prescribed(problem, bound) if bound.at_start else []:
            both = jax.jit(
                jax.vmap(jax.value_and_grad(lambda x, f=term: f.target(x, parameter_values(problem))))
            )
            (a, da), (b, db) = both(low), both(high)
            values = max(values, float(np.abs(a - b).max()))
            slopes = max(slopes, float(np.abs(da[:, axis] - db[:, axis]).max()))
    return values, slopes


@pytest.mark.parametrize("name", ON_A_CIRCLE)
def test_a_start_joins_at_the_seam(name: str) -> None:
    problem = MADE[name]
    around = {face[0] for bound in problem.conditions.values() if bound.joins for face in bound.faces}
    for coordinate in around:
        values, slopes = at_the_seam(problem, problem.domain.coordinates.index(coordinate))
        assert values <= 1e-9
        assert slopes == pytest.approx(KINKS.get(name, 0.0), abs=1e-9)


def test_the_starts_without_a_reference_agree_with_the_inlet() -> None:
    """In reaction_diffusion, whose reference is derived, a jump at the corner would be its largest error."""
    conditions = MADE["reaction_diffusion"].conditions
    start, inlet = (
        {f.slot[0]: f.target for f in prescribed(MADE["reaction_diffusion"], conditions[name])}
        for name in ("start", "inlet")
    )
    corner = np.zeros(2)
    for field in ("Ca", "Cb"):
        assert float(start[field](corner, {})) == pytest.approx(float(inlet[field](corner, {})), abs=1e-12)
