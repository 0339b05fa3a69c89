"""The semi-implicit step that each field has in closed form."""

from typing import Any, ClassVar

from ._base import AbstractStepper, State, System


class SemiImplicit(AbstractStepper):
    """The damping terms at the end of the step, the others at its start; order 1, no bound on the step.

    Without iteration: FitzHugh-Nagumo's cubic is solved by sinh, the other fields divide by 1 + h d. Bounded
    whatever the step; that is no accuracy, and one long step is a static activation.
    """

    order: ClassVar[int] = 1
    reach: ClassVar[float] = float("inf")

    def step(self, system: System, state: State, h: Any) -> State:
        return system.implicit(state, h)
