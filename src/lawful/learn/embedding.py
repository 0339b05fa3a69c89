"""Embeddings of the input columns, each column by itself, in front of a network."""

import abc
from dataclasses import dataclass
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import check_positive, check_whole
from ..nn._base import Frozen
from ..nn.continuous._base import AbstractMap, normal

GAIN = 2.0
"""Waves, and ramps of evenly spread numbers, have a mean square of 1/2, which relu halves again: so it becomes 1."""


class AbstractFeatures(eqx.Module):
    """The functions of one number by which each column is described, with what is trained of them."""

    @abc.abstractmethod
    def __call__(self, x: Float[Array, "points inputs"]) -> tuple[Float[Array, "inputs points share"], ...]:
        """The values of the functions of each column, in parts of equal size."""


class AbstractEmbedding(abc.ABC):
    """Describes each scaled column by `features` functions of it, and mixes those of a column to `width` numbers:
    relu(f(x) W + b) with W and b of the column's own, trained with the network."""

    name: ClassVar[str]
    width: int

    @property
    @abc.abstractmethod
    def features(self) -> int:
        """How many functions there are of each column."""

    @abc.abstractmethod
    def described(
        self, rows: Float[np.ndarray, "rows inputs"], *, key: PRNGKeyArray, dtype: Any
    ) -> AbstractFeatures:
        """The functions, for columns such as those of the training rows."""

    def build(
        self, rows: Float[np.ndarray, "rows inputs"], *, key: PRNGKeyArray, dtype: Any
    ) -> "ColumnEmbedding":
        """The embedding with fresh weights, for columns such as those of the scaled training rows."""
        one, two = jax.random.split(key)
        shape = (rows.shape[1], self.features, self.width)
        return ColumnEmbedding(
            self.described(rows, key=one, dtype=dtype),
            normal(shape, GAIN / self.features**0.5, key=two, dtype=dtype),
            jnp.zeros((rows.shape[1] * self.width,), dtype),
        )


class ColumnEmbedding(eqx.Module):
    """relu(f(x_i) W_i + b_i) of each column i, side by side.

    Biases and frequencies are flat arrays: weight decay takes those of two dimensions or more.
    """

    described: AbstractFeatures
    weight: Float[Array, "inputs features width"]
    bias: Float[Array, " columns"]

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points columns"]:
        parts = self.described(x)
        weights = jnp.split(self.weight, len(parts), axis=1)
        mixed = sum(jnp.einsum("ipf,ifw->ipw", f, w) for f, w in zip(parts, weights, strict=True))
        return jax.nn.relu(jnp.swapaxes(mixed, 0, 1).reshape(x.shape[0], -1) + self.bias[None])

    @property
    def columns(self) -> int:
        """How many columns it hands on."""
        return self.bias.size


class Waves(AbstractFeatures):
    """cos(2 pi c x) and sin(2 pi c x)."""

    frequencies: Float[Array, " waves"]

    def __call__(self, x: Float[Array, "points inputs"]) -> tuple[Float[Array, "inputs points share"], ...]:
        angle = 2 * jnp.pi * x.T[:, :, None] * self.frequencies.reshape(x.shape[1], 1, -1)
        return jnp.cos(angle), jnp.sin(angle)


@dataclass(frozen=True)
class PeriodicEmbedding(AbstractEmbedding):
    """relu([cos 2 pi c x, sin 2 pi c x] W + b), the frequencies c trained, drawn from N(0, scale^2)
    (Gorishniy, Rubachev, Babenko, arXiv 2203.05556, eq. 2).

    For targets that turn quickly along a column. n columns take n (k + 2 k m + m) numbers, k = `frequencies`,
    m = `width`. Raises `ValueError` for sizes that are no whole numbers or a scale that is not above zero.
    """

    frequencies: int = 16
    width: int = 8
    scale: float = 0.3
    name: ClassVar[str] = "PeriodicEmbedding"

    def __post_init__(self) -> None:
        check_whole("frequencies", self.frequencies)
        check_whole("width", self.width)
        check_positive("scale", self.scale)

    @property
    def features(self) -> int:
        return 2 * self.frequencies

    def described(
        self, rows: Float[np.ndarray, "rows inputs"], *, key: PRNGKeyArray, dtype: Any
    ) -> AbstractFeatures:
        return Waves(normal((rows.shape[1] * self.frequencies,), self.scale, key=key, dtype=dtype))


class Ramps(AbstractFeatures):
    """(x - b_t) / (b_(t+1) - b_t) between two edges, 0 before and 1 behind; the outermost go on as lines."""

    edges: Frozen

    def __call__(self, x: Float[Array, "points inputs"]) -> tuple[Float[Array, "inputs points share"], ...]:
        low, high = self.edges.value[:, None, :-1], self.edges.value[:, None, 1:]
        z, length = x.T[:, :, None], high - low
        # edges coincide where a value takes many rows: the ramp is then a step
        step = jnp.where(z >= high, 1.0, 0.0).astype(x.dtype)
        ramp = jnp.where(length > 0, (z - low) / jnp.where(length > 0, length, 1.0), step)
        place = jnp.arange(length.shape[2])[None, None]
        ramp = jnp.where(place == 0, ramp, jnp.maximum(ramp, 0.0))
        return (jnp.where(place == length.shape[2] - 1, ramp, jnp.minimum(ramp, 1.0)),)


@dataclass(frozen=True)
class PiecewiseLinearEmbedding(AbstractEmbedding):
    """relu(r(x) W + b) of ramps r between the quantiles of each column: a piecewise linear function of it
    (Gorishniy, Rubachev, Babenko, arXiv 2203.05556, eq. 1).

    For targets that bend or jump along a column. n columns take n (k m + m) numbers, k = `bins`, m = `width`.
    Raises `ValueError` for sizes that are no whole numbers.
    """

    bins: int = 16
    width: int = 8
    name: ClassVar[str] = "PiecewiseLinearEmbedding"

    def __post_init__(self) -> None:
        check_whole("bins", self.bins)
        check_whole("width", self.width)

    @property
    def features(self) -> int:
        return self.bins

    def described(
        self, rows: Float[np.ndarray, "rows inputs"], *, key: PRNGKeyArray, dtype: Any
    ) -> AbstractFeatures:
        edges = np.quantile(rows, np.linspace(0, 1, self.bins + 1), axis=0).T
        return Ramps(Frozen(jnp.asarray(edges, dtype)))


class EmbeddedMap(AbstractMap):
    """An embedding of the columns, and a network on what it hands on."""

    embedding: ColumnEmbedding
    body: AbstractMap

    def __init__(self, embedding: ColumnEmbedding, body: AbstractMap):
        self.embedding = embedding
        self.body = body

    @property
    def continuous(self) -> bool:
        """Whether the network behind the embedding claims an equation."""
        return self.body.continuous

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        return self.body(self.embedding(x))

    def refined(self, factor: int) -> "EmbeddedMap":
        return eqx.tree_at(lambda m: m.body, self, self.body.refined(factor))

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        self.body.warn_if_unstable(self.embedding(x))


EMBEDDINGS = {kind.name: kind for kind in (PeriodicEmbedding, PiecewiseLinearEmbedding)}
