"""Deep equilibrium networks: the limit of infinite depth, with derivatives by implicit differentiation."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import check_whole, is_real
from ..calculus import Jet, affine
from ..calculus._indices import order
from ..calculus.jet import Activation
from ._base import (
    AbstractArchitecture,
    AbstractNetwork,
    Frame,
    Frozen,
    Scaling,
    activation_named,
    dense,
)

CONTRACTIONS = ("tanh", "sin", "relu", "leaky_relu")
"""Activations whose slope is never above 1."""
NEWTON_STEPS = 3
STEPS = 1000


class Implicit(AbstractNetwork):
    """z* = f(z* W + x U + b), then z* V + c; x scaled to [-1, 1].

    Each column of W is scaled down where its absolute sum is above `contraction`, so that there is one z*, and
    iteration finds it. The derivatives of z* solve (I - diag(f') W^T) d = r order by order, with one matrix a point.
    """

    scaling: Scaling
    inner: Array
    encoder: Array
    bias: Array
    decoder: Array
    shift: Array
    contraction: Frozen
    activation: Activation = eqx.field(static=True)

    @property
    def matrix(self) -> Float[Array, "width width"]:
        """W, whose columns have absolute sums of at most `contraction`."""
        limit = self.contraction.value
        return self.inner * (limit / jnp.maximum(limit, jnp.sum(jnp.abs(self.inner), axis=0)))[None]

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        drive = affine(self.scaling(z), self.encoder, self.bias)
        state = self._jet(drive) if isinstance(drive, Jet) else self._values(drive)
        return affine(state, self.decoder, self.shift)

    def equilibrium(self, drive: Float[Array, " width"]) -> Float[Array, " width"]:
        """z* of one drive x U + b; its derivatives up to the seventh order are those of the implicit function.

        Iteration finds z*, without derivatives; three of Newton's steps from there are exact in value, and since their
        error is of the eighth power of a change of W or the drive, in seven derivatives as well.
        """
        w, f = self.matrix, self.activation
        tolerance = 10 * jnp.finfo(drive.dtype).eps
        held, driven = jax.lax.stop_gradient(w), jax.lax.stop_gradient(drive)

        def goes_on(state: tuple[Array, Array, Array]) -> Array:
            return (state[1] > tolerance) & (state[2] < STEPS)

        def step(state: tuple[Array, Array, Array]) -> tuple[Array, Array, Array]:
            z: Any = f(state[0] @ held + driven)
            return z, jnp.max(jnp.abs(z - state[0])), state[2] + 1

        start = jnp.zeros_like(driven), jnp.ones((), drive.dtype), jnp.zeros((), int)
        z = jax.lax.while_loop(goes_on, step, start)[0]
        for _ in range(NEWTON_STEPS):
            value, slope = f.tower(z @ w + drive, 1)
            z = z + _solve(jnp.eye(len(z), dtype=z.dtype) - slope[:, None] * w.T, (value - z)[None])[0]
        return z

    def _values(self, drive: Array) -> Array:
        return self.equilibrium(drive) if drive.ndim == 1 else jax.vmap(self.equilibrium)(drive)

    def _jet(self, drive: Jet) -> Jet:
        """The rows of z* from those of the drive: f(a) with a = z W + drive, where what is not known yet of z is left
        out, is the right-hand side of its own order."""
        w, indices = self.matrix, drive.indices
        rows = dict(zip(indices, drive.rows, strict=True))
        origin = next(index for index in indices if order(index) == 0)
        value = rows[origin]
        assert value is not None
        state: dict[Any, Any] = dict.fromkeys(indices)
        state[origin] = self._values(value)
        rows[origin] = value + state[origin] @ w
        slope = self.activation.tower(rows[origin], 1)[1]  # pyright: ignore[reportArgumentType]
        matrices = jnp.eye(w.shape[0], dtype=w.dtype)[None] - slope[:, :, None] * w.T[None]
        for degree in range(1, max(order(index) for index in indices) + 1):
            image: Any = self.activation(Jet(tuple(rows[i] for i in indices), indices))
            own = [i for i in indices if order(i) == degree and image[i] is not None]
            if not own:
                continue
            sides = jnp.stack([jnp.broadcast_to(image[i], slope.shape) for i in own], axis=1)
            found = jax.vmap(_solve)(matrices, sides)
            for k, index in enumerate(own):
                state[index] = found[:, k]
                before = rows[index]
                rows[index] = found[:, k] @ w + (0.0 if before is None else before)
        return Jet(tuple(state[index] for index in indices), indices)


def _solve(matrix: Array, sides: Float[Array, "k width"]) -> Float[Array, "k width"]:
    """One factorization for all right-hand sides of a point (lineax refuses arrays inside shard_map)."""
    return jnp.linalg.solve(matrix, sides.T).T


class Equilibrium(AbstractArchitecture):
    """One hidden layer of `width` neurons that drives itself until it rests: a relaxation network of infinite depth
    with tied weights and the inputs at every layer (Bai, Kolter, Koltun, arXiv 1909.01377).

    `contraction` below 1 bounds the absolute sum of every neuron's recurrent weights, by which there is one
    equilibrium, stable for every w in (0, 1]. `activation` is tanh, sin, relu or leaky_relu, whose slopes stay
    within 1. A point costs O(width^3): for small widths. Raises `ValueError` for other activations, and for a
    contraction outside of (0, 1).
    """

    width: int = 20
    contraction: float = 0.9
    activation: str = "tanh"

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        activation_named(self.activation)
        if self.activation not in CONTRACTIONS:
            raise ValueError(
                f"the slope of {self.activation} passes 1, so that an equilibrium may not exist; choose one of "
                f"{', '.join(CONTRACTIONS)}."
            )
        if not (is_real(self.contraction) and 0 < self.contraction < 1):
            raise ValueError(f"contraction must lie between 0 and 1, got {self.contraction!r}.")

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Implicit:
        outer, inner = jax.random.split(key)
        (encoder, decoder), (bias, shift) = dense([frame.dimension, self.width, outputs], outer, dtype)
        (recurrent,), _ = dense([self.width, self.width], inner, dtype)
        limit = Frozen(jnp.asarray(np.asarray(self.contraction), dtype))
        return Implicit(
            Scaling(frame, dtype),
            recurrent,
            encoder,
            bias,
            decoder,
            shift,
            limit,
            activation_named(self.activation),
        )
