"""The explicit Euler method."""

from typing import Any, ClassVar

from ._base import AbstractStepper, State, System, along


class ExplicitEuler(AbstractStepper):
    """z+ = z + h F(z); order 1, one evaluation a step.

    A decay of rate r needs h <= 2/r. A residual network is this method with h = 1.
    """

    order: ClassVar[int] = 1
    reach: ClassVar[float] = 2.0

    def step(self, system: System, state: State, h: Any) -> State:
        return along(state, system.rate(state), h)
