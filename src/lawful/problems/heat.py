"""Heat u_t = alpha u_xx, alpha = 0.4, from sin(pi x), walls at 0, x in [0, 1], t in [0, 1].

The heat equation of many tutorials, DeepXDE's among them, with the solution u = exp(-alpha pi^2 t) sin(pi x).
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

TYPE = "parabolic, 1-D + t, linear"


def heat_law(u: Any, alpha: Any) -> Any:
    """u_t - alpha u_xx"""
    return u.t - alpha * u.xx


def heat(*, alpha: float = 0.4) -> Problem:
    """A rod cooling between ends held at zero.

    `alpha` is the thermal diffusivity. Raises `ValueError` unless alpha > 0.
    """
    positive(alpha=alpha)
    return Problem(
        name="heat",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"alpha": alpha},
        conditions={
            "pde": Interior(heat_law),
            "walls": Boundary(lambda u: u, on="x"),
            "start": Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        },
        reference=Exact(lambda x, t: np.exp(-alpha * math.pi**2 * t) * np.sin(np.pi * x)),
    )
