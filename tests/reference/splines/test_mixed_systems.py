"""Systems of the first order, whose ends hold one field more often than its own derivatives ask for."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.reference import Steady
from lawful.reference.splines.weights import weights_of

ROD, SQUARE = lw.Box(x=(0, 1)), lw.Box(x=(0, 1), y=(0, 1))
X = np.linspace(0, 1, 21)
PLACES = np.random.default_rng(0).random((200, 2))
FREE = {"free x": lw.Free(on="x"), "free y": lw.Free(on="y")}


def rod(law, fields, **ends):
    return lw.Problem(ROD, fields, {"law": lw.Interior(law), **ends, "free": lw.Free(on="x")})


LOW, HIGH = lw.Boundary(lambda u: u, on="x.lower"), lw.Boundary(lambda u: u - 1, on="x.upper")
RODS = {
    "flux": (lambda u, q: {"a": q - u.x, "b": q.x}, {"u": lambda x: x, "q": np.ones_like}),
    "conductivity": (
        lambda u, q, x: {"a": q - (1 + x) * u.x, "b": q.x},
        {"u": lambda x: np.log(1 + x) / np.log(2), "q": lambda x: np.full_like(x, 1 / np.log(2))},
    ),
    "nonlinear": (
        lambda u, q: {"a": q - (1 + u) * u.x, "b": q.x},  # (1 + u)^2 = 1 + 3 x
        {"u": lambda x: np.sqrt(1 + 3 * x) - 1, "q": lambda x: np.full_like(x, 1.5)},
    ),
}


@pytest.mark.parametrize("name", RODS)
def test_a_rod_in_mixed_form(name: str) -> None:
    law, exact = RODS[name]
    found = Steady().solve(rod(law, "u q", low=LOW, high=HIGH), 1).evaluate(X[:, None])
    for field, values in exact.items():
        np.testing.assert_allclose(found[field], values(X), atol=3e-9)


def test_a_clamped_beam_by_its_moment() -> None:
    """w'' = M, M'' = 1: all four conditions on w, of order 2 alone; w = x^2 (1 - x)^2 / 24."""
    clamped = lw.Boundary(lambda w: {"w": w, "slope": w.x}, on="x")
    beam = rod(lambda w, M: {"a": M - w.xx, "b": M.xx - 1}, "w M", ends=clamped)
    assert Steady().refuses(beam) is None
    found = Steady().solve(beam, 0).evaluate(X[:, None])
    np.testing.assert_allclose(found["w"], X**2 * (1 - X) ** 2 / 24, atol=1e-12)
    np.testing.assert_allclose(found["M"], (6 * X**2 - 6 * X + 1) / 12, atol=1e-12)


def poisson(**walls):
    """p = u_x, q = u_y, p_x + q_y = -5 u of u = sin(x) sin(2 y)."""

    def law(u, p, q, x, y):
        return {"a": p - u.x, "b": q - u.y, "c": p.x + q.y + 5 * jnp.sin(x) * jnp.sin(2 * y)}

    return lw.Problem(SQUARE, "u p q", {"law": lw.Interior(law), **walls, **FREE})


def value(u, x, y):
    return u - jnp.sin(x) * jnp.sin(2 * y)


def flux(q, x, y):
    return q - 2 * jnp.sin(x) * jnp.cos(2 * y)


WALLS = {
    "values": {"x": lw.Boundary(value, on="x"), "y": lw.Boundary(value, on="y")},
    "fluxes above and below": {"x": lw.Boundary(value, on="x"), "y": lw.Boundary(flux, on="y")},
    "flux above": {
        "x": lw.Boundary(value, on="x"),
        "below": lw.Boundary(value, on="y.lower"),
        "above": lw.Boundary(flux, on="y.upper"),
    },
}


@pytest.mark.parametrize("name", WALLS)
def test_poissons_equation_in_mixed_form_converges(name: str) -> None:
    problem = poisson(**WALLS[name])
    assert Steady().refuses(problem) is None
    x, y = PLACES.T
    exact = {
        "u": np.sin(x) * np.sin(2 * y),
        "p": np.cos(x) * np.sin(2 * y),
        "q": 2 * np.sin(x) * np.cos(2 * y),
    }
    levels = [Steady().solve(problem, k).evaluate(PLACES) for k in (0, 1)]
    errors = [{f: np.abs(found[f] - exact[f]).max() for f in exact} for found in levels]
    orders = {f: np.log(errors[0][f] / errors[1][f]) / np.log(1.5) for f in exact}
    print(errors, orders)
    assert errors[1]["u"] < 1e-9
    assert max(errors[1].values()) < 1e-7
    assert min(orders.values()) > 4.5


def test_weights_are_those_of_the_equations_that_the_systems_stand_for() -> None:
    weights = weights_of(poisson(**WALLS["values"]))
    assert weights is not None
    assert weights.fields == {"u": 2, "p": 1, "q": 1}
    assert list(weights.laws.values()) == [-1, -1, 0]


def test_walls_that_give_too_few_conditions_where_they_meet_are_refused() -> None:
    walls = {
        "x": lw.Boundary(lambda p, x, y: p - jnp.cos(x) * jnp.sin(2 * y), on="x"),
        "below": lw.Boundary(value, on="y.lower"),
        "above": lw.Boundary(flux, on="y.upper"),
    }
    refusal = Steady().refuses(poisson(**walls))
    assert refusal is not None
    assert refusal.startswith("the ends hold p more often than the laws' own derivatives ask for")
