"""Heun's method, the explicit trapezoidal rule."""

from typing import Any, ClassVar

from ._base import AbstractStepper, State, System, along


class Heun(AbstractStepper):
    """z+ = z + h (F(z) + F(z + h F(z))) / 2; order 2, two evaluations a step.

    A decay of rate r needs h <= 2/r, as with Euler's method.
    """

    order: ClassVar[int] = 2
    reach: ClassVar[float] = 2.0

    def step(self, system: System, state: State, h: Any) -> State:
        first = system.rate(state)
        second = system.rate(along(state, first, h))
        return tuple(z + (h / 2) * (f + g) for z, f, g in zip(state, first, second, strict=True))
