"""Entries and spectra of layers beside the laws of random matrices; functions beside parameters."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import gennorm

from lawful.lens import Network, cka, entries, errors, from_arrays, function_distance, random_matrix
from lawful.lens.alignment import align
from lawful.lens.entries import _fit
from lawful.lens.random_matrices import pastur_cdf, pastur_density

Drawn = Callable[..., Network]
AT = np.random.default_rng(1).uniform(-1, 1, (60, 2))


def of(matrix: np.ndarray) -> Network:
    return from_arrays([matrix, np.ones((matrix.shape[1], 1))], None, "tanh", name="n")


@pytest.mark.parametrize("shape", [0.8, 1.0, 2.0, 5.0])
def test_the_shape_of_the_entries_is_found(shape: float) -> None:
    x = np.asarray(gennorm.rvs(shape, scale=0.3, size=20_000, random_state=0))
    found, scale = _fit(x)
    assert found == pytest.approx(shape, rel=0.08)
    assert scale == pytest.approx(0.3, rel=0.08)
    likelihood = gennorm.logpdf(x, found, scale=scale).sum()
    for factor in (0.97, 1.03):
        assert gennorm.logpdf(x, factor * found, scale=scale).sum() < likelihood
        assert gennorm.logpdf(x, found, scale=factor * scale).sum() < likelihood


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_an_untrained_layer_is_recognised(drawn: Drawn, seed: int) -> None:
    seen = entries(drawn((60, 60, 1), seed), 0, draws=19)
    assert seen.kurtosis == pytest.approx(1.8, abs=0.05)
    assert seen.std == pytest.approx(seen.initial_std, rel=0.05)
    assert seen.initial_p > 0.01
    assert seen.shape > 20
    assert entries(drawn((60, 60, 1), seed), 0, draws=9, initial="glorot_normal").initial_p < 1e-6


def test_the_bootstrap_tells_a_family_from_a_mixture() -> None:
    rng = np.random.default_rng(0)
    normal = rng.standard_normal((60, 60))
    assert entries(of(normal), 0, draws=19).p > 0.05
    two = np.where(rng.random((60, 60)) < 0.5, -3.0, 3.0) + normal
    seen = entries(of(two), 0, draws=19)
    assert seen.p == pytest.approx(1 / 20)
    seen.plot()


@pytest.mark.parametrize("ratio", [0.02, 0.3, 1.0])
def test_marchenko_pastur_is_a_distribution(ratio: float) -> None:
    """Mass 1, mean 1, variance c; the density is the derivative of the distribution function."""
    low, high = (1 - np.sqrt(ratio)) ** 2, (1 + np.sqrt(ratio)) ** 2
    assert pastur_cdf(np.array([low]), ratio)[0] == pytest.approx(0, abs=1e-9)
    assert pastur_cdf(np.array([high]), ratio)[0] == pytest.approx(1, abs=1e-6)
    x = np.linspace(low, high, 20_001)
    middle, mass = (x[1:] + x[:-1]) / 2, np.diff(pastur_cdf(x, ratio))
    assert (middle * mass).sum() == pytest.approx(1, abs=1e-3)
    assert ((middle - 1) ** 2 * mass).sum() == pytest.approx(ratio, rel=1e-2)
    at, density = pastur_density(ratio)
    inner = slice(100, 300)
    slope = (pastur_cdf(at[inner] + 1e-3, ratio) - pastur_cdf(at[inner] - 1e-3, ratio)) / 2e-3
    np.testing.assert_allclose(density[inner], slope, rtol=0.02)


def test_random_weights_follow_both_laws_and_a_planted_direction_stands_out(drawn: Drawn) -> None:
    n = drawn((80, 80, 1), 3)
    seen = random_matrix(n, 0, draws=30)
    assert abs(seen.pastur_distance - seen.pastur_chance) < 4 * seen.pastur_spread
    assert abs(seen.circular_distance - seen.circular_chance) < 4 * seen.circular_spread
    assert seen.outliers <= 1
    assert np.abs(seen.eigenvalues).max() < 1.3
    u = np.ones(80) / np.sqrt(80)
    planted = n.weights[0] + 3 * np.linalg.norm(n.weights[0], 2) * np.outer(u, u)
    assert random_matrix(of(planted), 0, draws=30).outliers == 1
    low_rank = random_matrix(of(n.weights[0][:, :5] @ n.weights[0][:5]), 0, draws=10)
    assert low_rank.pastur_distance > low_rank.pastur_chance + 20 * low_rank.pastur_spread
    seen.plot()


def test_a_rectangular_layer_has_no_eigenvalues(drawn: Drawn) -> None:
    seen = random_matrix(drawn((20, 60, 1)), 0, draws=20)
    assert seen.circular_distance is None
    assert len(seen.squares) == 20
    assert abs(seen.pastur_distance - seen.pastur_chance) < 4 * seen.pastur_spread
    assert seen.plot().axes


def test_the_same_function_by_other_parameters(drawn: Drawn) -> None:
    a = drawn((2, 10, 10, 1))
    b = align(a, to=drawn((2, 10, 10, 1), 4)).network.named("b")
    said = function_distance(a, b, at=AT)
    assert said.function < 1e-12 < 0.5 < said.function_chance
    assert said.parameters > 0.5
    assert said.parameters_aligned < 1e-10
    np.testing.assert_allclose(said.cka, 1)
    assert (said.cka_chance < 0.999).all()
    assert "the functions differ by" in str(said)
    said.plot()


def test_cka_is_blind_to_rotation_scale_and_shift_only() -> None:
    rng = np.random.default_rng(0)
    z = rng.standard_normal((500, 6))
    q = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    assert cka(z, 3 * z @ q + 1) == pytest.approx(1)
    assert cka(z, z * [9, 1, 1, 1, 1, 1]) < 0.9
    assert cka(z, rng.standard_normal((500, 6))) < 0.05
    k, l = (x @ x.T for x in (z - z.mean(0), z[:, :2] - z[:, :2].mean(0)))
    assert cka(z, z[:, :2]) == pytest.approx((k * l).sum() / np.linalg.norm(k) / np.linalg.norm(l))


def test_errors_are_the_norms(drawn: Drawn) -> None:
    n = drawn((2, 4, 1))
    (same,) = errors(n, at=AT, exact=n(AT)[:, 0])
    assert same.linf == 0
    e = np.linspace(-1, 2, 60)
    (found,) = errors(n, at=AT, exact=n(AT)[:, 0] - e)
    assert (found.l1, found.linf) == (pytest.approx(np.abs(e).mean()), pytest.approx(2))
    assert found.l2 == pytest.approx(np.sqrt((e**2).mean()))
    with pytest.raises(
        ValueError, match=re.escape("draw 0 gives (60, 1) values there, exact has the shape (59,)")
    ):
        errors(n, at=AT, exact=e[1:])


def test_mistakes(drawn: Drawn) -> None:
    n = drawn((2, 4, 1))
    for function in (entries, random_matrix):
        with pytest.raises(ValueError, match="there is no layer 7; the layers are 0 to 1"):
            function(n, 7)
        with pytest.raises(
            ValueError, match="initial distribution 'he' is not known; choose glorot_uniform and"
        ):
            function(n, 0, initial="he")
    with pytest.raises(ValueError, match="all 8 entries of W0 of n are 0: there is nothing to fit"):
        entries(of(np.zeros((2, 4))), 0)
    with pytest.raises(ValueError, match="W0 of n is zero"):
        random_matrix(of(np.zeros((2, 4))), 0)
    with pytest.raises(ValueError, match="three points or more, got 2"):
        function_distance(n, drawn((2, 4, 1), 1), at=AT[:2])
