"""The Fourier transform of a field over several axes, periodic and sine ones in any mixture."""

import math
from dataclasses import dataclass
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .axis import AbstractAxis, sine_sums

Axes: TypeAlias = AbstractAxis | tuple[AbstractAxis, ...]


@dataclass(frozen=True)
class Mode:
    """The coefficients along one axis: their wavenumbers `k`, and where they are `nyquist` ones, both shaped
    to be broadcast against the others."""

    k: np.ndarray
    nyquist: np.ndarray


@dataclass(frozen=True)
class Transform:
    """Between values at the nodes of `axes` and coefficients of their waves.

    `real` fields have half as many coefficients along the last periodic axis. Cost O(n log n), and twice
    that along sine axes.
    """

    axes: tuple[AbstractAxis, ...]
    shape: tuple[int, ...]
    real: bool

    @property
    def circles(self) -> tuple[int, ...]:
        """The positions of the periodic axes."""
        return tuple(i for i, axis in enumerate(self.axes) if axis.periodic)

    @property
    def modes(self) -> tuple[Mode, ...]:
        """One along each axis."""
        out = []
        for i, (axis, count) in enumerate(zip(self.axes, self.shape, strict=True)):
            half = self.real and i == max(self.circles, default=-1)
            along = tuple(-1 if j == i else 1 for j in range(len(self.shape)))
            k, nyquist = axis.wavenumbers(count, half), axis.nyquist(count, half)
            out.append(Mode(k.reshape(along), nyquist.reshape(along)))
        return tuple(out)

    @property
    def laplacian(self) -> np.ndarray:
        """|k|^2 of every coefficient, what minus the Laplacian multiplies it by."""
        total = 0.0
        for mode in self.modes:
            total = total + mode.k**2
        return np.asarray(total)

    def forward(self, values: Array) -> Array:
        """The coefficients of a field."""
        values = self._sines(values)
        if self.circles:
            values = (jnp.fft.rfftn if self.real else jnp.fft.fftn)(values, axes=self.circles)
        return values

    def backward(self, coefficients: Array) -> Array:
        """The field that has the coefficients."""
        if self.circles:
            lengths = [self.shape[i] for i in self.circles]
            inverse = jnp.fft.irfftn if self.real else jnp.fft.ifftn
            coefficients = inverse(coefficients, s=lengths, axes=self.circles)
        return self._sines(coefficients)

    def _sines(self, values: Array) -> Array:
        """The orthonormal sine transform along the sine axes, which is its own inverse."""
        if jnp.iscomplexobj(values) and len(self.circles) < len(self.axes):
            return jax.lax.complex(self._sines(values.real), self._sines(values.imag))
        for i, axis in enumerate(self.axes):
            if not axis.periodic:
                values = sine_sums(values, i) * math.sqrt(2 / (self.shape[i] + 1))
        return values


def spread(axes: Axes, dimension: int) -> tuple[AbstractAxis, ...]:
    """One axis a dimension; a single one stands for all. Raises `ValueError` for another number of them."""
    given = axes if isinstance(axes, tuple) else (axes,) * dimension
    for axis in given:
        if not isinstance(axis, AbstractAxis):
            raise TypeError(f"on must be Periodic(length) or Sine(length), or a tuple of them; got {axis!r}.")
    if len(given) != dimension:
        raise ValueError(
            f"the field has {dimension} dimension(s) and on names {len(given)} axes; name one for each, such as "
            "on=(Periodic(1.0), Sine(2.0)), or a single one for all."
        )
    return given


def nodes(*counts: int, on: Axes) -> tuple[np.ndarray, ...]:
    """The places of the values, one array of shape `counts` a dimension: `x, y = nodes(64, 64, on=Periodic(1.0))`."""
    places = [axis.nodes(n) for axis, n in zip(spread(on, len(counts)), counts, strict=True)]
    return tuple(np.meshgrid(*places, indexing="ij"))
