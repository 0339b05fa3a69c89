"""How weights are drawn, and networks that take coordinates as they are."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful import nn

WIDE = nn.Frame(("x", "t"), (2.0, 0.0), (12.0, 0.5))


@pytest.mark.parametrize(("rule", "kurtosis"), [(nn.GlorotNormal(), 3.0), (nn.GlorotUniform(), 1.8)])
def test_variance_is_that_of_glorot_and_the_shape_its_own(rule: nn.AbstractInitial, kurtosis: float) -> None:
    w = rule.draw(300, 200, np.random.default_rng(0))
    assert w.shape == (300, 200)
    assert abs(w.mean()) < 4 * w.std() / np.sqrt(w.size)
    assert w.var() == pytest.approx(2 / 500, rel=0.02)
    assert (w**4).mean() / w.var() ** 2 == pytest.approx(kurtosis, rel=0.03)


def test_a_perceptron_draws_by_the_rule_it_is_given() -> None:
    made = nn.MLP(50, 3, initial=nn.GlorotUniform()).build(WIDE, 1, key=jax.random.key(0), dtype=jnp.float32)
    for w in made.weights:
        assert float(jnp.abs(w).max()) <= np.sqrt(6 / sum(w.shape)) * (1 + 1e-6)
    assert float(jnp.abs(made.weights[1]).max()) > 0.95 * np.sqrt(6 / 100)


def test_an_unscaled_network_is_the_chain_of_its_weights() -> None:
    """z W + b of the coordinates themselves, whatever the domain."""
    made = nn.Unscaled(nn.MLP(6, 1)).build(WIDE, 1, key=jax.random.key(0), dtype=jnp.float64)
    at = jnp.asarray([[3.0, 0.1], [11.0, 0.4]])
    first, last = made.weights
    np.testing.assert_allclose(made(at), jnp.tanh(at @ first) @ last, rtol=1e-12)
