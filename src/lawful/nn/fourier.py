"""Embeddings in front of a network: random Fourier features, and exact periodicity."""

from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import check_positive, check_whole
from ..calculus import Jet, affine, concatenate, cos, select, sin
from ._base import (
    AbstractArchitecture,
    AbstractNetwork,
    AbstractWrapped,
    Frame,
    Frozen,
    Scaling,
)
from .mlp import MLP


class Waves(AbstractWrapped):
    """cos(z K + p) and sin(z K + p) of some columns, beside the other columns, then a network."""

    wavenumbers: Frozen
    offsets: Frozen
    body: AbstractNetwork
    scaling: Scaling
    columns: tuple[int, ...] = eqx.field(static=True)
    others: tuple[int, ...] = eqx.field(static=True)

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        return self.body(self._waves(z))

    def inner(self, z: Float[Array, "points d"]) -> tuple[AbstractNetwork, Float[Array, "points e"]]:
        embedded: Any = self._waves(z)
        return self.body, embedded

    def _waves(self, z: "Jet | Array") -> "Jet | Array":
        z = self.scaling(z)
        phase = affine(select(z, self.columns), self.wavenumbers.value, self.offsets.value)
        parts = [cos(phase), sin(phase)]
        if self.others:
            parts.append(select(z, self.others))
        return concatenate(parts)  # pyright: ignore


def _embedded(frame: Frame, waves: int, others: tuple[int, ...]) -> Frame:
    names = (*(f"wave{i}" for i in range(2 * waves)), *(frame.coordinates[i] for i in others))
    return Frame(names, (-1.0,) * len(names), (1.0,) * len(names))


class FourierFeatures(AbstractArchitecture):
    """Random Fourier features of all inputs, cos(B z) and sin(B z) with B normal of deviation
    `deviation`, in front of `base` (Tancik et al., arXiv 2006.10739). Against spectral bias.
    """

    features: int = 32
    deviation: float = 2.0
    base: AbstractArchitecture = MLP()

    def __check_init__(self) -> None:
        check_whole("features", self.features)
        check_positive("deviation", self.deviation)

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Waves:
        draw, body = jax.random.split(key)
        columns = tuple(range(frame.dimension))
        return Waves(
            Frozen(self.deviation * jax.random.normal(draw, (frame.dimension, self.features), dtype)),
            Frozen(jnp.zeros((self.features,), dtype)),
            self.base.build(_embedded(frame, self.features, ()), outputs, key=body, dtype=dtype),
            Scaling(frame, dtype),
            columns,
            (),
        )


class Periodic(AbstractArchitecture):
    """Exactly periodic in the coordinates `on`, over their range: the first `harmonics` sines and
    cosines of each replace it, so all derivatives match at the two ends.
    """

    on: tuple[str, ...]
    harmonics: int = 3
    base: AbstractArchitecture = MLP()

    def __check_init__(self) -> None:
        check_whole("harmonics", self.harmonics)
        if isinstance(self.on, str) or not self.on:
            raise ValueError(f'on must be a tuple of coordinate names such as ("x",), got {self.on!r}.')

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Waves:
        unknown = [name for name in self.on if name not in frame.coordinates]
        if unknown:
            raise ValueError(
                f"Periodic(on={self.on!r}): {unknown[0]!r} is no input here; the inputs are "
                f"{', '.join(frame.coordinates)}."
            )
        columns = tuple(frame.coordinates.index(name) for name in self.on)
        others = tuple(i for i in range(frame.dimension) if i not in columns)
        blocks = np.zeros((len(columns), len(columns) * self.harmonics))
        for row in range(len(columns)):
            at = slice(row * self.harmonics, (row + 1) * self.harmonics)
            blocks[row, at] = np.pi * np.arange(1, self.harmonics + 1)
        return Waves(
            Frozen(jnp.asarray(blocks, dtype)),
            Frozen(jnp.zeros((blocks.shape[1],), dtype)),
            self.base.build(_embedded(frame, blocks.shape[1], others), outputs, key=key, dtype=dtype),
            Scaling(frame, dtype),
            columns,
            others,
        )
