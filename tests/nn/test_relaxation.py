"""Relaxation networks are the MLP at w = 1, Euler steps below, and the equilibrium at infinite depth."""

import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful import nn
from lawful.calculus import Nested, Taylor
from lawful.lens import from_arrays
from lawful.nn import Frame

UNIT = Frame(("x", "t"), (-1.0, -1.0), (1.0, 1.0))
AT = jnp.asarray(np.random.default_rng(0).uniform(-1, 1, (5, 2)))
INDICES = ((2, 0), (1, 1))
KEY = jax.random.key(0)


def built(architecture: Any) -> Any:
    return architecture.build(UNIT, 2, key=KEY, dtype=jnp.float64)


@pytest.mark.parametrize("activation", ["tanh", "sin", "gelu", "leaky_relu"])
def test_w_of_one_is_the_perceptron_bit_by_bit(activation: str) -> None:
    relaxed, perceptron = (
        built(nn.Relaxation(6, 4, w=1.0, activation=activation)),
        built(nn.MLP(6, 4, activation)),
    )
    np.testing.assert_array_equal(relaxed(AT), perceptron(AT))
    for index, rows in Taylor()(relaxed, AT, ((1, 0), (2, 0))).items():
        np.testing.assert_array_equal(rows, Taylor()(perceptron, AT, ((1, 0), (2, 0)))[index])


def test_layers_are_euler_steps_of_unequal_length() -> None:
    w = (0.2, 0.7, 1.3)
    made = built(nn.Relaxation(5, 4, w=w))
    z = jnp.tanh(AT @ made.weights[0] + made.biases[0][None])
    for k in range(3):
        z = z + w[k] * (jnp.tanh(z @ made.weights[k + 1] + made.biases[k + 1][None]) - z)
    np.testing.assert_allclose(made(AT), z @ made.weights[-1] + made.biases[-1][None], rtol=1e-12)


@pytest.mark.parametrize("w", [0.4, (0.2, 0.4, 0.9)])
def test_trained_relaxations_start_where_they_are_told_and_have_gradients(w: Any) -> None:
    made, fixed = built(nn.Relaxation(5, 4, w=w, trained=True)), built(nn.Relaxation(5, 4, w=w))
    np.testing.assert_allclose(np.asarray(made.relaxations), fixed.relaxations, rtol=1e-12)
    np.testing.assert_allclose(made(AT), fixed(AT), rtol=1e-12)
    slope = jax.grad(lambda m: jnp.sum(m(AT) ** 2))(made).rates
    assert slope.shape == ((1,) if isinstance(w, float) else (3,))
    assert (np.abs(slope) > 1e-6).all()


@pytest.mark.parametrize(
    "architecture",
    [nn.Relaxation(5, 4, w=0.3, trained=True), nn.Relaxation(5, 5, w=0.5, tied=True), nn.Equilibrium(5)],
)
def test_jets_are_nested_derivatives(architecture: Any) -> None:
    """For the equilibrium by implicit differentiation on both sides, independently."""
    made = built(architecture)
    jets, nested = Taylor()(made, AT, INDICES), Nested()(made, AT, INDICES)
    for index in INDICES:
        np.testing.assert_allclose(jets[index], nested[index], rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("activation", ["tanh", "sin", "relu", "leaky_relu"])
def test_the_equilibrium_rests_and_is_stable(activation: str) -> None:
    """Even with weights far too large: z* = f(z* W + drive), and |lambda| < 1 for the Jacobian there."""
    made = built(nn.Equilibrium(7, activation=activation))
    made = jax.tree.map(lambda x: 20 * x if x is made.inner else x, made)
    drive = AT @ made.encoder + made.bias[None]
    z = jax.vmap(made.equilibrium)(drive)
    np.testing.assert_allclose(made.activation(z @ made.matrix + drive), z, atol=1e-11)
    assert (jnp.abs(made.matrix).sum(0) <= 0.9 + 1e-12).all()
    for row, d in zip(z, drive, strict=True):
        layer = from_arrays([made.matrix, np.ones((7, 1))], [np.asarray(d), np.zeros(1)], activation)
        assert np.abs(np.linalg.eigvals(layer.jacobians(0, np.asarray(row)[None]))).max() < 0.9 + 1e-9


def test_infinite_depth_is_the_equilibrium() -> None:
    """Relaxation with the drive as bias approaches z* at the rate of the contraction or faster, for every w."""
    made = built(nn.Equilibrium(6, contraction=0.6))
    drive = AT[0] @ made.encoder + made.bias
    rest = made.equilibrium(drive)
    for w in (0.3, 1.0):
        z, start = jnp.zeros(6), jnp.abs(rest).max()
        for _ in range(60):
            z = (1 - w) * z + w * jnp.tanh(z @ made.matrix + drive)
        assert jnp.abs(z - rest).max() <= (1 - w * 0.4) ** 60 * start + 1e-13


def test_parameter_gradients_of_derivatives_are_those_of_nested_differentiation() -> None:
    """What training a law needs: the gradient of u_x by the weights, through the implicit solves."""
    made = built(nn.Equilibrium(4))

    def second(engine: Any) -> Any:
        return jax.grad(lambda m: jnp.sum(engine(m, AT, ((1, 0),))[1, 0] ** 2))(made)

    for a, b in zip(jax.tree.leaves(second(Taylor())), jax.tree.leaves(second(Nested())), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-7, atol=1e-8)


def test_attraction_is_the_squared_residual_and_can_be_trained_down() -> None:
    made = built(nn.Relaxation(5, 3, w=0.5))
    z = jnp.tanh(AT @ made.weights[0] + made.biases[0][None])
    expected = []
    for k in (1, 2):
        target = jnp.tanh(z @ made.weights[k] + made.biases[k][None])
        expected.append(jnp.mean(jnp.sum((target - z) ** 2, 1) / jnp.sum(z**2, 1)))
        z = 0.5 * z + 0.5 * target
    first = nn.attraction(made, AT)
    assert float(first) == pytest.approx(float(np.mean(expected)), rel=1e-12)
    slope = jax.grad(nn.attraction)(made, AT)
    assert nn.attraction(jax.tree.map(lambda x, g: x - 1e-2 * g, made, slope), AT) < first


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: nn.Relaxation(w=0.0), "w must be above 0 and below 2, got 0.0."),
        (lambda: nn.Relaxation(w=2.0), "w must be above 0 and below 2, got 2.0."),
        (
            lambda: nn.Relaxation(w=1.0, trained=True),
            "w must be above 0 and below 1, got 1.0; w = 1 is the MLP",
        ),
        (
            lambda: nn.Relaxation(depth=4, w=(0.5, 0.5)),
            "w has 2 values; 4 layers need 3, one for each after the",
        ),
        (lambda: nn.Equilibrium(activation="gelu"), "the slope of gelu passes 1"),
        (lambda: nn.Equilibrium(contraction=1.0), "contraction must lie between 0 and 1, got 1.0"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        make()
