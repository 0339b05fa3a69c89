"""Kuramoto's phase oscillators."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ...schemes._base import State
from ._base import AbstractField, Values
from .parameter import AbstractParameter, Coupling, Parameter


class Kuramoto(AbstractField):
    """theta_i' = omega_i + sum_j K_ij sin(theta_j - theta_i) + I_i with a learnt coupling K.

    Written by cos and sin of each phase, so that a step costs two matrix products instead of a tensor of pairs.
    Read out as sin(theta) and cos(theta), which do not see whole turns. `coupling` is the deviation of K times
    sqrt(neurons). Nothing in it is stiff: its semi-implicit step is Euler's.
    """

    omega: float = eqx.field(default=0.0, static=True)
    coupling: float = eqx.field(default=0.5, static=True)
    components: ClassVar[tuple[str, ...]] = ("theta",)
    coupled: ClassVar[bool] = True

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {"omega": Parameter(self.omega), "K": Coupling(self.coupling)}

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0,)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        (theta,) = state
        sine, cosine = jnp.sin(theta), jnp.cos(theta)
        pull = cosine * (sine @ p["K"].T) - sine * (cosine @ p["K"].T)
        return (p["omega"] + pull + drive,)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        return (jnp.zeros_like(state[0]),)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        return (state[0] + h * self.rate(state, drive, p)[0],)

    def observed(self, state: State) -> dict[str, Array]:
        (theta,) = state
        return {"sin": jnp.sin(theta), "cos": jnp.cos(theta)}
