"""Problems that zero solves: at a resonance they are refused, elsewhere solved; fields known up to a constant."""

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
