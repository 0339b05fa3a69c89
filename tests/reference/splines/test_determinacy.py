"""Problems at a resonance are refused, beside it solved; layers that walls hold from far away; free constants."""

import re

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.reference import Steady, Undetermined, derive
from lawful.reference.splines.determinacy import refuse_resonance
from lawful.reference.splines.steady import even_meshes

PI = np.pi
PLACES = {"x": np.asarray([0.5, 0.3]), "y": np.asarray([0.5, 0.8])}


def zero(u):
    return u


def square(law, x=zero, y=zero, **more):
    conditions = {"law": lw.Interior(law), "x": lw.Boundary(x, on="x"), "y": lw.Boundary(y, on="y")}
    return lw.Problem(lw.Box(x=(0, 1), y=(0, 1)), "u", conditions | more)


def rod(law):
    return lw.Problem(lw.Box(x=(0, 1)), "u", {"law": lw.Interior(law), "ends": lw.Boundary(zero, on="x")})


@pytest.mark.parametrize(
    "make",
    [
        lambda: rod(lambda u: u.xx + PI**2 * u),
        lambda: rod(lambda u: u.xx + (12 * PI) ** 2 * u),
        lambda: rod(lambda u: u.xx + jnp.sinh(PI**2 * u)),
        lambda: square(lambda u: lw.laplacian(u) + 2 * PI**2 * u),
        lambda: square(lambda u: lw.laplacian(u) + 61 * PI**2 * u),  # 5^2 + 6^2
        lambda: square(lambda u: lw.laplacian(u) + 5 * PI**2 * u, lambda u: u.x, lambda u: u.y),
    ],
    ids=["rod", "12 half waves", "nonlinear", "square", "5 by 6 half waves", "free walls"],
)
def test_resonance_is_refused(make) -> None:
    """The null spaces are known: products of sines or cosines, of whole half waves."""
    problem = make()
    for _ in range(2):  # the second time another solver must not be asked
        with pytest.raises(Undetermined, match=r"do not determine one solution .* resonance"):
            derive(problem).evaluate({c: PLACES[c] for c in problem.domain.coordinates}, ("u",))


@pytest.mark.parametrize(
    "law",
    [
        lambda u: lw.laplacian(u),
        lambda u: lw.laplacian(u) + 1.001 * 2 * PI**2 * u,
        lambda u: 1e-6 * lw.laplacian(u) - u,
        lambda u: 1e-6 * lw.laplacian(u) + u.x - u.y,
    ],
    ids=["Laplace", "near a resonance", "thin layers", "strong drift"],
)
def test_zero_is_found_where_it_is_the_only_solution(law) -> None:
    problem = square(law)
    refuse_resonance(problem, even_meshes(problem, 4, 5))
    assert not Steady().solve(problem, 0).state.any()


def cube(law):
    box = lw.Box(x=(0, 1), y=(0, 1), z=(0, 1))
    return lw.Problem(box, "u", {"law": lw.Interior(law), "walls": lw.Boundary(zero)})


SOURCES = {
    "rod": lambda more: rod(lambda u, x: u.xx + (PI**2 + more) * u + x),
    "square": lambda more: square(lambda u, x, y: lw.laplacian(u) + (2 * PI**2 + more) * u + x * y),
    "square, a source across": lambda more: square(
        lambda u, x, y: lw.laplacian(u) + (2 * PI**2 + more) * u + jnp.sin(2 * PI * x) * jnp.sin(PI * y)
    ),
    "cube": lambda more: cube(lambda u, x: lw.laplacian(u) + (3 * PI**2 + more) * u + x),
}


@pytest.mark.parametrize("make", SOURCES.values(), ids=list(SOURCES))
def test_resonance_with_a_source_is_refused_and_not_left_to_another_solver(make) -> None:
    """With a source across the resonant motion there are many solutions, else none; finite elements find one."""
    problem = make(0.0)
    with pytest.raises(Undetermined, match=r"motions in resonance with them, by which solutions may differ"):
        derive(problem).evaluate({c: np.asarray([0.5, 0.3]) for c in problem.domain.coordinates}, ("u",))


@pytest.mark.parametrize("make", list(SOURCES.values())[:3], ids=list(SOURCES)[:3])
def test_a_source_beside_a_resonance_is_answered(make) -> None:
    """1e-3 beside: the answer is as large as it is far."""
    problem = make(1e-3)
    places = {c: np.asarray([0.5, 0.3]) for c in problem.domain.coordinates}
    judged = derive(problem).evaluate(places, ("u",))
    assert not judged.doubt
    assert judged.errors["u"] <= 1e-6 * np.abs(judged.values["u"]).max()


def held_by_walls(nu: float) -> lw.Problem:
    """u u' = nu u'' with u = 1 and -1 at the ends: a layer whose place is fixed to exp(-1 / nu)."""
    ends = {
        "left": lw.Boundary(lambda u: u - 1, on="x.lower"),
        "right": lw.Boundary(lambda u: u + 1, on="x.upper"),
    }
    return lw.Problem(lw.Box(x=(-1, 1)), "u", {"law": lw.Interior(lambda u: u * u.x - nu * u.xx)} | ends)


