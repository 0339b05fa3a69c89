"""Klein-Gordon u_tt = u_xx - u^3 + f with the solution x cos(5 pi t) + (x t)^3, x and t in [0, 1].

Wang, Teng and Perdikaris (2021), SIAM J. Sci. Comput. 43 (arXiv 2001.04536), section 4.2: the force f is made for the
solution, which oscillates two and a half times while a cubic grows.
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

TYPE = "hyperbolic, 1-D + t, nonlinear"


def klein_gordon_law(u: Any, x: Any, t: Any, omega: Any) -> Any:
    """u_tt - u_xx + u^3 - f, with f from the solution"""
    swing = x * jnp.cos(omega * t)
    force = 6 * x * t * (x**2 - t**2) - omega**2 * swing + (swing + (x * t) ** 3) ** 3
    return u.tt - u.xx + u**3 - force


def klein_gordon(*, omega: float = 5 * math.pi) -> Problem:
    """A driven nonlinear wave.

    `omega` is the angular frequency of the solution. Raises `ValueError` unless omega > 0.
    """
    positive(omega=omega)
    return Problem(
        name="klein_gordon",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"omega": omega},
        conditions={
            "pde": Interior(klein_gordon_law),
            "left": Boundary(lambda u: u, on="x.lower"),
            "right": Boundary(lambda u, t, omega: u - jnp.cos(omega * t) - t**3, on="x.upper"),
            "start": Initial(lambda u, x: u - x),
            "rest": Initial(lambda u: u.t),
        },
        reference=Exact(lambda x, t: x * np.cos(omega * t) + (x * t) ** 3),
    )
