"""Corners at which walls contradict each other: where they are, what laws count there, and what networks learn."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.corners import contradictions, relieved


def square(lid, *, law=lambda u: lw.laplacian(u), sides=lambda u: u) -> lw.Problem:
    walls = {"lid": lw.Boundary(lid, on="y.upper"), "floor": lw.Boundary(lambda u: u, on="y.lower")}
    conditions = {"law": lw.Interior(law), "sides": lw.Boundary(sides, on="x")} | walls
    return lw.Problem(lw.Box(x=(0, 2), y=(0, 1)), "u", conditions)


def told(problem: lw.Problem) -> list[str]:
    return [c.told(problem) for c in contradictions(problem)]


def test_contradictions_are_found_and_rounding_is_none() -> None:
    both = ["(x = 0, y = 1)", "(x = 2, y = 1)"]
    assert told(square(lambda u: u - 1)) == both
    assert told(square(lambda u, x: 3 * u - x)) == both[1:]
    assert told(square(lambda u, x: u - jnp.sin(jnp.pi * x))) == []  # sin(2 pi) is 2e-16
    assert told(square(lambda u: u.y - 1)) == []
    assert told(square(lambda u: u - 1, sides=lambda u: u.x)) == []
    assert told(lw.problems.lid_cavity()) == ["(x = 0, y = 1)", "(x = 1, y = 1)"]
    assert told(lw.problems.burgers()) == []


def test_in_space_and_time_they_are_edges() -> None:
    box = lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1))
    conditions = {
        "law": lw.Interior(lambda u: u.t - lw.laplacian(u)),
        "hot": lw.Boundary(lambda u, t: u - t, on="x.lower"),
        "cold": lw.Boundary(lambda u: u, on="x.upper"),
        "open": lw.Boundary(lambda u: u, on="y"),
        "start": lw.Initial(lambda u: u),
    }
    problem = lw.Problem(box, "u", conditions)
    assert told(problem) == ["(x = 0, y = 0)", "(x = 0, y = 1)"]


def test_laws_count_the_less_the_nearer_they_are() -> None:
    """The residual of u_xx + u_yy - 1 at u = 0 is -1 wherever it counts in full."""
    problem = square(lambda u: u - 1, law=lambda u: lw.laplacian(u) - 1)
    bound = problem.conditions["law"]
    shared = relieved(problem, bound)
    values = {"u": dict.fromkeys(bound.needs["u"], jnp.zeros(()))}

    def at(x: float, y: float) -> float:
        return -float(shared.residual([values], jnp.asarray([[x, y]]), {}, {})["law"])

    assert at(1.0, 0.5) == 1.0
    assert at(0.0, 1.0) == 0.0
    assert at(0.1, 1.0) == pytest.approx(0.25)  # a twentieth of the side, of a fifth
    assert at(2.0, 0.9) == pytest.approx(0.5)
    assert at(0.0, 0.0) == 1.0  # where nothing is contradicted
    lid = problem.conditions["lid"]
    assert relieved(problem, lid) is lid


def test_single_precision_stays_single() -> None:
    solution = lw.solve(square(lambda u: u - 1), method="pinn", steps=20, dtype="float32")
    assert solution.facts["steps"] == 20


def test_what_is_learnt_is_nearer_to_the_solution(monkeypatch: pytest.MonkeyPatch) -> None:
    """Laplace's equation under a lid; without relief corners take all points and all of the loss."""
    problem = square(lambda u: u - 1)
    errors = []
    for _ in range(2):
        solution = lw.solve(problem, method="pinn", steps=400, reference="derived")
        errors.append(solution.facts["errors"]["u"]["l1"])
        monkeypatch.setattr("lawful.unmet.relieved", lambda problem, bound: bound)
    assert "walls contradict each other at (x = 0, y = 1) and (x = 2, y = 1)" in solution.report()
    assert np.isfinite(errors).all()
    assert errors[0] < errors[1] / 3
