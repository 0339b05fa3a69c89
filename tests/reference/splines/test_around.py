"""Flows that are periodic along a channel and walled across it, steady and in time."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful import laplacian
from lawful.problem import Problem
from lawful.reference import MethodOfLines, derive
from lawful.reference.splines.method_of_lines import _marched
from lawful.reference.splines.space import Mesh, SplineSpace
from lawful.reference.splines.steady import even_meshes

NU, PI = 0.1, np.pi
EXACT = {
    "u": lambda x, y, f: -np.cos(x) * np.sin(y) * f,
    "v": lambda x, y, f: np.sin(x) * np.cos(y) * f,
    "p": lambda x, y, f: -(np.cos(2 * x) + np.cos(2 * y)) / 4 * f**2,
}
"""Vortices of Taylor and Green, with walls that move along; f falls as exp(-2 nu t)."""


def vortices(*, steady: bool) -> Problem:
    """Those that decay; or that a force keeps as they are, with the pressure known at a place."""
    held = 2 * NU if steady else 0.0

    def fading(t):
        return jnp.exp(-2 * NU * t)

    def mx(u, v, p, x, y):
        return u * u.x + v * u.y + p.x - NU * laplacian(u) + held * jnp.cos(x) * jnp.sin(y)

    def my(u, v, p, x, y):
        return u * v.x + v * v.y + p.y - NU * laplacian(v) - held * jnp.sin(x) * jnp.cos(y)

    conditions = {
        "mass": lw.Interior(lambda u, v: u.x + v.y),
        "around": lw.Periodic(on="x"),
        "still": lw.Boundary(lambda u: u, on="y"),
    }
    box = lw.Box(x=(0, 2 * PI), y=(0, PI))
    if steady:
        own = {
            "mx": lw.Interior(mx),
            "my": lw.Interior(my),
            "moved": lw.Boundary(lambda v, x, y: v - jnp.sin(x) * jnp.cos(y), on="y"),
            "pin": lw.Data(x=[0.0], y=[0.0], p=[-0.5]),
        }
        return Problem(box, "u v p", conditions | own)
    own = {
        "mx": lw.Interior(lambda u, v, p, x, y: u.t + mx(u, v, p, x, y)),
        "my": lw.Interior(lambda u, v, p, x, y: v.t + my(u, v, p, x, y)),
        "moved": lw.Boundary(lambda v, x, y, t: v - jnp.sin(x) * jnp.cos(y) * fading(t), on="y"),
        "u0": lw.Initial(lambda u, x, y: u + jnp.cos(x) * jnp.sin(y)),
        "v0": lw.Initial(lambda v, x, y: v - jnp.sin(x) * jnp.cos(y)),
    }
    return Problem(box * lw.Time(t=(0, 1)), "u v p", conditions | own)


@pytest.mark.parametrize(
    ("gauss", "elements", "silent"), [(5, 4, 1), (5, 5, 1), (3, 8, 1), (4, 5, 2), (6, 4, 2)]
)
def test_only_constants_have_no_slope_around_an_odd_mesh(gauss: int, elements: int, silent: int) -> None:
    mesh = Mesh.even("x", (0.0, 2.0), elements, gauss, True)
    slopes = SplineSpace(mesh, 2).matrix(mesh.gauss_points, 1).toarray()
    sizes = np.linalg.svd(slopes, compute_uv=False)
    assert (sizes < 1e-10 * sizes[0]).sum() == silent
    assert gauss % 2 == 0 or mesh.elements % 2 == mesh.refined(1.5).elements % 2 == 1


def test_a_flow_along_a_channel_converges_in_time_and_space() -> None:
    problem = vortices(steady=False)
    assert MethodOfLines().refuses(problem) is None
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 2 * PI, 300), rng.uniform(0, PI, 300)
    points = np.stack([x, y, np.full(300, 0.5)], axis=1)
    errors = {f: [] for f in EXACT}
    for elements, tolerance in ((3, 1e-6), (5, 1e-8)):
        meshes = even_meshes(problem, elements, 5)
        found = _marched(problem, meshes, tolerance).evaluate(points)
        for field, exact in EXACT.items():
            off = found[field] - exact(x, y, np.exp(-2 * NU * 0.5))
            errors[field].append(np.abs(off - (off.mean() if field == "p" else 0.0)).max())
    for field, (coarse, fine) in errors.items():
        print(f"{field}: order {np.log(coarse / fine) / np.log(5 / 3):.1f}")
        assert fine < coarse / (5 / 3) ** 5
    assert max(errors["u"][1], errors["v"][1]) < 2e-6


def test_a_steady_flow_along_a_channel_is_solved_and_its_error_told() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0, 2 * PI, 300), rng.uniform(0, PI, 300)
    judged = derive(vortices(steady=True)).evaluate({"x": x, "y": y}, tuple(EXACT))
    assert not judged.doubt
    for field, exact in EXACT.items():
        off = np.abs(judged.values[field] - exact(x, y, 1.0)).max()
        assert off <= 3 * judged.errors[field] < 1e-6