@pytest.mark.parametrize("nu", [0.03, 0.02, 0.01, 0.003])
def test_a_layer_that_walls_hold_from_far_away_is_not_believed(nu: float) -> None:
    try:
        said = derive(held_by_walls(nu)).evaluate({"x": np.linspace(-1, 1, 101)}, ("u",)).doubt
    except Undetermined as error:
        said = str(error)
    assert re.search(r"hardly determine the solution of .*: a change of a law by one part in \de\+", said)


def test_a_layer_that_walls_do_hold_is_where_they_hold_it() -> None:
    """u = -a tanh(a x / (2 nu)), with a so that u(1) = -1."""
    nu, a, x = 0.1, 1.0, np.linspace(-1, 1, 101)
    for _ in range(100):
        a = 1 / np.tanh(a / (2 * nu))
    judged = derive(held_by_walls(nu)).evaluate({"x": x}, ("u",))
    assert not judged.doubt
    assert np.abs(judged.values["u"] + a * np.tanh(a * x / (2 * nu))).max() <= 3 * judged.errors["u"] <= 1e-6


def test_a_field_known_up_to_a_constant_is_named_and_one_value_is_enough() -> None:
    def law(u, x):
        return lw.laplacian(u) + PI**2 * jnp.cos(PI * x)

    slopes = (lambda u: u.x, lambda u: u.y)
    refusal = Steady().refuses(square(law, *slopes))
    assert refusal is not None
    assert refusal.startswith("u is known up to a constant only; give its value at one place, as Data(")
    held = square(law, *slopes, value=lw.Data(x=[0.5], y=[0.5], u=[2.0]))
    assert Steady().refuses(held) is None
    points = np.stack(list(PLACES.values()), axis=1)
    found = Steady().solve(held, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, 2 + np.cos(PI * PLACES["x"]), atol=1e-6)


NO_SOLUTION = {
    "walls that let nothing out": lambda: square(
        lambda u: lw.laplacian(u) - 1, lambda u: u.x, lambda u: u.y, value=lw.Data(x=[0.0], y=[0.0], u=[0.0])
    ),
    "all but none": lambda: square(
        lambda u, x: lw.laplacian(u) - jnp.cos(PI * x) - 1e-3,
        lambda u: u.x,
        lambda u: u.y,
        value=lw.Data(x=[0.0], y=[0.0], u=[0.0]),
    ),
    "rod": lambda: held_rod(lambda u: u.xx - 1, lambda u: u.x),
    "a value too many": lambda: held_rod(lambda u: u.xx - u, lambda u: u.x, value=1.0),
    "around": lambda: held_rod(lambda u: u.xx - 1),
    "in first order": lambda: mixed_rod(lambda x: 1 + 0 * x),
}


def mixed_rod(source) -> lw.Problem:
    """A flux and what it comes from; nothing flows through the ends."""
    conditions = {
        "law": lw.Interior(lambda u, q, x: {"law": q.x - source(x), "flux": q - u.x}),
        "ends": lw.Boundary(lambda q: q, on="x"),
        "free": lw.Free(on="x"),
        "value": lw.Data(x=[0.0], u=[1.0]),
    }
    return lw.Problem(lw.Box(x=(0, 1)), "u q", conditions)


def held_rod(law, ends=None, value=0.0) -> lw.Problem:
    """A rod with a value in its middle."""
    sides = lw.Boundary(ends, on="x") if ends else lw.Periodic(on="x")
    held = lw.Data(x=[0.5], u=[value])
    return lw.Problem(lw.Box(x=(0, 1)), "u", {"law": lw.Interior(law), "ends": sides, "value": held})


@pytest.mark.parametrize("make", NO_SOLUTION.values(), ids=list(NO_SOLUTION))
def test_a_value_that_no_solution_has_is_refused(make) -> None:
    """A law gives way to the value at one place; elsewhere it is met, and what is left over is all there."""
    problem = make()
    places = {c: PLACES[c] for c in problem.domain.coordinates}
    with pytest.raises(
        Undetermined, match=r"There is no solution with the value that Data give: law(\.law)? cannot hold"
    ):
        derive(problem).evaluate(places, ("u",))


def test_a_value_is_met_where_the_flux_balances() -> None:
    x = PLACES["x"]
    judged = derive(mixed_rod(lambda x: jnp.cos(PI * x))).evaluate({"x": x}, ("u", "q"))
    np.testing.assert_allclose(judged.values["u"], 1 + (1 - np.cos(PI * x)) / PI**2, atol=1e-10)
    np.testing.assert_allclose(judged.values["q"], np.sin(PI * x) / PI, atol=1e-10)
    assert not judged.doubt
