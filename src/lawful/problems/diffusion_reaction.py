"""Diffusion and decay u_t = D u_xx - k u, D = k = 1, from sin(pi x), walls at 0, x in [-1, 1], t in [0, 1].

Separation of variables gives u = exp(-(D pi^2 + k) t) sin(pi x), which falls by five orders of magnitude.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number, positive

TYPE = "parabolic, 1-D + t, linear"


def diffusion_reaction_law(u: Any, D: Any, k: Any) -> Any:
    """u_t - D u_xx + k u"""
    return u.t - D * u.xx + k * u


def diffusion_reaction(*, D: float = 1.0, k: float = 1.0) -> Problem:
    """A sine that diffuses and decays.

    `D` is the diffusivity, `k` the rate of the reaction. Raises `ValueError` unless D > 0 and k >= 0.
    """
    positive(D=D)
    number(k=k)
    if k < 0:
        raise ValueError(f"k must be 0 or above, got {k!r}.")
    return Problem(
        name="diffusion_reaction",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"D": D, "k": k},
        conditions={
            "pde": Interior(diffusion_reaction_law),
            "walls": Boundary(lambda u: u, on="x"),
            "start": Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        },
        reference=Exact(lambda x, t: np.exp(-(D * math.pi**2 + k) * t) * np.sin(np.pi * x)),
    )
