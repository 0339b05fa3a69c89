"""Fisher-KPP u_t = u_xx + u (1 - u), a front that invades at the speed 5/sqrt(6), x in [-10, 20], t in [0, 4].

Fisher (1937), Ann. Eugen. 7; Kolmogorov, Petrovsky and Piskunov (1937). At this speed the front has the closed form of
Ablowitz and Zeppetella (1979), Bull. Math. Biol. 41: u = (1 + e^z)^(-2), z = (x - 5 t/sqrt(6)) / sqrt(6).
"""

import math
from typing import Any

import jax
from scipy.special import expit

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact

TYPE = "parabolic, 1-D + t, nonlinear"
WIDTH = math.sqrt(6)
SPEED = 5 / math.sqrt(6)


def fisher_kpp_law(u: Any) -> Any:
    """u_t - u_xx - u (1 - u)"""
    return u.t - u.xx - u * (1 - u)


def fisher_kpp() -> Problem:
    """A population that grows up to what its land bears, and spreads."""

    def front(x: Any, t: Any) -> Any:
        return jax.nn.sigmoid((SPEED * t - x) / WIDTH) ** 2

    return Problem(
        name="fisher_kpp",
        domain=Box(x=(-10, 20)) * Time(t=(0, 4)),
        fields="u",
        conditions={
            "pde": Interior(fisher_kpp_law),
            "walls": Boundary(lambda u, x, t: u - front(x, t), on="x"),
            "start": Initial(lambda u, x: u - front(x, 0.0)),
        },
        reference=Exact(lambda x, t: expit((SPEED * t - x) / WIDTH) ** 2),
    )
