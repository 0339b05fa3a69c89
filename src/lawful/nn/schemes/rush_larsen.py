"""The method of Rush and Larsen for gates."""

from typing import Any, ClassVar

from ._base import AbstractStepper, State, System, phi1


class RushLarsen(AbstractStepper):
    """z_i+ = z_i + h phi_1(-h d_i) F_i with the decay d_i of each component, phi_1(x) = (e^x - 1)/x; order 1.

    Exact for gates, z' = d (target - z), while the other components stand still; relaxation moves by the
    share w = 1 - exp(-gamma h). Rush and Larsen, IEEE Trans. Biomed. Eng. 25 (1978) 389; for components that
    are no gates d is -dF_i/dz_i, as in Sundnes et al., IEEE Trans. Biomed. Eng. 56 (2009) 2546.
    """

    order: ClassVar[int] = 1
    reach: ClassVar[float] = float("inf")

    def step(self, system: System, state: State, h: Any) -> State:
        rate, decay = system.rate(state), system.decay(state)
        return tuple(z + h * phi1(-h * d) * f for z, f, d in zip(state, rate, decay, strict=True))
