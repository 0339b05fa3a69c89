"""The residual network, which is Euler's method with weights that change from step to step."""

import dataclasses
from typing import Any, ClassVar

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from ..._numbers import check_whole, plain
from ..schemes.explicit_euler import ExplicitEuler
from ._base import READOUT, AbstractMap, AbstractModel, Linear
from .neural_ode import Branch, system_of


class ResidualMap(AbstractMap):
    """Lift, z <- z + f_k(z) over the blocks, read-out; each block one Euler step of z' = f_k(z) over a time of 1."""

    lift: Linear
    branches: tuple[Branch, ...]
    readout: Linear
    steps: int = eqx.field(static=True)
    continuous: ClassVar[bool] = True

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        state = (self.lift(x),)
        for branch in self.branches:
            state = ExplicitEuler().march(system_of(branch), state, 1.0, self.steps, checkpoint=False)
        return self.readout(state[0])

    def refined(self, factor: int) -> "ResidualMap":
        check_whole("factor", factor)
        return dataclasses.replace(self, steps=self.steps * factor)

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        pass


class ResNet(AbstractModel):
    """`blocks` residual blocks z + tanh(z W + b) V + c of that `width` and `hidden` width.

    Euler's method with h = 1 for z' = f(z, t), f constant in t within a block; refined, it takes shorter steps of
    the same field. Raises `ValueError` for sizes that are no whole numbers.
    """

    width: int = eqx.field(default=32, static=True, converter=plain)
    hidden: int = eqx.field(default=32, static=True, converter=plain)
    blocks: int = eqx.field(default=2, static=True, converter=plain)

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("hidden", self.hidden)
        check_whole("blocks", self.blocks)

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> ResidualMap:
        one, two, *keys = jax.random.split(key, 2 + self.blocks)
        return ResidualMap(
            Linear(inputs, self.width, key=one, dtype=dtype),
            tuple(Branch(self.width, self.hidden, key=k, dtype=dtype) for k in keys),
            Linear(self.width, outputs, key=two, dtype=dtype, gain=READOUT),
            1,
        )
