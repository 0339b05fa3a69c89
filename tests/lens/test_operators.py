"""Layers as operators: moments, bands, and the network that is an explicit scheme."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from lawful.lens import Network, advection_diffusion, from_arrays, is_stable, operator
from lawful.lens.advection_diffusion import scheme_matrix
from lawful.lens.moments import kernel_moments, toeplitz_share, tridiagonal_share

Drawn = Callable[..., Network]


def test_moments_of_the_scheme_are_its_equation() -> None:
    """M0 = 1, M1 = -U, M2 = 2D away from the ends (arXiv 2601.00473, eq. 36), M3 = -U, M4 = 2D."""
    moments = kernel_moments(scheme_matrix(9, U=0.3, D=0.2, periodic=False))
    np.testing.assert_allclose(moments[1:-1], np.tile([1, -0.3, 0.4, -0.3, 0.4], (7, 1)), atol=1e-15)
    seen = operator(advection_diffusion(200, U=0.3, D=0.2, layers=1, periodic=False), 0)
    assert seen.drift == pytest.approx(0.3, abs=0.01)
    assert seen.diffusion == pytest.approx(0.2, abs=0.01)


@pytest.mark.parametrize("h", [0.5, 1.0])
def test_coefficients_are_those_of_taylor(drawn: Drawn, h: float) -> None:
    """(A z)_i = sum_k M_k(i)/k! z^(k)(x_i), exact for polynomials of degree 4: the 1/k! belongs there."""
    matrix = drawn((7, 7)).weights[0].T
    network = from_arrays([matrix.T], None, "linear")
    x = h * np.arange(7)
    polynomial = np.polynomial.Polynomial([0.3, -1, 0.5, 0.2, -0.1])
    derivatives = np.stack([polynomial.deriv(k)(x) if k else polynomial(x) for k in range(5)], axis=1)
    taylor = (operator(network, 0, h=h, shuffles=2).coefficients * derivatives).sum(1)
    np.testing.assert_allclose(taylor, network(polynomial(x))[0], rtol=1e-10)


def test_energy_by_chance(drawn: Drawn) -> None:
    """At N = 100: (3N - 2)/N^2 = .0298 in the band, for any entries, and (2N - 1)/N^2 = .0199 on diagonals."""
    seen = operator(drawn((100, 100, 1)), 0)
    assert seen.tridiagonal_null.mean() == pytest.approx(0.0298, abs=4 * 0.003 / np.sqrt(200))
    assert seen.toeplitz_null.mean() == pytest.approx(0.0199, abs=4 * 0.003 / np.sqrt(200))
    assert 0.005 < seen.p_value("tridiagonal") < 1
    np.testing.assert_allclose(
        seen.moments_null[:, 0], kernel_moments(seen_matrix(seen), orders=0).mean(), rtol=1e-9
    )
    seen.plot()
    with pytest.raises(ValueError, match="there is no p-value of 'band'"):
        seen.p_value("band")


def seen_matrix(seen: object) -> np.ndarray:
    """A matrix with the same sum of entries, which no order of neurons changes: the mean of M0 is its sum / N."""
    n = len(seen.moments)  # pyright: ignore
    out = np.zeros((n, n))
    out[0, 0] = seen.moments[:, 0].sum()  # pyright: ignore
    return out


def test_structure_is_seen_and_lost_in_another_order() -> None:
    network = advection_diffusion(40, U=0.3, D=0.2, layers=1)
    seen = operator(network, 0)
    assert seen.tridiagonal > 0.97
    assert seen.toeplitz > 0.97
    assert seen.p_value("tridiagonal") == seen.p_value("toeplitz") == 1 / 201
    rng = np.random.default_rng(0)
    mixed = from_arrays([network.weights[0][rng.permutation(40)][:, rng.permutation(40)]], None, "linear")
    assert operator(mixed, 0).tridiagonal < 0.3


def test_shares_are_projections() -> None:
    toeplitz = np.subtract.outer(np.arange(6.0), np.arange(6.0)) ** 2 + 1
    assert toeplitz_share(toeplitz) == pytest.approx(1)
    noise = np.random.default_rng(0).standard_normal((6, 6))
    diagonals = [np.diag(np.full(6 - abs(k), np.diag(noise, k).mean()), k) for k in range(-5, 6)]
    assert toeplitz_share(noise) == pytest.approx((sum(diagonals) ** 2).sum() / (noise**2).sum())
    assert tridiagonal_share(np.eye(5)) == 1


@pytest.mark.parametrize("periodic", [True, False])
def test_layers_are_the_explicit_scheme(periodic: bool) -> None:
    """Every state of the network is the state of a loop over forward differences in time."""
    U, D, n = 0.4, 0.3, 30
    network = advection_diffusion(n, U=U, D=D, layers=12, periodic=periodic)
    u = np.random.default_rng(0).standard_normal(n)
    for state in network.states(u):
        np.testing.assert_allclose(state[0], u, rtol=1e-12, atol=1e-14)
        padded = np.concatenate([[u[-1]], u, [u[0]]]) if periodic else np.concatenate([[0], u, [0]])
        left, right = padded[:-2], padded[2:]
        u = u - U / 2 * (right - left) + D * (right - 2 * u + left)


def test_the_network_converges_to_advection_and_diffusion() -> None:
    """Second order in h at dt ~ h^2: u = exp(-4 pi^2 nu t) sin(2 pi (x - c t)) at t = 0.1."""
    c, nu, t, errors = 1.0, 0.02, 0.1, []
    for n, layers in ((20, 20), (40, 80), (80, 320)):
        h, dt = 1 / n, t / layers
        network = advection_diffusion(n, U=c * dt / h, D=nu * dt / h**2, layers=layers)
        x = h * np.arange(n)
        exact = np.exp(-4 * np.pi**2 * nu * t) * np.sin(2 * np.pi * (x - c * t))
        errors.append(np.abs(network(np.sin(2 * np.pi * x))[0] - exact).max())
    rates = np.log2(errors[:-1] / np.array(errors[1:]))
    np.testing.assert_allclose(rates, 2, atol=0.25)


@pytest.mark.parametrize(
    ("U", "D", "stable"),
    [
        (0.5, 0.3, True),
        (0.0, 0.5, True),
        (1.0, 0.5, True),
        (0.5, 0.124, False),  # too little diffusion for the advection
        (0.0, 0.505, False),  # too long a step
        (0.3, 0.0, False),
    ],
)
def test_the_network_inherits_the_stability_limit(U: float, D: float, stable: bool) -> None:
    """U^2 <= 2D <= 1 decides whether the largest gain of 1500 layers over all waves stays 1."""
    assert is_stable(U=U, D=D) == stable
    gain = np.linalg.norm(np.linalg.matrix_power(scheme_matrix(64, U=U, D=D), 1500), 2)
    assert (gain < 1 + 1e-9) == stable


def test_mistakes(drawn: Drawn) -> None:
    with pytest.raises(
        ValueError, match=re.escape("layer 0 of draw 0 does not map a space to itself; layers that do: 1")
    ):
        operator(drawn((2, 4, 4, 1)), 0)
    with pytest.raises(ValueError, match="orders must be at least 2, got 1"):
        operator(drawn((2, 4, 4, 1)), 1, orders=1)
    with pytest.raises(ValueError, match="give three neurons and one layer at least, got 2 and 1"):
        advection_diffusion(2, U=0.1, D=0.1, layers=1)
