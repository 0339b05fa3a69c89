"""The two halves of a network for tables: the description a user writes, and the map built from it."""

import abc
from collections.abc import Iterable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..._numbers import check_whole, plain
from .._base import Frozen


class AbstractMap(eqx.Module):
    """A trained map of rows, (points, inputs) to (points, outputs).

    `continuous` says whether it claims to be the solution of an equation, so that `refined` means something.
    """

    continuous: eqx.AbstractVar[bool]

    @abc.abstractmethod
    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        """The outputs of each row."""

    @abc.abstractmethod
    def refined(self, factor: int) -> "AbstractMap":
        """The same weights at `factor` times the steps; the map itself where it is no discretisation."""

    @abc.abstractmethod
    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        """Warn of steps that are longer than an explicit scheme bears on the rows `x`."""


class AbstractModel(eqx.Module):
    """Sizes and kinds, no arrays; `build` draws the weights of a map from `inputs` to `outputs` columns."""

    @abc.abstractmethod
    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> AbstractMap:
        """A map with fresh weights."""


def count_parameters(model: Any) -> int:
    """How many numbers are trained: all of floating type but the frozen ones."""
    leaves = jax.tree.leaves(model, is_leaf=lambda x: isinstance(x, Frozen))
    return sum(x.size for x in leaves if eqx.is_inexact_array(x))


def trained(model: Any) -> tuple[Any, Any]:
    """What training moves, and the rest, for `eqx.combine`."""
    return eqx.partition(model, eqx.is_inexact_array, is_leaf=lambda x: isinstance(x, Frozen))


def normal(shape: tuple[int, ...], deviation: float, *, key: PRNGKeyArray, dtype: Any) -> Array:
    """Normal numbers, drawn with NumPy: nothing to compile."""
    rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    return jnp.asarray(deviation * rng.standard_normal(shape), dtype)


def as_widths(given: Any) -> tuple[Any, ...]:
    """Widths as a tuple; raises `ValueError` for what is no list of whole numbers."""
    if not isinstance(given, Iterable):
        raise ValueError(f"widths must be a tuple of whole numbers, such as (64, 64); got {given!r}.")
    widths = tuple(given)
    for width in widths:
        check_whole("each of widths", width)
    return plain(widths)


READOUT = 0.1
"""The gain of read-outs: a network starts near the mean of its targets."""


class Linear(eqx.Module):
    """x W + b, weights normal of deviation gain / sqrt(inputs), biases `bias`."""

    weight: Float[Array, "inputs outputs"]
    bias: Float[Array, " outputs"]

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        key: PRNGKeyArray,
        dtype: Any,
        gain: float = 1.0,
        bias: float = 0.0,
    ):
        self.weight = normal((inputs, outputs), gain / inputs**0.5, key=key, dtype=dtype)
        self.bias = jnp.full((outputs,), bias, dtype)

    def __call__(self, x: Array) -> Array:
        return x @ self.weight + self.bias[None]
