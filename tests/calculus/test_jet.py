"""The algebra of jets: towers of activations, products, compositions."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.scipy.stats import norm

from lawful.calculus import (
    Activation,
    Jet,
    affine,
    concatenate,
    cos,
    exp,
    gelu,
    leaky_relu,
    relu,
    sin,
    tanh,
    tower_of,
)
from lawful.calculus.jet import coordinates_jet

PLAIN = {
    tanh: jnp.tanh,
    sin: jnp.sin,
    cos: jnp.cos,
    exp: jnp.exp,
    gelu: lambda z: z * norm.cdf(z),
    leaky_relu: jax.nn.leaky_relu,
    relu: jax.nn.relu,
}
INDICES = ((0, 0), (0, 1), (1, 0), (1, 1))


@pytest.mark.parametrize("activation", PLAIN, ids=lambda a: a.name)
def test_a_tower_holds_the_derivatives(activation: Activation) -> None:
    z = jnp.linspace(-2.9, 3.1, 7)
    tower, f = activation.tower(z, 4), PLAIN[activation]
    for k, row in enumerate(tower):
        assert row.dtype == z.dtype
        np.testing.assert_allclose(row, jax.vmap(f)(z), rtol=2e-12, atol=1e-13)
        assert len(activation.tower(z, k)) == k + 1
        f = jax.grad(f)


def test_a_tower_of_any_function() -> None:
    z = jnp.linspace(-1.0, 1.0, 5)
    for k, row in enumerate(tower_of(lambda x: jnp.exp(2 * x))(z, 3)):
        np.testing.assert_allclose(row, 2**k * jnp.exp(2 * z), rtol=1e-14)


def jets() -> tuple[Jet, Jet]:
    points = jnp.asarray(np.random.default_rng(0).standard_normal((4, 2)))
    x = coordinates_jet(points, INDICES)
    weight = jnp.asarray([[1.0, -0.5, 2.0], [0.3, 1.5, -1.0]])
    return sin(affine(x, weight)), cos(affine(x, weight))


def assert_equal(a: Jet, b: Jet) -> None:
    for x, y in zip(a.rows, b.rows, strict=True):
        np.testing.assert_allclose(*np.broadcast_arrays(x, y), atol=1e-14)


def test_the_ring_of_jets_is_commutative_and_distributive() -> None:
    a, b = jets()
    assert_equal(a * b, b * a)
    assert_equal(a * (a + b), a * a + a * b)
    assert_equal(2.0 * a - a, a)
    assert_equal(1.0 - (1.0 - a), a)
    assert_equal(0.0 - (-a) + 0.5, 0.5 + a)


def test_sin_squared_plus_cos_squared_is_one_with_no_derivative() -> None:
    s, c = jets()
    one = s * s + c * c
    for index, row in zip(one.indices, one.rows, strict=True):
        np.testing.assert_allclose(row, float(index == (0, 0)), atol=1e-14)


def test_a_composition_with_a_large_order_follows_faa_di_bruno() -> None:
    """exp(sin x) to the sixth derivative, against the complete Bell recursion of its coefficients."""
    points = jnp.asarray([[0.3], [1.1]])
    jet = exp(sin(coordinates_jet(points, tuple((k,) for k in range(7)))))
    inner = [np.sin(np.asarray(points) + k * np.pi / 2) for k in range(7)]
    outer = [np.exp(inner[0])]
    for n in range(6):
        outer.append(sum(math.comb(n, k) * outer[n - k] * inner[k + 1] for k in range(n + 1)))
    for k, expected in enumerate(outer):
        np.testing.assert_allclose(jet[(k,)], expected, rtol=1e-12)


def test_concatenate_joins_values_and_missing_rows() -> None:
    x = coordinates_jet(jnp.ones((4, 2)), ((0, 0), (1, 0), (2, 0)))
    joined: Any = concatenate([x, sin(x)])
    assert joined[0, 0].shape == (4, 4)
    assert x[2, 0] is None
    np.testing.assert_array_equal(joined[2, 0][:, :2], 0)
    assert concatenate([jnp.ones((3, 2)), jnp.ones((3, 1))]).shape == (3, 3)


def test_affine_serves_arrays_of_any_rank_and_jets() -> None:
    weight, bias = jnp.asarray([[1.0], [2.0]]), jnp.asarray([0.5])
    assert affine(jnp.ones(2), weight, bias).shape == (1,)
    assert affine(jnp.ones((3, 2)), weight, bias).shape == (3, 1)
    jet: Any = affine(coordinates_jet(jnp.ones((3, 2)), INDICES), weight, bias)
    np.testing.assert_allclose(jet[0, 0], 3.5)
    np.testing.assert_allclose(jet[0, 1], 2.0)
    assert jet[1, 1] is None
