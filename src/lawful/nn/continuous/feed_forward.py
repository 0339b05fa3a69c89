"""The feed-forward network, which claims no equation."""

from typing import Any, ClassVar

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from ...calculus.jet import Activation
from .._base import activation_named
from ._base import READOUT, AbstractMap, AbstractModel, Linear, as_widths


class FeedForwardMap(AbstractMap):
    """x <- f(x W + b) over the hidden layers, then x W + b."""

    layers: tuple[Linear, ...]
    readout: Linear
    activation: Activation = eqx.field(static=True)
    continuous: ClassVar[bool] = False

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        z: Any = x
        for layer in self.layers:
            z = self.activation(layer(z))
        return self.readout(z)

    def refined(self, factor: int) -> "FeedForwardMap":
        return self

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        pass


class FeedForward(AbstractModel):
    """Hidden layers of these `widths` with one `activation`: tanh, sin, gelu, relu or leaky_relu."""

    widths: tuple[int, ...] = eqx.field(default=(64, 64), static=True, converter=as_widths)
    activation: str = eqx.field(default="gelu", static=True)

    def __check_init__(self) -> None:
        activation_named(self.activation)

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> FeedForwardMap:
        *keys, last = jax.random.split(key, len(self.widths) + 1)
        sizes = (inputs, *self.widths)
        gain = 1.0 if self.activation == "tanh" else 2**0.5
        layers = [
            Linear(a, b, key=k, dtype=dtype, gain=gain)
            for k, a, b in zip(keys, sizes[:-1], sizes[1:], strict=True)
        ]
        readout = Linear(sizes[-1], outputs, key=last, dtype=dtype, gain=READOUT)
        return FeedForwardMap(tuple(layers), readout, activation_named(self.activation))
