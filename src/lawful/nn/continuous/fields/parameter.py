"""Parameters of the dynamics, kept in their range while they are trained."""

import abc
import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from ...._numbers import is_real


class AbstractParameter(eqx.Module):
    """A trained array, and the value that the dynamics see."""

    @abc.abstractmethod
    def draw(self, width: int, *, key: PRNGKeyArray, dtype: Any) -> Array:
        """The array to train, for `width` neurons."""

    @abc.abstractmethod
    def value(self, raw: Array) -> Array:
        """What the dynamics see, within its range."""


class Parameter(AbstractParameter):
    """One number a neuron, beginning at `start`.

    With `lower` alone the value is lower + softplus(raw); with both bounds lower + (upper - lower) sigmoid(raw);
    without, raw itself. Raises `ValueError` where `start` is not strictly inside.
    """

    start: float = eqx.field(static=True)
    lower: float | None = eqx.field(default=None, static=True)
    upper: float | None = eqx.field(default=None, static=True)

    def __check_init__(self) -> None:
        for name, value in (("start", self.start), ("lower", self.lower), ("upper", self.upper)):
            if not (is_real(value) or (value is None and name != "start")):
                raise ValueError(f"{name} of a parameter must be a finite number, got {value!r}.")
        low = -math.inf if self.lower is None else self.lower
        high = math.inf if self.upper is None else self.upper
        if not low < self.start < high:
            raise ValueError(
                f"a parameter that starts at {self.start!r} must lie strictly between {low:g} and {high:g}."
            )
        if self.lower is None and self.upper is not None:
            raise ValueError(f"a parameter with upper={self.upper!r} needs a lower bound as well.")

    def draw(self, width: int, *, key: PRNGKeyArray, dtype: Any) -> Array:
        start = self.start
        if self.lower is not None and self.upper is not None:
            share = (start - self.lower) / (self.upper - self.lower)
            start = math.log(share / (1 - share))
        elif self.lower is not None:
            above = start - self.lower
            start = above + math.log(-math.expm1(-above))
        return jnp.full((width,), start, dtype)

    def value(self, raw: Array) -> Array:
        if self.lower is None:
            return raw
        if self.upper is None:
            return self.lower + jax.nn.softplus(raw)
        return self.lower + (self.upper - self.lower) * jax.nn.sigmoid(raw)


class Coupling(AbstractParameter):
    """A matrix of one number a pair of neurons, normal of deviation `scale` / sqrt(width)."""

    scale: float = eqx.field(default=1.0, static=True)

    def draw(self, width: int, *, key: PRNGKeyArray, dtype: Any) -> Array:
        rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
        return jnp.asarray(self.scale / math.sqrt(width) * rng.standard_normal((width, width)), dtype)

    def value(self, raw: Array) -> Array:
        return raw
