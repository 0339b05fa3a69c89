"""Fields of sources: (s - lap) u = f, multiplier 1 / (s + |k|^2)."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .field import Number, field, is_traced, number
from .transform import Axes, Transform

MEAN, RESONANCE = 1e3, 1e-10
"""Of the largest value times the rounding unit, a mean that counts as zero; of the squared wavenumber, a
distance to a resonance that counts as none."""


def poisson(f: Any, *, on: Axes) -> Float[Array, "..."]:
    """The solution of -lap u = f.

    - `f`: real values at the nodes of `on`, any dimension.
    - `on`: `Periodic(length)` or `Sine(length)`, one for all dimensions or a tuple with one each.

    Where all axes are periodic a solution exists only if the mean of f vanishes, and is unique up to a constant:
    the one of mean zero is returned. Raises `ValueError` where the mean does not vanish to rounding.
    """
    values, transform = field("f", f, on)
    if len(transform.circles) == len(transform.axes) and not is_traced(f):
        mean, size = float(np.mean(values, dtype=float)), float(np.abs(values).max())
        if abs(mean) > MEAN * float(jnp.finfo(values.dtype).eps) * size:
            raise ValueError(
                f"f has the mean {mean:g}, and -lap u = f has a periodic solution only where it is 0; subtract it: "
                "f - f.mean()."
            )
    return _solve(transform, values, 0.0)


def screened_poisson(f: Any, *, kappa: Number, on: Axes) -> Float[Array, "..."]:
    """The solution of -lap u + kappa^2 u = f: a field that a screen of length 1 / kappa damps.

    `f` and `on` as in `poisson`. Raises `ValueError` for kappa = 0, which is `poisson`.
    """
    kappa = number("kappa", kappa)
    if not is_traced(kappa) and kappa == 0:
        raise ValueError("kappa must not be 0; without a screen use poisson(f, on=...).")
    values, transform = field("f", f, on)
    return _solve(transform, values, kappa**2)


def helmholtz(f: Any, *, k: Number, on: Axes) -> Float[Array, "..."]:
    """The solution of -lap u - k^2 u = f: the field of a source that swings with the wavenumber k.

    `f` and `on` as in `poisson`. Raises `ValueError` where k is that of a wave on the axes, which f would drive
    without bound.
    """
    k = number("k", k)
    values, transform = field("f", f, on)
    if not is_traced(k):
        gap = np.abs(transform.laplacian - k**2)
        if gap.min() <= RESONANCE * k**2:
            raise ValueError(
                f"k = {k:g} is the wavenumber of a free wave on these axes; take another, or another length."
            )
    return _solve(transform, values, -(k**2))


@jax.jit(static_argnums=0)
def _solve(transform: Transform, f: Array, shift: Array) -> Array:
    operator = transform.laplacian + shift
    multiplier = jnp.where(operator == 0, 0.0, 1 / jnp.where(operator == 0, 1.0, operator))
    return transform.backward(multiplier.astype(f.dtype) * transform.forward(f))
