"""Derivatives of references: of splines exactly, of others by differences."""

import numpy as np
import pytest

import lawful as lw

BLASIUS = 0.332057336215196  # f''(0), Boyd 1999, Experimental Mathematics 8


def test_the_wall_shear_of_blasius():
    problem = lw.Problem(
        lw.Box(x=(0, 10)),
        "f",
        {
            "law": lw.Interior(lambda f: f.xxx + f * f.xx / 2),
            "wall": lw.Boundary(lambda f: {"value": f, "slope": f.x}, on="x.lower"),
            "far": lw.Boundary(lambda f: f.x - 1, on="x.upper"),
        },
    )
    solution = lw.solve(problem, method="classical")
    assert solution.f.xx(x=0.0) == pytest.approx(BLASIUS, abs=1e-8)


@pytest.fixture(scope="module", params=["stated", "derived"])
def rod(request):
    return lw.solve(lw.problems.heat(), method="classical", reference=request.param)


@pytest.mark.parametrize(
    ("name", "space", "time"), [("x", 1, 0), ("xx", 2, 0), ("t", 0, 1), ("xt", 1, 1), ("tt", 0, 2)]
)
def test_a_cooling_rod(rod, name, space, time):
    x, t = np.asarray([0.0, 0.3, 1.0, 0.7]), np.asarray([0.2, 0.0, 1.0, 0.4])
    waves = np.pi**space * np.sin(np.pi * x + space * np.pi / 2)
    decay = (-0.4 * np.pi**2) ** time * np.exp(-0.4 * np.pi**2 * t)
    np.testing.assert_allclose(getattr(rod.u, name)(x=x, t=t), waves * decay, atol=2e-6)


def test_the_slope_of_finite_elements_up_to_the_rim():
    problem = lw.Problem(
        lw.Disk(x=0, y=0, radius=1),
        "u",
        {"law": lw.Interior(lambda u: lw.laplacian(u) + 4), "rim": lw.Boundary(lambda u: u)},
    )
    slope = lw.solve(problem, method="classical").u.x
    np.testing.assert_allclose(slope(x=[0.5, 0.99, 0.0], y=[0.1, 0.0, 0.0]), [-1.0, -1.98, 0.0], atol=1e-3)
