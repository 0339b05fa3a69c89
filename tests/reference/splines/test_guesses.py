"""Laws that say nothing at zero: solved from starts that take on what the walls prescribe."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.reference import Steady, Unsolved

X = np.linspace(0, 1, 21)


def rod(law, low, high):
    ends = {
        "low": lw.Boundary(lambda u: u - low, on="x.lower"),
        "high": lw.Boundary(lambda u: u - high, on="x.upper"),
    }
    return lw.Problem(lw.Box(x=(0, 1)), "u", {"law": lw.Interior(law), **ends})


KNOWN = {
    # (u^2)'' = -2
    "square root": (lambda u: 2 * u * u.xx + 2 * u.x**2 + 2, lambda x: np.sqrt(1 + x * (1 - x))),
    # (u'^3)' = -1, u'^3 = 2 - x
    "p-Laplace": (lambda u: 3 * u.x**2 * u.xx + 1, lambda x: (3 / 4) * (2 ** (4 / 3) - (2 - x) ** (4 / 3))),
    # (u^4)'' = 0
    "porous": (lambda u: u**3 * u.xx + 3 * u**2 * u.x**2, lambda x: (1 + 15 * x) ** 0.25),
}


@pytest.mark.parametrize("name", KNOWN)
def test_laws_that_degenerate_at_zero_are_solved(name: str) -> None:
    law, exact = KNOWN[name]
    problem = rod(law, float(exact(0.0)), float(exact(1.0)))
    found = Steady().solve(problem, 1).evaluate(X[:, None])["u"]
    print(f"{name}: {np.abs(found - exact(X)).max():.1e}")
    np.testing.assert_allclose(found, exact(X), atol=2e-7)


def test_the_same_in_a_square() -> None:
    """u u_xx + u u_yy + |grad u|^2 = -2: u^2 / 2 has the Laplacian -2; u^2 = 5 - x^2 - y^2."""
    wall = {axis: lw.Boundary(lambda u, x, y: u - jnp.sqrt(5 - x**2 - y**2), on=axis) for axis in ("x", "y")}
    law = lw.Interior(lambda u: u * lw.laplacian(u) + u.x**2 + u.y**2 + 2)
    problem = lw.Problem(lw.Box(x=(0, 1), y=(0, 1)), "u", {"law": law, **wall})
    points = np.random.default_rng(0).random((50, 2))
    found = Steady().solve(problem, 0).evaluate(points)["u"]
    np.testing.assert_allclose(found, np.sqrt(5 - (points**2).sum(axis=1)), atol=1e-7)


def test_what_no_start_solves_is_refused() -> None:
    """u'' + 20 exp(u) = 0 with zero ends: beyond Bratu's fold at 3.51 there is no solution."""
    with pytest.raises(Unsolved):
        Steady().solve(rod(lambda u: u.xx + 20 * jnp.exp(u), 0.0, 0.0), 0)
