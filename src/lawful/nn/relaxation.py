"""Relaxation networks: every layer moves the state a part of the way to where the perceptron would put it."""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import check_whole, is_real
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


class Relaxed(AbstractLayered):
    """z <- f(z W + b) at the first layer, z <- (1 - w) z + w f(z W + b) at the others, then z W + b.

    `rates` are log(gamma dt) of w = 1 - exp(-gamma dt) where w is trained, else `fixed` holds the w of each layer.
    With `tied`, all those layers are one.
    """

    scaling: Scaling
    weights: list[Array]
    biases: list[Array]
    rates: Array | None
    activation: Activation = eqx.field(static=True)
    fixed: tuple[float, ...] = eqx.field(static=True)

    @property
    def relaxations(self) -> "list[Array | float]":
        """w of each layer after the first."""
        if self.rates is None:
            return list(self.fixed)
        w = -jnp.expm1(-jnp.exp(self.rates))
        return [w[i if len(w) > 1 else 0] for i in range(len(self.fixed))]

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        z = self.activation(affine(self.scaling(z), self.weights[0], self.biases[0]))
        for layer, w in enumerate(self.relaxations):
            z = z * (1 - w) + self._target(layer, z) * w
        return affine(z, self.weights[-1], self.biases[-1])

    def pulls(self, z: Float[Array, "points d"]) -> list[Pull]:
        state: Any = self.activation(affine(self.scaling(z), self.weights[0], self.biases[0]))
        out = []
        for layer, w in enumerate(self.relaxations):
            target: Any = self._target(layer, state)
            out.append((state, target))
            state = state * (1 - w) + target * w
        return out

    def _target(self, layer: int, z: "Jet | Array") -> "Jet | Array":
        at = min(
            layer + 1, len(self.weights) - 2
        )  # the last hidden matrix is all there is where layers are tied
        return self.activation(affine(z, self.weights[at], self.biases[at]))


class Relaxation(AbstractArchitecture):
    """`depth` hidden layers of `width` neurons, each after the first z <- (1 - w) z + w f(z W + b): explicit Euler
    steps of z' = gamma (f(z W + b) - z) (arXiv 2601.00473, eq. 10 to 17).

    `w` is one number or one a layer after the first (unequal steps of depth); `trained` trains them as
    w = 1 - exp(-gamma dt) from there, below 1. With w = 1 it is the MLP, bit by bit; with `tied` all layers after the
    first share their weights, and an infinite depth is an equilibrium. Raises `ValueError` for w outside of (0, 2),
    where no step ends nearer, for trained w of 1 and more, and for another number of w than depth - 1.
    """

    width: int = 20
    depth: int = 4
    w: float | tuple[float, ...] = 0.5
    trained: bool = False
    tied: bool = False
    activation: str = "tanh"

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("depth", self.depth)
        activation_named(self.activation)
        if isinstance(self.w, tuple) and len(self.w) != self.depth - 1:
            raise ValueError(
                f"w has {len(self.w)} values; {self.depth} layers need {self.depth - 1}, one for each after the first."
            )
        above = 1.0 if self.trained else 2.0
        for w in self.w if isinstance(self.w, tuple) else (self.w,):
            if not (is_real(w) and 0 < w < above):
                fix = "; w = 1 is the MLP, with nothing to train" if self.trained else ""
                raise ValueError(f"w must be above 0 and below {above:g}, got {w!r}{fix}.")

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Relaxed:
        inner = min(self.depth, 2) if self.tied else self.depth
        weights, biases = dense([frame.dimension, *[self.width] * inner, outputs], key, dtype)
        fixed = self.w if isinstance(self.w, tuple) else (self.w,) * (self.depth - 1)
        own = np.asarray(self.w if isinstance(self.w, tuple) else (self.w,))
        rates = jnp.asarray(np.log(-np.log1p(-own)), dtype) if self.trained and fixed else None
        return Relaxed(
            Scaling(frame, dtype), weights, biases, rates, activation_named(self.activation), fixed
        )
