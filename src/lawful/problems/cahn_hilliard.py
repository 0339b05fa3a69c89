"""Cahn-Hilliard u_t = (g2 (u^3 - u) - g1 u_xx)_xx, g1 = 1e-6, g2 = 0.01, periodic on [-1, 1], t in [0, 1].

Wight and Zhao (2021), Commun. Comput. Phys. 29 (arXiv 2007.04542), section 3: two phases separate, the amount of each
kept, from cos(pi x) - exp(-4 (pi x)^2) to fronts of the width sqrt(g1/g2) = 0.01.
"""

from typing import Any

import jax.numpy as jnp

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ._checks import positive

TYPE = "parabolic, 1-D + t, nonlinear"


def cahn_hilliard_law(u: Any, g1: Any, g2: Any) -> Any:
    """u_t - g2 ((3 u^2 - 1) u_xx + 6 u u_x^2) + g1 u_xxxx"""
    return u.t - g2 * ((3 * u**2 - 1) * u.xx + 6 * u * u.x**2) + g1 * u.xxxx


def cahn_hilliard(*, g1: float = 1e-6, g2: float = 0.01) -> Problem:
    """An alloy that comes apart.

    `g1` weighs the gradient, `g2` the two wells of the free energy. Raises `ValueError` unless both are above 0.
    """
    positive(g1=g1, g2=g2)
    return Problem(
        name="cahn_hilliard",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"g1": g1, "g2": g2},
        conditions={
            "pde": Interior(cahn_hilliard_law),
            "circle": Periodic(on="x"),
            "start": Initial(lambda u, x: u - jnp.cos(jnp.pi * x) + jnp.exp(-4 * (jnp.pi * x) ** 2)),
        },
        quantities={"mass": lambda u: u},
    )
