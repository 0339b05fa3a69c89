"""Laws of the fourth order on a square: published deflections, orders, corners of unlike faces, motion."""

import jax.numpy as jnp
import numpy as np
import pytest
import scipy.sparse as sp

import lawful as lw
from lawful.reference import Unsolved
from lawful.reference.splines import MethodOfLines, Steady
from lawful.reference.splines.newton import newton

PI = np.pi
CENTRE = np.asarray([[0.5, 0.5]])
PLACES = np.random.default_rng(2).random((200, 2))


def biharmonic(u):
    return u.xxxx + 2 * u.xxyy + u.yyyy


def square(law, x, y):
    conditions = {"law": lw.Interior(law), "x": lw.Boundary(x, on="x"), "y": lw.Boundary(y, on="y")}
    return lw.Problem(lw.Box(x=(0, 1), y=(0, 1)), "u", conditions)


@pytest.mark.parametrize(
    ("x", "y", "deflection"),
    [
        (lambda u: {"u": u, "moment": u.xx}, lambda u: {"u": u, "moment": u.yy}, 0.00406235266),
        (lambda u: {"u": u, "slope": u.x}, lambda u: {"u": u, "slope": u.y}, 0.00126531909),
    ],
    ids=["simply supported", "clamped"],
)
def test_plates_bend_as_published(x, y, deflection) -> None:
    """Timoshenko and Woinowsky-Krieger 1959, tables 8 and 35; more digits from Taylor and Govindjee 2004."""
    plate = square(lambda u: biharmonic(u) - 1, x, y)
    found = Steady().solve(plate, 1).evaluate(CENTRE)["u"][0]
    print(f"deflection {found:.12f}")
    assert found == pytest.approx(deflection, abs=1e-9)


def test_a_plate_whose_walls_move_converges_at_the_order_that_is_claimed() -> None:
    """Values and slopes prescribed, so that each corner joins data of two faces: u = exp(x) sin(2 y)."""
    plate = square(
        lambda u, x, y: biharmonic(u) - 9 * jnp.exp(x) * jnp.sin(2 * y),
        lambda u, x, y: {"u": u - jnp.exp(x) * jnp.sin(2 * y), "slope": u.x - jnp.exp(x) * jnp.sin(2 * y)},
        lambda u, x, y: {
            "u": u - jnp.exp(x) * jnp.sin(2 * y),
            "slope": u.y - 2 * jnp.exp(x) * jnp.cos(2 * y),
        },
    )
    exact = np.exp(PLACES[:, 0]) * np.sin(2 * PLACES[:, 1])
    errors = [np.abs(Steady().solve(plate, k).evaluate(PLACES)["u"] - exact).max() for k in (0, 1)]
    order = np.log(errors[0] / errors[1]) / np.log(1.5)
    print(f"errors {errors}, order {order:.1f}")
    assert errors[1] < 1e-8
    assert order >= 5


def test_faces_of_unlike_orders_meet_at_corners() -> None:
    """Of order 4 in x and 2 in y: u = x^2 (1 - x)^2 cos(y)."""
    problem = square(
        lambda u, x, y: u.xxxx - u.yy - (24 + x**2 * (1 - x) ** 2) * jnp.cos(y),
        lambda u: {"value": u, "slope": u.x},
        lambda u, x, y: u.y + x**2 * (1 - x) ** 2 * jnp.sin(y),
    )
    x, y = PLACES.T
    found = Steady().solve(problem, 0).evaluate(PLACES)["u"]
    np.testing.assert_allclose(found, x**2 * (1 - x) ** 2 * np.cos(y), atol=1e-10)


def test_a_plate_swings() -> None:
    conditions = {
        "law": lw.Interior(lambda u: u.tt + biharmonic(u)),
        "x": lw.Boundary(lambda u: {"u": u, "moment": u.xx}, on="x"),
        "y": lw.Boundary(lambda u: {"u": u, "moment": u.yy}, on="y"),
        "start": lw.Initial(lambda u, x, y: {"shape": u - jnp.sin(PI * x) * jnp.sin(PI * y), "rest": u.t}),
    }
    problem = lw.Problem(lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 0.02)), "u", conditions)
    points = np.asarray([[0.5, 0.5, 0.02], [0.3, 0.2, 0.01]])
    x, y, t = points.T
    exact = np.sin(PI * x) * np.sin(PI * y) * np.cos(2 * PI**2 * t)
    found = MethodOfLines().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, exact, atol=2e-5)


def test_singular_equations_are_refused_quietly(capfd: pytest.CaptureFixture[str]) -> None:
    """SuperLU prints complaints where several equations hold the same single unknown."""
    matrix = sp.eye_array(40).tolil()
    matrix[:, 1] = 1.0
    for row in (3, 4, 5):
        matrix[[row], :] = matrix[[2], :]
    with pytest.raises(Unsolved, match="do not determine one solution"):
        newton(lambda y: matrix @ y - 1, lambda y: matrix.tocsc(), np.zeros(40), "it")
    assert capfd.readouterr() == ("", "")
