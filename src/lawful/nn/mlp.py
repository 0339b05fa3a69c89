"""The multilayer perceptron."""

from typing import Any

import equinox as eqx
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import check_whole
from ..calculus import Jet, affine
from ..calculus.jet import Activation
from ._base import (
    AbstractArchitecture,
    AbstractLayered,
    Frame,
    Pull,
    Scaling,
    activation_named,
    dense,
)
from .initial import AbstractInitial, GlorotNormal


class Perceptron(AbstractLayered):
    """z <- f(z W + b) over the hidden layers, then z W + b; inputs scaled to [-1, 1]."""

    scaling: Scaling
    weights: list[Array]
    biases: list[Array]
    activation: Activation = eqx.field(static=True)

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        z = self.scaling(z)
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            z = self.activation(affine(z, weight, bias))
        return affine(z, self.weights[-1], self.biases[-1])

    def pulls(self, z: Float[Array, "points d"]) -> list[Pull]:
        state: Any = self.scaling(z)
        out = []
        for layer, (weight, bias) in enumerate(zip(self.weights[:-1], self.biases[:-1], strict=True)):
            before, state = state, self.activation(affine(state, weight, bias))
            if layer and before.shape == state.shape:
                out.append((before, state))
        return out


class MLP(AbstractArchitecture):
    """`depth` hidden layers of `width` neurons.

    `activation` is tanh, sin, gelu, relu or leaky_relu (the last two have no second derivative: first-order laws
    only). Weights are drawn by `initial`, biases are zero. Small tanh networks in float64, such as
    4 x 20, are the default for smooth solutions in few dimensions.
    """

    width: int = 20
    depth: int = 3
    activation: str = "tanh"
    initial: AbstractInitial = GlorotNormal()

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("depth", self.depth)
        activation_named(self.activation)

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Perceptron:
        sizes = [frame.dimension, *[self.width] * self.depth, outputs]
        weights, biases = dense(sizes, key, dtype, self.initial)
        return Perceptron(Scaling(frame, dtype), weights, biases, activation_named(self.activation))
