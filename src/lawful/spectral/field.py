"""What comes in: fields and numbers, checked in the user's words."""

import math
from typing import Any, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer
from jaxtyping import Array, Real

from .._numbers import is_real
from .transform import Axes, Transform, spread

Number: TypeAlias = float | Real[np.ndarray | Array, ""]
"""A number; a traced one where the solution is differentiated by it."""


def is_traced(value: Any) -> bool:
    """Whether JAX differentiates or compiles through it, so that it has no numbers to check."""
    return isinstance(value, Tracer)


def field(name: str, values: Any, on: Axes, *, keeps_complex: bool = False) -> tuple[Array, Transform]:
    """The field as an array of float32 or float64 (complex64 or complex128 where it `keeps_complex`), and its
    transform. Raises `ValueError` for what is no field, is not finite, or is complex where it cannot be."""
    array = values if is_traced(values) else np.asarray(values)
    if array.dtype.kind not in "fciub":
        raise ValueError(f"{name} must be an array of numbers, got {array.dtype} values.")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"{name} must be an array of values at the nodes, got the shape {array.shape}.")
    is_complex = array.dtype.kind == "c"
    if is_complex and not keeps_complex:
        raise ValueError(
            f"{name} must be real, got {array.dtype} values; pass its real and imaginary part in turn."
        )
    if not is_traced(array) and not np.isfinite(array).all():
        bad = int((~np.isfinite(array)).sum())
        raise ValueError(
            f"{name} must be finite, but {bad} of its {array.size} values are not; repair them first."
        )
    bits = 32 if array.dtype in (np.float32, np.complex64) else 64
    dtype = f"complex{2 * bits}" if keeps_complex else f"float{bits}"
    transform = Transform(spread(on, array.ndim), array.shape, not keeps_complex)
    return jnp.asarray(array, dtype=jax.dtypes.canonicalize_dtype(dtype)), transform


def number(name: str, value: Any, least: float = -math.inf) -> Any:
    """A finite number of at least `least`; raises `ValueError` for another."""
    if is_traced(value):
        return value
    plain = (
        value.item() if isinstance(value, np.generic | np.ndarray | jax.Array) and value.ndim == 0 else value
    )
    if not is_real(plain):
        raise ValueError(f"{name} must be a finite number, got {value!r}.")
    if plain < least:
        raise ValueError(f"{name} must be {least:g} or above, got {plain!r}.")
    return float(plain)


def times(t: Any, earliest: float) -> Any:
    """A time or a row of them; raises `ValueError` for one that is not finite or before `earliest`."""
    if is_traced(t):
        return t
    t = np.asarray(t)
    if t.ndim > 1 or t.dtype.kind not in "fiu":
        raise ValueError(f"t must be a time or a row of times, got {t.dtype} values of shape {t.shape}.")
    t = t.astype(float)
    if not np.isfinite(t).all():
        raise ValueError("t must be finite, and is not.")
    if t.size and t.min() < earliest:
        raise ValueError(
            f"t must be {earliest:g} or above, got {t.min():g}: this law smooths, and cannot be run backward."
        )
    return t
