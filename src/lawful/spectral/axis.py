"""Intervals with a Fourier basis: where the nodes are, which waves there are, and the transform between them."""

import abc
import math
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array


def _check_length(length: object) -> None:
    if isinstance(length, bool) or not isinstance(length, int | float) or not 0 < length < math.inf:
        raise ValueError(f"length must be a finite number above 0, got {length!r}.")


class AbstractAxis(abc.ABC):
    """An interval [0, length] and the waves that its ends allow."""

    length: float
    periodic: bool

    @abc.abstractmethod
    def nodes(self, count: int) -> np.ndarray:
        """The places of the values, lowest first."""

    @abc.abstractmethod
    def wavenumbers(self, count: int, half: bool) -> np.ndarray:
        """The angular wavenumbers of the coefficients; `half` leaves out the conjugates of a real field."""

    @abc.abstractmethod
    def nyquist(self, count: int, half: bool) -> np.ndarray:
        """Where a coefficient is that of two waves, which the nodes cannot tell apart."""


@dataclass(frozen=True)
class Periodic(AbstractAxis):
    """A circle of the given length, with the waves exp(2 pi i m x / length).

    Nodes are x_j = j length / n, j = 0, ..., n - 1; the end, which is the start again, is no node. Fields of
    wavenumbers |m| < n / 2 are represented exactly. Raises `ValueError` unless length > 0.
    """

    length: float = 1.0
    periodic = True

    def __post_init__(self) -> None:
        _check_length(self.length)

    def nodes(self, count: int) -> np.ndarray:
        return self.length * np.arange(count) / count

    def wavenumbers(self, count: int, half: bool) -> np.ndarray:
        frequencies = np.fft.rfftfreq if half else np.fft.fftfreq
        return 2 * np.pi / self.length * (frequencies(count) * count).round()

    def nyquist(self, count: int, half: bool) -> np.ndarray:
        modes = np.arange(count // 2 + 1 if half else count)
        return (modes == count // 2) & (count % 2 == 0)


@dataclass(frozen=True)
class Sine(AbstractAxis):
    """An interval between ends held at zero, with the waves sin(pi m x / length), m = 1, ..., n.

    Nodes are the interior ones, x_j = j length / (n + 1), j = 1, ..., n; the ends, where all is zero, are no
    nodes. Quickest where n + 1 has small factors: n = 255 rather than 256. Raises `ValueError` unless length > 0.
    """

    length: float = 1.0
    periodic = False

    def __post_init__(self) -> None:
        _check_length(self.length)

    def nodes(self, count: int) -> np.ndarray:
        return self.length * np.arange(1, count + 1) / (count + 1)

    def wavenumbers(self, count: int, half: bool) -> np.ndarray:
        return np.pi / self.length * np.arange(1, count + 1)

    def nyquist(self, count: int, half: bool) -> np.ndarray:
        return np.zeros(count, bool)


def sine_sums(values: Array, axis: int) -> Array:
    """s_m = sum_j v_j sin(pi j m / (n + 1)) along one axis of real values, by the Fourier transform of the
    odd extension.

    Twice the transform is (n + 1) times the identity.
    """
    n = values.shape[axis]
    edge = jnp.zeros_like(values, shape=(*values.shape[:axis], 1, *values.shape[axis + 1 :]))
    odd = jnp.concatenate([edge, values, edge, -jnp.flip(values, axis)], axis)
    inside = (slice(None),) * axis + (slice(1, n + 1),)
    return -0.5 * jnp.fft.rfft(odd, axis=axis)[inside].imag
