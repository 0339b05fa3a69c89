"""Sine-Gordon u_tt = u_xx - sin u, a breather, x in [-6, 6], t in [0, 6].

Ablowitz, Kaup, Newell and Segur (1973), Phys. Rev. Lett. 30: a kink and its mirror image bound to each other,
u = 4 atan(q cos(omega t) / (omega cosh(q x))) with q = sqrt(1 - omega^2), omega = 0.5. Its values are given on the
walls.
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


def sine_gordon_law(u: Any) -> Any:
    """u_tt - u_xx + sin u"""
    return u.tt - u.xx + jnp.sin(u)


def sine_gordon(*, omega: float = 0.5) -> Problem:
    """A wave that swings in place.

    `omega` is its angular frequency. Raises `ValueError` unless 0 < omega < 1.
    """
    positive(omega=omega)
    if omega >= 1:
        raise ValueError(f"omega must be below 1, where waves no longer stay in place; got {omega!r}.")
    q = math.sqrt(1 - omega**2)

    def breather(x: Any, t: Any) -> Any:
        return 4 * jnp.arctan(q / omega * jnp.cos(omega * t) / jnp.cosh(q * x))

    return Problem(
        name="sine_gordon",
        domain=Box(x=(-6, 6)) * Time(t=(0, 6)),
        fields="u",
        conditions={
            "pde": Interior(sine_gordon_law),
            "walls": Boundary(lambda u, x, t: u - breather(x, t), on="x"),
            "start": Initial(lambda u, x: u - breather(x, 0.0)),
            "rest": Initial(lambda u: u.t),
        },
        reference=Exact(lambda x, t: 4 * np.arctan(q / omega * np.cos(omega * t) / np.cosh(q * x))),
    )
