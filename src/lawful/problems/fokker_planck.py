"""Fokker-Planck p_t = (theta x p)_x + D p_xx, the density of an Ornstein-Uhlenbeck process, t in [0, 2].

Risken (1996), The Fokker-Planck Equation, section 5.3: from a Gaussian of mean 1 and deviation 0.3 the density stays
one, of mean m = exp(-theta t) and variance D/theta + (0.09 - D/theta) exp(-2 theta t). On [-5, 5] the walls, at 0, are
six deviations and more away: there p < 1e-8, far below the tolerance.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "parabolic, 1-D + t, linear"
MEAN, DEVIATION = 1.0, 0.3
WIDEST = 0.64
"""The largest stationary variance whose density fits between the walls."""


def fokker_planck_law(p: Any, x: Any, theta: Any, D: Any) -> Any:
    """p_t - theta (p + x p_x) - D p_xx"""
    return p.t - theta * (p + x * p.x) - D * p.xx


def fokker_planck(*, theta: float = 1.0, D: float = 0.5) -> Problem:
    """A particle in a harmonic well, pushed about at random.

    `theta` is the rate at which it is drawn to 0, `D` the diffusivity. Raises `ValueError` unless both are above 0 and
    D <= 0.64 theta, so that the density fits between the walls.
    """
    positive(theta=theta, D=D)
    if D / theta > WIDEST:
        raise ValueError(
            f"the density fits between the walls where D / theta <= {WIDEST}, got D={D!r} and theta={theta!r}."
        )
    scale = np.sqrt(2 * np.pi) * DEVIATION

    def solution(x: np.ndarray, t: np.ndarray) -> np.ndarray:
        variance = DEVIATION**2 * np.exp(-2 * theta * t) - D / theta * np.expm1(-2 * theta * t)
        away = x - MEAN * np.exp(-theta * t)
        return np.exp(-(away**2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)

    return Problem(
        name="fokker_planck",
        domain=Box(x=(-5, 5)) * Time(t=(0, 2)),
        fields="p",
        params={"theta": theta, "D": D},
        conditions={
            "pde": Interior(fokker_planck_law),
            "walls": Boundary(lambda p: p, on="x"),
            "start": Initial(lambda p, x: p - jnp.exp(-((x - MEAN) ** 2) / (2 * DEVIATION**2)) / scale),
        },
        reference=Exact(solution),
        quantities={"probability": lambda p: p},
    )
