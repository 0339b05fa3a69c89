"""Wave speeds against eigenvalues, and the flux between equal states."""

import jax.numpy as jnp
import numpy as np
import pytest

from lawful.reference.hyperbolic.waves import extreme_speeds, hll, jacobian


@pytest.mark.parametrize("m", [1, 2, 3, 4])
def test_speeds_are_the_extreme_eigenvalues(m: int) -> None:
    rng = np.random.default_rng(m)
    speeds, vectors = rng.standard_normal((50, m)), rng.standard_normal((50, m, m))
    vectors += 3 * np.eye(m)
    A = vectors @ (speeds[:, :, None] * np.linalg.inv(vectors))
    low, high = extreme_speeds(jnp.moveaxis(jnp.asarray(A), 0, -1))
    np.testing.assert_allclose(low, speeds.min(axis=1), atol=1e-6)
    np.testing.assert_allclose(high, speeds.max(axis=1), atol=1e-6)


def shallow(q: jnp.ndarray) -> jnp.ndarray:
    h, m = q.reshape(2, -1)
    return jnp.stack([m, m**2 / h + h**2 / 2]).reshape(q.shape)


def test_jacobian_of_shallow_water() -> None:
    h, m = 2.0, 3.0
    A = jacobian(shallow, jnp.asarray([[h], [m]]))[..., 0]
    np.testing.assert_allclose(A, [[0, 1], [h - m**2 / h**2, 2 * m / h]], atol=1e-14)


def test_the_flux_is_consistent_and_upwind() -> None:
    q = jnp.asarray([[1.0, 2.0, 0.5], [0.3, -1.0, 2.0]])
    np.testing.assert_allclose(hll(shallow, q, q), shallow(q), atol=1e-13)
    # faster than its waves: the flux is that of the left state, whatever is on the right
    fast, other = jnp.asarray([[1.0], [5.0]]), jnp.asarray([[1.2], [5.0]])
    np.testing.assert_allclose(hll(shallow, fast, other), shallow(fast), atol=1e-13)
