"""Van der Pol's oscillator."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ...schemes._base import State
from ._base import AbstractField, Values, named
from .parameter import AbstractParameter, Parameter


class VanDerPol(AbstractField):
    """x' = y, y' = mu (1 - x^2) y - x + I; mu > 0.

    The semi-implicit step takes -mu x^2 y at the end of the step, then moves x by the new y.
    """

    mu: float = eqx.field(default=1.0, static=True)
    components: ClassVar[tuple[str, ...]] = ("x", "y")
    coupled: ClassVar[bool] = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {"mu": Parameter(self.mu, 0.0)}

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        x, y = state
        return y, p["mu"] * (1 - x * x) * y - x + drive

    def decay(self, state: State, drive: Array, p: Values) -> State:
        x, _ = state
        return jnp.zeros_like(x), p["mu"] * (x * x - 1)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        x, y = state
        after = (y + h * (p["mu"] * y - x + drive)) / (1 + h * p["mu"] * x * x)
        return x + h * after, after

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)
