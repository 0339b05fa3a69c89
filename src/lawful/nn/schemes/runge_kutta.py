"""The classical Runge-Kutta method."""

from typing import Any, ClassVar

from ._base import AbstractStepper, State, System, along


class RungeKutta4(AbstractStepper):
    """z+ = z + h (k1 + 2 k2 + 2 k3 + k4) / 6; order 4, four evaluations a step; a decay of rate r needs h <= 2.78/r."""

    order: ClassVar[int] = 4
    reach: ClassVar[float] = 2.785

    def step(self, system: System, state: State, h: Any) -> State:
        k1 = system.rate(state)
        k2 = system.rate(along(state, k1, h / 2))
        k3 = system.rate(along(state, k2, h / 2))
        k4 = system.rate(along(state, k3, h))
        slopes = zip(k1, k2, k3, k4, strict=True)
        total = tuple(a + 2 * b + 2 * c + d for a, b, c, d in slopes)
        return along(state, total, h / 6)
