"""Kuramoto-Sivashinsky u_t + u u_x + u_xx + u_xxxx = 0, periodic on [0, 32 pi], t in [0, 20].

Kassam and Trefethen (2005), SIAM J. Sci. Comput. 26, section 4, from cos(x/16) (1 + sin(x/16)): the start steepens, and
cells of length 2 pi sqrt(2) grow on it. From about t = 50 on the motion is chaotic, and errors grow e-fold in 10 or so.
"""

import math
from typing import Any

import jax.numpy as jnp

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ._checks import positive

TYPE = "parabolic, 1-D + t, nonlinear"


def kuramoto_sivashinsky_law(u: Any) -> Any:
    """u_t + u u_x + u_xx + u_xxxx"""
    return u.t + u * u.x + u.xx + u.xxxx


def kuramoto_sivashinsky(*, end: float = 20.0) -> Problem:
    """Long waves grow, short ones decay, and the steepening in between hands on energy.

    `end` is the last time. Raises `ValueError` unless it is above 0.
    """
    positive(end=end)
    return Problem(
        name="kuramoto_sivashinsky",
        domain=Box(x=(0, 32 * math.pi)) * Time(t=(0, end)),
        fields="u",
        conditions={
            "pde": Interior(kuramoto_sivashinsky_law),
            "circle": Periodic(on="x"),
            "start": Initial(lambda u, x: u - jnp.cos(x / 16) * (1 + jnp.sin(x / 16))),
        },
    )
