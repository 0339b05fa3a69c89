"""Burgers u_t + u u_x = nu u_xx, nu = 0.01/pi, from -sin(pi x), walls at 0, x in [-1, 1], t in [0, 1].

Basdevant et al. (1986), Computers & Fluids 14; the first example of Raissi, Perdikaris and Karniadakis
(2019), J. Comput. Phys. 378. A layer of width nu steepens at x = 0 from t = 1/pi on. Exact solution by the
transform of Cole (1951) and Hopf (1950).
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "parabolic, 1-D + t, nonlinear"

NUMBERS_AT_ONCE = 1_000_000


def burgers_law(u: Any, nu: Any) -> Any:
    """u_t + u u_x - nu u_xx"""
    return u.t + u * u.x - nu * u.xx


def burgers(*, nu: float = 0.01 / math.pi) -> Problem:
    """The viscous Burgers equation from a sine to a steep layer.

    `nu` is the viscosity. The cost of the reference grows as 1/sqrt(nu). Raises `ValueError` unless nu > 0.
    """
    positive(nu=nu)
    return Problem(
        name="burgers",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"nu": nu},
        conditions={
            "pde": Interior(burgers_law),
            "walls": Boundary(lambda u: u, on="x"),
            "start": Initial(lambda u, x: u + jnp.sin(jnp.pi * x)),
        },
        reference=Exact(
            lambda x, t: cole_hopf(x, t, nu),
            check=lambda x, t: cole_hopf(x, t, nu, spacing=0.15),
            method="Cole-Hopf quadrature",
        ),
    )


def cole_hopf(x: np.ndarray, t: np.ndarray, nu: float, spacing: float = 0.1) -> np.ndarray:
    """u = -int sin(pi y) w dz / int w dz, with y = x - sqrt(4 nu t) z, w = exp(-cos(pi y)/(2 pi nu) - z^2).

    The trapezoidal rule in z. The exponent curves by at most 2 (1 + pi t), whatever nu, so the error
    exp(-(pi / spacing)^2 / (1 + pi t)) is below rounding; beyond z^2 = 1/(pi nu) + 40 the weight is too.
    A large nu adds waves of the wavenumber 2 pi sqrt(nu t), and their harmonics, to be resolved.
    """
    reach = math.sqrt(1 / (math.pi * nu) + 40)
    count = 2 * math.ceil(reach * (1 / spacing + 5 * math.sqrt(nu))) + 1
    z = np.linspace(-reach, reach, count)
    rows = max(1, NUMBERS_AT_ONCE // count)
    u = np.empty(len(x))
    for first in range(0, len(x), rows):
        part = slice(first, first + rows)
        y = np.pi * (x[part, None] - np.sqrt(4 * nu * t[part, None]) * z)
        exponent = -np.cos(y) / (2 * np.pi * nu) - z**2
        weight = np.exp(exponent - exponent.max(axis=1, keepdims=True))
        u[part] = -(np.sin(y) * weight).sum(axis=1) / weight.sum(axis=1)
    return u
