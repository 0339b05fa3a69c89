"""The modified multilayer perceptron: two encoders gate every hidden layer."""

from typing import Any

import equinox as eqx
import jax
from jaxtyping import Array, PRNGKeyArray

from .._numbers import check_whole
from ..calculus import Jet, affine
from ..calculus.jet import Activation
from ._base import (
    AbstractArchitecture,
    AbstractNetwork,
    Frame,
    Scaling,
    activation_named,
    dense,
)


class GatedPerceptron(AbstractNetwork):
    """z <- f(z W + b) * U + (1 - f(z W + b)) * V with encoders U, V of the inputs."""

    scaling: Scaling
    encoders: list[Array]
    encoder_biases: list[Array]
    weights: list[Array]
    biases: list[Array]
    activation: Activation = eqx.field(static=True)

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        z = self.scaling(z)
        u, v = (
            self.activation(affine(z, weight, bias))
            for weight, bias in zip(self.encoders, self.encoder_biases, strict=True)
        )
        difference = u - v
        for weight, bias in zip(self.weights[:-1], self.biases[:-1], strict=True):
            z = self.activation(affine(z, weight, bias)) * difference + v
        return affine(z, self.weights[-1], self.biases[-1])


class ModifiedMLP(AbstractArchitecture):
    """Hidden layers that blend two encodings of the inputs (Wang, Teng, Perdikaris, arXiv 2001.04536,
    section 2.6). Helps where gradients of several terms compete; costs about 1.5 times an MLP.
    """

    width: int = 20
    depth: int = 3
    activation: str = "tanh"

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("depth", self.depth)
        activation_named(self.activation)

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> GatedPerceptron:
        first, second, body = jax.random.split(key, 3)
        pairs = [dense([frame.dimension, self.width], k, dtype) for k in (first, second)]
        weights, biases = dense([frame.dimension, *[self.width] * self.depth, outputs], body, dtype)
        return GatedPerceptron(
            Scaling(frame, dtype),
            [w[0] for w, _ in pairs],
            [b[0] for _, b in pairs],
            weights,
            biases,
            activation_named(self.activation),
        )
