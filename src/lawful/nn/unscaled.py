"""Networks that take the coordinates as they are."""

from typing import Any

from jaxtyping import PRNGKeyArray

from ._base import AbstractArchitecture, AbstractNetwork, Frame
from .mlp import MLP


class Unscaled(AbstractArchitecture):
    """The network `base` on coordinates in their own units, not scaled to [-1, 1].

    For comparison with published networks; coordinates far from [-1, 1] saturate tanh, and are better scaled.
    """

    base: AbstractArchitecture = MLP()

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> AbstractNetwork:
        ends = (1.0,) * frame.dimension
        unit = Frame(frame.coordinates, tuple(-end for end in ends), ends)
        return self.base.build(unit, outputs, key=key, dtype=dtype)
