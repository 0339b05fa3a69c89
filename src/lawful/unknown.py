"""Scalars to be found together with the fields."""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from . import _runtime as _runtime
from ._numbers import is_real


class Unknown(eqx.Module):
    """A parameter to be found: where to start, and the bounds it must keep.

    `Unknown(0.2, lower=0)` stays positive. Inside, the optimizer moves a free number w: the value is
    lower + softplus(w), upper - softplus(w), lower + (upper - lower) sigmoid(w), or w itself.
    Raises `ValueError` for a start outside its bounds.
    """

    initial: float
    lower: float | None = None
    upper: float | None = None

    def __check_init__(self) -> None:
        for name, value in (("initial", self.initial), ("lower", self.lower), ("upper", self.upper)):
            if value is None and name != "initial":
                continue
            if not is_real(value):
                raise ValueError(f"Unknown: {name} must be a finite number, got {value!r}.")
        low = -math.inf if self.lower is None else self.lower
        high = math.inf if self.upper is None else self.upper
        if not low < self.initial < high:
            raise ValueError(
                f"Unknown: the start {self.initial:g} must lie strictly between lower={self.lower} and "
                f"upper={self.upper}; it may be a rough guess."
            )

    def value(self, free: Array) -> Array:
        """The bounded value of a free number."""
        if self.lower is not None and self.upper is not None:
            return self.lower + (self.upper - self.lower) * jax.nn.sigmoid(free)
        if self.lower is not None:
            return self.lower + jax.nn.softplus(free)
        if self.upper is not None:
            return self.upper - jax.nn.softplus(free)
        return free

    def free(self) -> Array:
        """The free number of the start."""
        if self.lower is not None and self.upper is not None:
            share = (self.initial - self.lower) / (self.upper - self.lower)
            return jnp.asarray(math.log(share / (1 - share)))
        if self.lower is not None:
            return _inverse_softplus(self.initial - self.lower)
        if self.upper is not None:
            return _inverse_softplus(self.upper - self.initial)
        return jnp.asarray(float(self.initial))


def _inverse_softplus(y: float) -> Array:
    return jnp.asarray(y + math.log(-math.expm1(-y)))
