"""Problems that others have solved: four holes in a square, and the lid-driven cavity."""

import numpy as np
import pytest

import lawful as lw
from lawful.reference import FiniteElements


def test_four_holes_agree_with_published_values(reference_data):
    published = reference_data("pinnacle_poisson_holes")
    plate = lw.Box(x=(-0.5, 0.5), y=(-0.5, 0.5))
    for x in (-0.3, 0.3):
        for y in (-0.3, 0.3):
            plate = plate - lw.Disk(x=x, y=y, radius=0.1, name="holes")
    conditions = {
        "pde": lw.Interior(lambda u: lw.laplacian(u)),
        "square": lw.Boundary(lambda u: u - 1, on="x"),
        "rest": lw.Boundary(lambda u: u - 1, on="y"),
        "holes": lw.Boundary(lambda u: u, on="holes"),
    }
    solution = FiniteElements().solve(lw.Problem(domain=plate, fields="u", conditions=conditions), 2)
    for places, values in (("xy", "u"), ("xy2", "u2")):
        known = published[values]
        error = np.linalg.norm(solution.evaluate(published[places])["u"] - known) / np.linalg.norm(known)
        print(f"relative L2 difference from {values}: {error:.1e}")
        assert error < 2e-4


@pytest.mark.slow
def test_lid_driven_cavity_at_Re_100():
    """Ghia, Ghia and Shin (1982), table I: u_min = -0.21090 at y = 0.4531, on 129^2 points. The
    solutions here at the next two levels, -0.21403 and -0.21404, show these to be off by 1.5 %."""

    def law(u, v, p):
        return {
            "x": u * u.x + v * u.y + p.x - lw.laplacian(u) / 100,
            "y": u * v.x + v * v.y + p.y - lw.laplacian(v) / 100,
            "mass": u.x + v.y,
        }

    def still(u, v):
        return {"u": u, "v": v}

    conditions = {
        "flow": lw.Interior(law),
        "sides": lw.Boundary(still, on="x"),
        "floor": lw.Boundary(still, on="y.lower"),
        "lid": lw.Boundary(lambda u, v: {"u": u - 1, "v": v}, on="y.upper"),
        "pin": lw.Data(x=[0], y=[0], p=[0]),
    }
    problem = lw.Problem(domain=lw.Box(x=(0, 1), y=(0, 1)), fields="u v p", conditions=conditions)
    y = np.linspace(0, 1, 1001)
    u = FiniteElements().solve(problem, 2).evaluate(np.stack([np.full_like(y, 0.5), y], axis=1))["u"]
    print(f"u_min {u.min():.5f} at y = {y[u.argmin()]:.4f}")
    assert u.min() == pytest.approx(-0.21090, rel=0.02)
    assert u.min() == pytest.approx(-0.21404, rel=5e-4)
    assert y[u.argmin()] == pytest.approx(0.4531, abs=0.01)
