"""Relaxation towards a feed-forward layer."""

from typing import Any, ClassVar

import equinox as eqx
from jaxtyping import Array

from ...._numbers import check_at_least_zero
from ....calculus.jet import Activation
from ..._base import activation_named
from ...schemes._base import State
from ._base import AbstractField, Values, damped, named
from .parameter import AbstractParameter, Coupling, Parameter


class Relaxation(AbstractField):
    """z' = -gamma (z - f(z W + I)), gamma > 0, with a coupling W within the layer where `coupling` is above zero
    (arXiv 2601.00473, equations 10-17).

    An Euler step is (1 - w) z + w f(.) with w = gamma h, which is the feed-forward layer for w = 1; a Rush-Larsen
    step has w = 1 - exp(-gamma h). Its fixed points are those of a deep equilibrium network. `coupling` is the
    deviation of W times sqrt(neurons): below 1 the flow contracts at the start.
    """

    gamma: float = eqx.field(default=1.0, static=True)
    coupling: float = eqx.field(default=0.5, static=True)
    activation: str = eqx.field(default="tanh", static=True)
    components: ClassVar[tuple[str, ...]] = ("z",)

    def __check_init__(self) -> None:
        activation_named(self.activation)
        check_at_least_zero("coupling", self.coupling)

    @property
    def coupled(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.coupling > 0

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        own: dict[str, AbstractParameter] = {"gamma": Parameter(self.gamma, 0.0)}
        return own | ({"W": Coupling(self.coupling)} if self.coupling > 0 else {})

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0,)

    def target(self, z: Array, drive: Array, p: Values) -> Array:
        """f(z W + I)."""
        f: Activation = activation_named(self.activation)
        found: Any = f(z @ p["W"] + drive if self.coupling > 0 else drive)
        return found

    def rate(self, state: State, drive: Array, p: Values) -> State:
        (z,) = state
        return (p["gamma"] * (self.target(z, drive, p) - z),)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        (z,) = state
        return (p["gamma"] + 0 * z,)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        return damped(self, state, drive, p, h)

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)
