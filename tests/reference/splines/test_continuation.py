"""Roots that are found from others: at coarser levels, and along a path of growing loads."""

import numpy as np
import pytest

import lawful as lw
from lawful.reference import Steady, Unsolved
from lawful.reference.splines.newton import continued, newton
from lawful.reference.splines.steady import even_meshes
from lawful.reference.splines.system import System

BOTELLA = {"u": (0.1717, -0.3885698), "v": (0.8422, 0.3769447)}
"""At Re = 1000 the least u at x = 1/2, and the largest v at y = 1/2 with 1 - x: Botella and Peyret (1998), Computers &
Fluids 27, table 9."""


def test_an_eddy_that_newtons_method_misses_is_found_by_continuation_and_refined() -> None:
    problem = lw.problems.lid_cavity(Re=1000.0)
    coarse, fine = (System(problem, even_meshes(problem, elements, 3)) for elements in (12, 20))
    zero = np.zeros(coarse.grid.size)
    with pytest.raises(Unsolved):
        newton(coarse.residual, coarse.jacobian, zero, "an eddy")
    state = continued(coarse.residual, coarse.jacobian, zero, "an eddy")
    state = newton(fine.residual, fine.jacobian, fine.grid.taken(coarse.grid, state), "an eddy")
    y, least = BOTELLA["u"]
    x, most = BOTELLA["v"]
    found = fine.grid.on_points(state, np.asarray([[0.5, y], [1 - x, 0.5]]))
    np.testing.assert_allclose([found["u"][0], found["v"][1]], [least, most], rtol=0.005)


def test_a_finer_level_begins_at_the_coarser_one(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = lw.problems.kovasznay()
    solver, factorisations = Steady(), []
    solver.solve(problem, 0)
    honest = System.jacobian
    monkeypatch.setattr(System, "jacobian", lambda self, y: factorisations.append(0) or honest(self, y))
    finer = solver.solve(problem, 1)
    assert len(factorisations) <= 2 + 3  # three tell whether the equations are affine
    rng = np.random.default_rng(0)
    points = np.stack([rng.uniform(*problem.domain.interval(c), 50) for c in "xy"], axis=1)
    assert problem.reference is not None
    exact = problem.reference.evaluate(dict(zip("xy", points.T, strict=True)), ("u",)).values["u"]
    np.testing.assert_allclose(finer.evaluate(points)["u"], exact, atol=1e-5)


@pytest.mark.parametrize("problem", [lw.problems.kovasznay(), lw.problems.helmholtz()], ids=lambda p: p.name)
def test_a_state_is_taken_over_as_the_same_function(problem: lw.Problem) -> None:
    coarse = System(problem, even_meshes(problem, 4, 3)).grid
    fine = System(problem, even_meshes(problem, 8, 3)).grid
    rng = np.random.default_rng(1)
    state = rng.standard_normal(coarse.size)
    points = np.stack([rng.uniform(*problem.domain.interval(c), 80) for c in "xy"], axis=1)
    before, after = coarse.on_points(state, points), fine.on_points(fine.taken(coarse, state), points)
    for field in problem.fields:
        np.testing.assert_allclose(after[field], before[field], atol=1e-10)
