"""Viscosity solutions against exact ones: kinks, order, both directions of time, and what is refused."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

import lawful as lw
from lawful.problem import Problem
from lawful.problems import eikonal
from lawful.reference import derive
from lawful.reference.hyperbolic.hamilton_jacobi import HamiltonJacobi

W = 2 * np.pi
SOLVER = HamiltonJacobi()


def circle(law: Any, start: Any, end: float = 0.1, **more: Any) -> Problem:
    return Problem(
        domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, end)),
        fields="u",
        conditions={"pde": lw.Interior(law), "circle": lw.Periodic(on="x"), "start": lw.Initial(start)}
        | more,
    )


def test_the_backward_eikonal_of_the_catalogue() -> None:
    problem = eikonal()
    assert isinstance(derive(problem).solvers[0], HamiltonJacobi)
    points = problem.domain.interior().place(np.random.default_rng(0).random((5000, 2)))
    exact = problem.reference.evaluate({"x": points[:, 0], "t": points[:, 1]}, ("u",)).values["u"]
    errors = []
    for level in (0, 1):
        e = np.abs(HamiltonJacobi(cells=100).solve(problem, level).evaluate(points)["u"] - exact)
        errors.append([e.max(), e.mean()])
    orders = np.log2(np.array(errors[0]) / np.array(errors[1]))
    print(f"largest and mean error: {errors[-1]}, observed orders {orders.round(2)}")
    assert errors[-1][0] <= 1e-2
    assert errors[-1][1] <= 2e-4
    assert orders[0] >= 0.6
    assert orders[1] >= 1.2


def test_the_law_may_be_scaled_and_solved_for_its_rate() -> None:
    """The same law times a factor of place, written the other way round, gives the same solution."""
    one = circle(lambda u: u.t + jnp.sqrt(1 + u.x**2), lambda u, x: u - jnp.sin(W * x) / W)
    other = circle(
        lambda u, x: -(2 + jnp.sin(x)) * (jnp.sqrt(1 + u.x**2) + u.t),
        lambda u, x: 3 * jnp.sin(W * x) / W - 3 * u,
    )
    points = np.random.default_rng(1).random((200, 2)) * [1, 0.1]
    found = [HamiltonJacobi(cells=40).solve(p, 0).evaluate(points)["u"] for p in (one, other)]
    np.testing.assert_allclose(found[0], found[1], atol=1e-13)


def test_high_order_where_smooth() -> None:
    """u_t + u_x^2 / 2 = 0 from -cos(2 pi x) / (2 pi), by its characteristics; steps as h^(5/3)."""
    problem = circle(lambda u: u.t + u.x**2 / 2, lambda u, x: u + jnp.cos(W * x) / W)
    x = np.linspace(0, 1, 201)

    def foot(place: float) -> float:
        return float(
            brentq(lambda y: y + 0.1 * np.sin(W * y) - place, place - 0.11, place + 0.11, xtol=1e-15)
        )

    y = np.array([foot(place) for place in x])
    exact = -np.cos(W * y) / W + 0.1 * np.sin(W * y) ** 2 / 2
    errors = []
    for level in range(3):
        solver = HamiltonJacobi(cells=80, courant=0.5 * 2 ** (-2 * level / 3))
        u = solver.solve(problem, level).evaluate(np.stack([x, np.full(len(x), 0.1)], axis=1))["u"]
        errors.append(np.abs(u - exact).mean())
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    print(f"observed orders of the mean error: {orders.round(2)}")
    assert orders[-1] >= 4.5
    assert errors[-1] <= 5e-9


def test_a_hamiltonian_that_is_not_convex_and_varies_in_place_and_time() -> None:
    """u_t + (2 + x t) (u_x^2 - 1)^2 = 0 from |x|, whose speeds change in time: Lax and Friedrichs."""
    problem = Problem(
        domain=lw.Box(x=(-1, 1)) * lw.Time(t=(0, 0.5)),
        fields="u",
        conditions={
            "pde": lw.Interior(lambda u, x, t: u.t + (2 + x * t) * (u.x**2 - 1) ** 2),
            "ends": lw.Free(on="x"),
            "start": lw.Initial(lambda u, x: u - jnp.abs(x)),
        },
    )
    points = np.random.default_rng(2).random((400, 2)) * [2, 0.5] - [1, 0]
    assert SOLVER.refuses(problem) is None
    u = HamiltonJacobi(cells=100).solve(problem, 0).evaluate(points)["u"]
    # the slopes -1 and 1 have H = 0 and stay; between them, at the kink, H >= 0 lowers u
    away = np.abs(points[:, 0]) > 0.5
    np.testing.assert_allclose(u[away], np.abs(points[away, 0]), atol=1e-6)
    assert (u <= np.abs(points[:, 0]) + 1e-2).all()


@pytest.mark.parametrize(
    ("law", "reason"),
    [
        (lambda u: u.t + u.x, "the law is linear in u.x."),
        (lambda u: u.t + u * u.x, "state the law by Conservation(flux)."),
        (lambda u: u.t - u.xx, "the law is of order 2 in x, as u.xx shows."),
        (lambda u: u.t**2 + u.x**2, "the law is not linear in u.t."),
        (lambda u: 0 * u.t + u.x**2, "the law cannot be solved for u.t everywhere."),
    ],
)
def test_what_it_cannot_do_is_said_in_one_sentence(law: Any, reason: str) -> None:
    said = SOLVER.refuses(circle(law, lambda u: u))
    assert said is not None
    assert said.endswith(reason)


def test_other_statements_are_refused() -> None:
    law, start = lambda u: u.t + u.x**2, lambda u: u
    assert SOLVER.refuses(circle(law, start, end_=lw.Final(lambda u: u))) == (
        "the field is prescribed at both the first and the last time."
    )
    plane = Problem(
        domain=lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1)),
        fields="u",
        conditions={"pde": lw.Interior(lambda u: u.t + u.x**2 + u.y**2), "start": lw.Initial(start)},
    )
    assert "no interval of one coordinate" in (SOLVER.refuses(plane) or "")
