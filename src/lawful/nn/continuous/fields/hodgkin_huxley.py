"""Hodgkin's and Huxley's squid axon."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ...schemes._base import State, phi1
from ._base import AbstractField, Values, damped
from .parameter import AbstractParameter, Parameter

SCALE = 50.0
"""Millivolts that count as 1 in the read-out, so that the next layer sees numbers about one."""


class HodgkinHuxley(AbstractField):
    """C V' = I - g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L), gates x' = alpha (1 - x) - beta x
    (J. Physiol. 117 (1952) 500, with the potential of rest at -65 mV).

    V in mV, time in ms, current `gain` times the drive in uA/cm^2, so that drives about 1 make it spike. Explicit
    steps need h <= .05 ms; take `RushLarsen()`. The conductances are trained. Reads out V, as (V + 65) / 50, and
    the gates.
    """

    sodium: float = eqx.field(default=120.0, static=True)
    potassium: float = eqx.field(default=36.0, static=True)
    leak: float = eqx.field(default=0.3, static=True)
    gain: float = eqx.field(default=10.0, static=True)
    components: ClassVar[tuple[str, ...]] = ("V", "m", "h", "n")
    coupled: ClassVar[bool] = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {
            "sodium": Parameter(self.sodium, 0.0),
            "potassium": Parameter(self.potassium, 0.0),
            "leak": Parameter(self.leak, 0.0),
        }

    @property
    def start(self) -> tuple[float, ...]:
        return (-65.0, 0.0529325, 0.5961208, 0.3176769)  # the gates' own rest at -65 mV

    def rate(self, state: State, drive: Array, p: Values) -> State:
        V, *gates = state
        total, target = self._conductances(state, p)
        rates = [a - (a + b) * x for x, (a, b) in zip(gates, _opening(V), strict=True)]
        return (target + self.gain * drive - total * V, *rates)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        return (self._conductances(state, p)[0], *(a + b for a, b in _opening(state[0])))

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        return damped(self, state, drive, p, h)

    def observed(self, state: State) -> dict[str, Array]:
        V, m, h, n = state
        return {"V": (V + 65) / SCALE, "m": m, "h": h, "n": n}

    def _conductances(self, state: State, p: Values) -> tuple[Array, Array]:
        """The sum of the conductances, and of each times its potential (mS/cm^2; C = 1 uF/cm^2)."""
        _, m, h, n = state
        sodium, potassium = p["sodium"] * m**3 * h, p["potassium"] * n**4
        return sodium + potassium + p["leak"], 50.0 * sodium - 77.0 * potassium - 54.387 * p["leak"]


def _opening(V: Array) -> list[tuple[Array, Array]]:
    """alpha and beta of m, h and n, per ms; x / (1 - exp(-x)) = 1 / phi_1(-x) has no hole at 0."""
    return [
        (1.0 / phi1(-(V + 40) / 10), 4.0 * jnp.exp(-(V + 65) / 18)),
        (0.07 * jnp.exp(-(V + 65) / 20), 1.0 / (1 + jnp.exp(-(V + 35) / 10))),
        (0.1 / phi1(-(V + 55) / 10), 0.125 * jnp.exp(-(V + 65) / 80)),
    ]
