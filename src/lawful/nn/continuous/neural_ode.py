"""The neural ordinary differential equation for tables."""

import dataclasses
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..._numbers import check_whole, is_real, plain
from ..schemes._base import AbstractScheme, State, System
from ..schemes.heun import Heun
from ._base import READOUT, AbstractMap, AbstractModel, Linear


class Branch(eqx.Module):
    """tanh(z W + b) V + c: the vector field of a neural ODE, or the branch of a residual block."""

    first: Linear
    second: Linear

    def __init__(self, width: int, hidden: int, *, key: PRNGKeyArray, dtype: Any):
        one, two = jax.random.split(key)
        self.first = Linear(width, hidden, key=one, dtype=dtype)
        self.second = Linear(hidden, width, key=two, dtype=dtype)

    def __call__(self, z: Array) -> Array:
        return self.second(jnp.tanh(self.first(z)))


def system_of(branch: Branch) -> System:
    """A branch as a field without a stiff part: its decay is 0, its semi-implicit step Euler's."""

    def rate(state: State) -> State:
        return (branch(state[0]),)

    def decay(state: State) -> State:
        return (jnp.zeros_like(state[0]),)

    def implicit(state: State, h: Any) -> State:
        return (state[0] + h * branch(state[0]),)

    return System("the neural ODE", rate, decay, implicit, True)


class NeuralFlow(AbstractMap):
    """x -> lift -> the flow of z' = f(z) over the horizon -> read-out."""

    lift: Linear
    branch: Branch
    readout: Linear
    scheme: AbstractScheme
    horizon: float = eqx.field(static=True)
    steps: int = eqx.field(static=True)
    checkpoint: bool = eqx.field(static=True)
    continuous: ClassVar[bool] = True

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        state = (self.lift(x),)
        end = self.scheme.march(
            system_of(self.branch), state, self.horizon, self.steps, checkpoint=self.checkpoint
        )
        return self.readout(end[0])

    def refined(self, factor: int) -> "NeuralFlow":
        check_whole("factor", factor)
        return dataclasses.replace(self, steps=self.steps * factor)

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        pass


class NeuralODE(AbstractModel):
    """z' = tanh(z W + b) V + c with one set of weights at all times, from z(0) = x L + l, read out linearly
    (Chen et al., arXiv 1806.07366).

    `width` is the size of z, `hidden` that of its field; `scheme` any of `lw.nn.schemes`, as
    `Diffrax(diffrax.Dopri5(), rtol=1e-3, atol=1e-3)`. Gradients are those of the steps taken; `checkpoint`
    recomputes them. Raises `ValueError` for sizes that are no whole numbers or a horizon that is not above zero.
    """

    width: int = eqx.field(default=32, static=True, converter=plain)
    hidden: int = eqx.field(default=32, static=True, converter=plain)
    scheme: AbstractScheme = Heun()
    horizon: float = eqx.field(default=1.0, static=True)
    steps: int = eqx.field(default=6, static=True, converter=plain)
    checkpoint: bool = eqx.field(default=False, static=True)

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("hidden", self.hidden)
        check_whole("steps", self.steps)
        if not (is_real(self.horizon) and self.horizon > 0):
            raise ValueError(f"horizon must be a time above 0, got {self.horizon!r}.")

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> NeuralFlow:
        one, two, three = jax.random.split(key, 3)
        return NeuralFlow(
            Linear(inputs, self.width, key=one, dtype=dtype),
            Branch(self.width, self.hidden, key=two, dtype=dtype),
            Linear(self.width, outputs, key=three, dtype=dtype, gain=READOUT),
            self.scheme,
            self.horizon,
            self.steps,
            self.checkpoint,
        )
