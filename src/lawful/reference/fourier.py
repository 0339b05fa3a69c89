"""Even, periodic fields in time: a cosine series in space, an adaptive Runge-Kutta method in time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.fft import dct, idct
from scipy.integrate import solve_ivp

POINTS_AT_ONCE = 2000


@dataclass(frozen=True)
class CosineSeries:
    """f(x) = sum_k c_k cos(k pi x / half), for even f of period 2 `half`; nodes between 0 and `half`."""

    half: float
    modes: int

    @property
    def nodes(self) -> np.ndarray:
        return self.half * (np.arange(self.modes) + 0.5) / self.modes

    @property
    def wavenumbers(self) -> np.ndarray:
        return np.pi * np.arange(self.modes) / self.half

    def coefficients(self, values: np.ndarray) -> np.ndarray:
        """The coefficients of the series through values at the nodes."""
        c = np.asarray(dct(values)) / self.modes
        c[0] /= 2
        return c

    def values(self, coefficients: np.ndarray) -> np.ndarray:
        """The series at the nodes."""
        c = coefficients * self.modes
        c[0] *= 2
        return np.asarray(idct(c))


@dataclass(frozen=True)
class CosineFlow:
    """A computed evolution; call it with flat arrays of places and times."""

    series: CosineSeries
    coefficients: Callable[[np.ndarray], np.ndarray]

    def __call__(self, x: np.ndarray, t: np.ndarray) -> np.ndarray:
        order = np.argsort(t, kind="stable")
        parts = []
        for first in range(0, len(order), POINTS_AT_ONCE):
            rows = order[first : first + POINTS_AT_ONCE]
            times, which = np.unique(t[rows], return_inverse=True)
            waves = np.cos(np.outer(self.series.wavenumbers, x[rows]))
            parts.append((self.coefficients(times)[:, which] * waves).sum(axis=0))
        out = np.concatenate(parts) if parts else np.zeros(0)
        return out[np.argsort(order)]


def evolve(
    reaction: Callable[[float, np.ndarray], np.ndarray],
    start: np.ndarray,
    series: CosineSeries,
    *,
    end: float,
    diffusivity: float = 0.0,
    dispersion: float = 0.0,
    tolerance: float = 1e-10,
) -> CosineFlow:
    """Solve f_t = (diffusivity + i dispersion) f_xx + reaction(t, f) from `start`, values at the nodes.

    Waves turn exactly (the integrator sees coefficients in the turning frame, the integrating factor
    of a pseudo-spectral method), diffusion is left to the integrator, DOP853 with its dense output. Its
    error control does not see what the dense output does to strongly damped modes, so the step
    is bounded by 2 over the largest rate. Cost grows as modes^3 with diffusion: when the modes are
    not damped within the span, take fewer. Raises `ValueError` where the integrator gives up.
    """
    squared = series.wavenumbers**2
    damping, frequency = diffusivity * squared, dispersion * squared
    kind = np.complex128 if dispersion else np.float64

    def turned(t: Any) -> Any:
        """The factor from the turning frame to the coefficients, at one time or a row of them."""
        return np.exp(-1j * np.multiply.outer(frequency, t)) if dispersion else 1.0

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        turn, y = turned(t), y.view(kind)
        gain = series.coefficients(reaction(t, series.values(turn * y)))
        return (gain / turn - damping * y).view(float)

    found = solve_ivp(
        rate,
        (0.0, end),
        # pairs of real numbers: OpenBLAS shares out even small complex products among threads, which is
        # ten times slower on a busy machine
        series.coefficients(start.astype(kind)).view(float),
        method="DOP853",
        rtol=tolerance,
        atol=tolerance / 10,
        max_step=2 / damping[-1] if diffusivity else np.inf,
        dense_output=True,
    )
    if not found.success:
        raise ValueError(f"the reference solution stopped at t={found.t[-1]:g}: {found.message}")

    def coefficients(times: np.ndarray) -> np.ndarray:
        return turned(times) * np.ascontiguousarray(found.sol(times).T).view(kind).T

    return CosineFlow(series, coefficients)
