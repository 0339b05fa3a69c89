"""The normal form of the Hopf bifurcation."""

from typing import Any, ClassVar

import equinox as eqx
from jaxtyping import Array

from ...schemes._base import State
from ._base import AbstractField, Values, named
from .parameter import AbstractParameter, Parameter


class Hopf(AbstractField):
    """x' = mu x - omega y - r^2 x + I, y' = omega x + mu y - r^2 y, r^2 = x^2 + y^2; omega > 0.

    Without drive: rest for mu < 0, a circle of radius sqrt(mu) run through at the rate omega for mu > 0. The
    semi-implicit step takes -r^2 z at the end of the step with the r of its start.
    """

    mu: float = eqx.field(default=0.5, static=True)
    omega: float = eqx.field(default=1.0, static=True)
    components: ClassVar[tuple[str, ...]] = ("x", "y")
    coupled: ClassVar[bool] = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {"mu": Parameter(self.mu), "omega": Parameter(self.omega, 0.0)}

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        x, y = state
        growth = p["mu"] - (x * x + y * y)
        return growth * x - p["omega"] * y + drive, p["omega"] * x + growth * y

    def decay(self, state: State, drive: Array, p: Values) -> State:
        x, y = state
        return 3 * x * x + y * y - p["mu"], x * x + 3 * y * y - p["mu"]

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        x, y = state
        damping = 1 + h * (x * x + y * y)
        mu, omega = p["mu"], p["omega"]
        return (
            (x + h * (mu * x - omega * y + drive)) / damping,
            (y + h * (omega * x + mu * y)) / damping,
        )

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)
