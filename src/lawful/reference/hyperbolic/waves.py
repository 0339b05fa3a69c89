"""Wave speeds of a system of conservation laws, and the flux of Harten, Lax and van Leer."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Function = Callable[[Any], Any]


def extreme_speeds(jacobian: Any) -> tuple[Any, Any]:
    """The least and largest eigenvalue of Jacobians (m, m, ...), which are real for a hyperbolic system.

    In closed form up to m = 3; numerically, and slower, beyond.
    """
    A = jacobian
    m = A.shape[0]
    if m == 1:
        return A[0, 0], A[0, 0]
    if m == 2:
        middle = (A[0, 0] + A[1, 1]) / 2
        reach = jnp.sqrt(jnp.maximum(((A[0, 0] - A[1, 1]) / 2) ** 2 + A[0, 1] * A[1, 0], 0.0))
        return middle - reach, middle + reach
    if m == 3:
        # the roots of the characteristic cubic by Viète's cosines
        middle = (A[0, 0] + A[1, 1] + A[2, 2]) / 3
        a, b, c = A[0, 0] - middle, A[1, 1] - middle, A[2, 2] - middle
        xy, yz, zx = A[0, 1] * A[1, 0], A[1, 2] * A[2, 1], A[2, 0] * A[0, 2]
        reach = jnp.sqrt(jnp.maximum((a * a + b * b + c * c + 2 * (xy + yz + zx)) / 6, 0.0))
        loops = A[0, 1] * A[1, 2] * A[2, 0] + A[0, 2] * A[2, 1] * A[1, 0]
        determinant = a * b * c + loops - a * yz - b * zx - c * xy
        cosine = jnp.clip(determinant / (2 * reach**3 + 1e-300), -1.0, 1.0)
        angle = jnp.arccos(cosine) / 3
        return middle + 2 * reach * jnp.cos(angle + 2 * jnp.pi / 3), middle + 2 * reach * jnp.cos(angle)
    speeds = jnp.linalg.eigvals(jnp.moveaxis(A, (0, 1), (-2, -1))).real
    return speeds.min(axis=-1), speeds.max(axis=-1)


def jacobian(f: Function, states: Any) -> Any:
    """df_i/dq_j (m, m, ...) of a function that acts on states (m, ...) place by place."""
    m = states.shape[0]
    units = jnp.eye(m).reshape(m, m, *(1,) * (states.ndim - 1))

    def along(unit: Any) -> Any:
        return jax.jvp(f, (states,), (jnp.broadcast_to(unit, states.shape),))[1]

    return jax.vmap(along, out_axes=1)(units)


def hll(f: Function, left: Any, right: Any) -> Any:
    """The flux of the two fastest waves, from states (m, ...) on either side.

    Their speeds are the extreme eigenvalues at both states and half-way between (Harten, Lax and van Leer
    1983, SIAM Review 25; Davis 1988).
    """
    # side by side: each call of f is long to compile
    low, high = extreme_speeds(jacobian(f, jnp.stack([left, (left + right) / 2, right], axis=1)))
    slow = jnp.minimum(jnp.min(low, axis=0), 0.0)[None]
    fast = jnp.maximum(jnp.max(high, axis=0), 0.0)[None]
    sides = f(jnp.stack([left, right], axis=1))
    blend = fast * sides[:, 0] - slow * sides[:, 1] + slow * fast * (right - left)
    return blend / (fast - slow + 1e-300)
