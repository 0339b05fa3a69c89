"""What alignment removes, keeps and finds."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lawful.lens import Network, align, compare_weights, from_arrays, spectra
from lawful.lens.alignment import unit_scaled
from lawful.lens.weights import shuffled

Drawn = Callable[..., Network]
AT = np.random.default_rng(1).uniform(-1, 1, (7, 2))
SIZES = (2, 12, 12, 12, 1)


def disguised(n: Network, *, signs: bool = False, scales: bool = False, seed: int = 9) -> Network:
    """The same function, its hidden neurons in random order, with random signs or positive scales."""
    rng = np.random.default_rng(seed)
    weights, biases = [w.copy() for w in n.weights], [b.copy() for b in n.biases]
    for layer, width in enumerate(n.widths[1:-1]):
        order = rng.permutation(width)
        factor = rng.choice([-1.0, 1.0], width) if signs else np.ones(width)
        factor = factor * (rng.uniform(0.2, 5, width) if scales else 1)
        weights[layer] = weights[layer][:, order] * factor
        biases[layer] = biases[layer][order] * factor
        weights[layer + 1] = weights[layer + 1][order] / factor[:, None]
    return from_arrays(weights, biases, n.activation.name, name="disguised")


CASES: list[tuple[str, dict[str, Any]]] = [
    ("tanh", {"signs": True}),
    ("sin", {"signs": True}),
    ("gelu", {}),
    ("relu", {"scales": True}),
    ("leaky_relu", {"scales": True}),
]


@pytest.mark.parametrize(("activation", "how"), CASES)
def test_a_disguised_copy_is_recognised(drawn: Drawn, activation: str, how: dict[str, Any]) -> None:
    n = drawn(SIZES, activation=activation)
    other = disguised(n, **how)
    np.testing.assert_allclose(other(AT), n(AT), atol=1e-12)
    said = compare_weights(n, other, draws=2)
    assert max(layer.fro for layer in said.layers) > 0.5
    assert max(layer.fro_aligned for layer in said.layers) < 1e-10
    assert min(layer.cos_aligned for layer in said.layers) > 1 - 1e-12


@pytest.mark.parametrize(("activation", "how"), CASES)
def test_aligned_networks_keep_their_functions(drawn: Drawn, activation: str, how: dict[str, Any]) -> None:
    a, b = (drawn(SIZES, seed, activation=activation) for seed in (0, 1))
    found = align(b, to=a)
    np.testing.assert_allclose(found.network(AT), b(AT), atol=1e-12)
    np.testing.assert_allclose(found.to(AT), a(AT), atol=1e-12)
    assert all(sorted(order) == list(range(12)) for order in found.orders)
    assert 0.1 < found.similarity < 0.9


def test_signs_are_no_symmetry_of_gelu_nor_of_relu(drawn: Drawn) -> None:
    for activation in ("gelu", "relu"):
        a, b = (drawn(SIZES, seed, activation=activation) for seed in (0, 1))
        assert all((sign == 1).all() for sign in align(b, to=a).signs)


def test_unit_scales_are_unit(drawn: Drawn) -> None:
    n = unit_scaled(drawn(SIZES, activation="relu"))
    for w, b in zip(n.weights[:-1], n.biases[:-1], strict=True):
        np.testing.assert_allclose((w**2).sum(0) + b**2, 1)


def test_fro_and_cos_obey_the_law_of_cosines(drawn: Drawn) -> None:
    said = compare_weights(drawn(SIZES), drawn(SIZES, 1, gain=3.0), draws=2)
    for c in said.layers:
        assert c.fro**2 == pytest.approx(1 + c.ratio**2 - 2 * c.ratio * c.cos, rel=1e-12)
        assert c.fro_chance == pytest.approx(np.sqrt(1 + c.ratio**2), rel=1e-12)
    assert said.layers[1].ratio == pytest.approx(3, rel=0.2)


def test_chance_levels_are_those_of_independent_weights(drawn: Drawn) -> None:
    """cos of 40 independent pairs has the deviation 1/sqrt(n); the aligned cos falls within its own null."""
    pairs = [(drawn((2, 10, 10, 1), 2 * k), drawn((2, 10, 10, 1), 2 * k + 1)) for k in range(100)]
    told = compare_weights(*pairs[0], draws=2)
    for layer, size in enumerate((20, 100, 10)):
        ws = [(a.weights[layer], b.weights[layer]) for a, b in pairs]
        cos = [np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in ws]
        assert told.layers[layer].cos == pytest.approx(cos[0])
        assert told.layers[layer].cos_chance == pytest.approx(size**-0.5)
        assert np.sqrt(np.mean(np.square(cos)) * size) == pytest.approx(1, abs=0.25)  # 3.5 deviations
    one = compare_weights(drawn(SIZES, 5), drawn(SIZES, 6), draws=30)
    for c in one.layers:
        assert abs(c.cos_aligned - c.cos_aligned_chance) < 4 * c.cos_aligned_spread
        assert abs(c.fro_aligned - c.fro_aligned_chance) < 4 * c.fro_aligned_spread
    assert one.layers[1].cos_aligned_chance > 0.2  # alignment finds a likeness where there is none


def test_shuffled_networks_keep_their_entries(drawn: Drawn) -> None:
    n = drawn(SIZES)
    other = shuffled(n, np.random.default_rng(0))
    for a, b in zip(n.weights, other.weights, strict=True):
        np.testing.assert_array_equal(np.sort(a.ravel()), np.sort(b.ravel()))
        assert (a != b).any()


def test_spectral_distance_is_what_no_rotation_can_remove(drawn: Drawn) -> None:
    """It is 0 for rotated weights, and bounds fro from below, aligned or not (Hoffman and Wielandt)."""
    a, b = drawn(SIZES), drawn(SIZES, 1)
    said, far = compare_weights(a, b, draws=2), spectra(a, b).distance()
    for layer, distance in zip(said.layers, far, strict=True):
        assert 0 < distance <= min(layer.fro, layer.fro_aligned) + 1e-12
    q = [np.linalg.qr(np.random.default_rng(k).standard_normal((12, 12)))[0] for k in range(2)]
    turned = from_arrays([2 * q[0] @ w @ q[1] for w in a.weights[1:3]], None, "tanh")
    straight = from_arrays(a.weights[1:3], None, "tanh")
    np.testing.assert_allclose(spectra(straight, turned).shape_distance(), 0, atol=1e-12)
    np.testing.assert_allclose(spectra(straight, turned).distance(), 1, rtol=1e-12)


def test_networks_that_do_not_compare(drawn: Drawn) -> None:
    message = (
        "draw 0 and draw 1 have other shapes, 2x3, 3x1 and 2x4, 4x1; weights compare only between networks"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        align(drawn((2, 4, 1), 1), to=drawn((2, 3, 1)))
    with pytest.raises(ValueError, match="has the activation tanh and draw 1 gelu"):
        compare_weights(drawn((2, 3, 1)), drawn((2, 3, 1), 1, activation="gelu"))
    with pytest.raises(ValueError, match="draws must be at least 2, got 1"):
        compare_weights(drawn((2, 3, 1)), drawn((2, 3, 1), 1), draws=1)
