"""Korteweg-de Vries u_t + 6 u u_x + u_xxx = 0, a fast soliton overtakes a slow one, x in [-20, 20], t in [0, 2].

Hirota (1971), Phys. Rev. Lett. 27. The solution on the line is u = 2 (log F)_xx with
F = cosh(a + b) (kappa1 - kappa2) / (kappa1 + kappa2) + cosh(a - b), a = kappa1 (x - 4 kappa1^2 (t - 1)), b alike with
kappa2. They meet at t = 1; at the ends of the box u is so small that it counts as periodic.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.special import logsumexp

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number

TYPE = "dispersive, 1-D + t, nonlinear"
SLOWEST, FASTEST, APART = 0.75, 1.5, 0.1
"""Wavenumbers of solitons that fit into the box, and how much they must differ."""
MEETING = 1.0


def kdv_two_soliton_law(u: Any) -> Any:
    """u_t + 6 u u_x + u_xxx"""
    return u.t + 6 * u * u.x + u.xxx


def kdv_two_soliton(*, kappa1: float = 1.2, kappa2: float = 0.8) -> Problem:
    """Two solitons of the heights 2 kappa^2 and the speeds 4 kappa^2, which pass and are only shifted.

    `kappa1` and `kappa2` are their wavenumbers. Raises `ValueError` unless 0.75 <= kappa2 <= kappa1 - 0.1 <= 1.4.
    """
    number(kappa1=kappa1, kappa2=kappa2)
    if not SLOWEST <= kappa2 <= kappa1 - APART <= FASTEST - APART:
        raise ValueError(
            f"two solitons that fit into the box need {SLOWEST} <= kappa2 <= kappa1 - {APART} <= {FASTEST - APART:g}, "
            f"got kappa1={kappa1!r} and kappa2={kappa2!r}."
        )

    def start(u: Any, x: Any) -> Any:
        slopes, exponents = _waves(x, 0.0, kappa1, kappa2)
        return u - _variance(slopes, jax.nn.softmax(jnp.stack(exponents), axis=0))

    def solution(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        slopes, exponents = _waves(x, t, kappa1, kappa2)
        exponents = np.stack(exponents)
        return _variance(slopes, np.exp(exponents - logsumexp(exponents, axis=0)))

    return Problem(
        name="kdv_two_soliton",
        domain=Box(x=(-20, 20)) * Time(t=(0, 2 * MEETING)),
        fields="u",
        conditions={
            "pde": Interior(kdv_two_soliton_law),
            "circle": Periodic(on="x"),
            "start": Initial(start),
        },
        reference=Exact(solution),
    )


def _waves(x: Any, t: Any, kappa1: float, kappa2: float) -> tuple[tuple[float, ...], list[Any]]:
    """F as a sum of four exponentials: their slopes in x, and their exponents."""
    a, b = (kappa * (x - 4 * kappa**2 * (t - MEETING)) for kappa in (kappa1, kappa2))
    meeting = np.log((kappa1 - kappa2) / (kappa1 + kappa2))
    slopes = (kappa1 + kappa2, -kappa1 - kappa2, kappa1 - kappa2, kappa2 - kappa1)
    return slopes, [a + b + meeting, -a - b + meeting, a - b, b - a]


def _variance(slopes: tuple[float, ...], weights: Any) -> Any:
    """2 (log F)_xx is twice the variance of the slopes, weighed by their exponentials: nothing overflows or cancels."""
    mean = sum(s * w for s, w in zip(slopes, weights, strict=True))
    return 2 * sum((s - mean) ** 2 * w for s, w in zip(slopes, weights, strict=True))
