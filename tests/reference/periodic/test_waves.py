"""Periodic fields: exponentials of matrices, exact motions, an incompressible flow, and the order in time."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg

import lawful as lw
from lawful.reference import MethodOfLines, PeriodicWaves, derive
from lawful.reference.periodic.etd import Exponentials, phis
from lawful.reference.periodic.series import Split, Waves, rest_of

PI = np.pi


def test_phi_functions_agree_with_their_integrals() -> None:
    z = np.asarray([0, 1e-3, 0.99, 1.01, -1.01, 3j, -20, 40j, -0.3 + 0.4j], complex)
    nodes, weights = np.polynomial.legendre.leggauss(200)
    s = (nodes + 1) / 2
    for j, found in zip((1, 2, 3), phis(z)[1:], strict=True):
        kernel = s ** (j - 1) / [1, 1, 2][j - 1] * weights / 2
        expected = np.exp(np.outer(z, 1 - s)) @ kernel
        np.testing.assert_allclose(found, expected, rtol=0, atol=2e-14)


def test_matrices_without_eigenvectors_have_exponentials() -> None:
    L = np.asarray([[[0, 1], [0, 0]], [[0, 1], [-4, 0]], [[-3, 1], [2, -5]]], complex)
    coefficients = Exponentials(L).coefficients(0.3)
    for k in range(3):
        np.testing.assert_allclose(coefficients.E[k], scipy.linalg.expm(0.3 * L[k]), atol=1e-14)


def circle(law, starts, fields="u", end=1.0, width=2.0):
    conditions = {"law": lw.Interior(law), "around": lw.Periodic(on="x"), **starts}
    return lw.Problem(lw.Box(x=(0, width)) * lw.Time(t=(0, end)), fields, conditions)


def judged(problem, points):
    places = dict(zip(problem.domain.coordinates, points.T.copy(), strict=True))
    return derive(problem).evaluate(places, tuple(problem.fields))


def scattered(problem, count=300):
    region = problem.domain.interior()
    return region.place(np.random.default_rng(0).random((count, region.dimension)))


def test_the_wave_equation_is_exact_second_order_in_time() -> None:
    starts = {
        "shape": lw.Initial(lambda u, x: u - jnp.exp(jnp.sin(jnp.pi * x))),
        "rest": lw.Initial(lambda u: u.t),
    }
    problem = circle(lambda u: u.tt - 4 * u.xx, starts)
    points = scattered(problem)
    x, t = points.T
    exact = (np.exp(np.sin(PI * (x - 2 * t))) + np.exp(np.sin(PI * (x + 2 * t)))) / 2
    np.testing.assert_allclose(judged(problem, points).values["u"], exact, atol=1e-12)


def test_an_incompressible_flow_has_its_pressure() -> None:
    problem = lw.problems.taylor_green()
    points = scattered(problem, 100)
    found = judged(problem, points)
    places = dict(zip(problem.domain.coordinates, points.T, strict=True))
    exact = problem.reference.evaluate(places, ("u", "v", "p")).values
    for field in ("u", "v"):
        np.testing.assert_allclose(found.values[field], exact[field], atol=1e-9)
    shift = exact["p"] - found.values["p"]
    assert np.ptp(shift) <= 1e-9


def test_what_several_laws_read_is_brought_to_the_grid_once() -> None:
    """u, v and their four slopes for two laws of motion, of which nothing in mass is left but its linear part."""
    box = lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1))
    problem = lw.Problem(
        box,
        "u v p",
        {
            "mx": lw.Interior(lambda u, v, p: u.t + u * u.x + v * u.y + p.x - lw.laplacian(u)),
            "my": lw.Interior(lambda u, v, p: v.t + u * v.x + v * v.y + p.y - lw.laplacian(v)),
            "mass": lw.Interior(lambda u, v: u.x + v.y),
            "across": lw.Periodic(on="x"),
            "along": lw.Periodic(on="y"),
            "u0": lw.Initial(lambda u, y: u - jnp.sin(2 * jnp.pi * y)),
            "v0": lw.Initial(lambda v, x: v - jnp.sin(2 * jnp.pi * x)),
        },
    )
    waves = Waves(problem, (8, 8))
    start = np.zeros((40, 3), complex)
    split = Split(waves, start, 0.0)
    program = jax.jit(rest_of(problem)).lower(split.arrays, start, 0.0).compile().as_text()
    assert (program.count("fft_type=IRFFT"), program.count("fft_type=RFFT")) == (6, 3)


def test_the_order_in_time_is_four() -> None:
    problem = circle(
        lambda u: u.t + u * u.x + 0.0025 * u.xxx,
        {"start": lw.Initial(lambda u, x: u - jnp.cos(jnp.pi * x))},
        end=0.5,
    )
    found = judged(problem, scattered(problem))
    assert found.order is not None
    print(f"Korteweg-de Vries: order {found.order:.2f}, estimated {found.errors['u']:.1e}")
    assert 3.7 <= found.order <= 4.4
    assert found.errors["u"] <= 1e-7


def test_waves_and_splines_agree() -> None:
    problem = circle(
        lambda u, x: u.t - (0.02 + 0.01 * jnp.cos(jnp.pi * x)) * u.xx - u + u**3,
        {"start": lw.Initial(lambda u, x: u - jnp.cos(jnp.pi * x))},
    )
    points = scattered(problem, 200)
    assert PeriodicWaves().refuses(problem) is None
    assert MethodOfLines().refuses(problem) is None
    by_waves = judged(problem, points)
    by_splines = MethodOfLines().solve(problem, 1).evaluate(points)["u"]
    np.testing.assert_allclose(by_waves.values["u"], by_splines, atol=1e-6)


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_a_start_that_is_no_function_of_place_alone_is_refused(degree) -> None:
    problem = circle(
        lambda u: u.t - u.xx, {"start": lw.Initial(lambda u, x: u + degree * u.xx - jnp.cos(jnp.pi * x))}
    )
    reason = PeriodicWaves().refuses(problem)
    assert reason is not None
    assert "prescribes derivatives in space" in reason
