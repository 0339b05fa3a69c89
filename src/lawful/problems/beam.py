"""Beam u_tt + c^2 u_xxxx = 0 of Euler and Bernoulli, on two supports, x in [0, 1], t in [0, 1].

Let go at rest from sin(pi x) it swings as u = cos(c pi^2 t) sin(pi x), c = 1: one and a half times. At the supports
neither the deflection nor the moment, u_xx, is other than 0.
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

TYPE = "dispersive, 1-D + t, linear"


def beam_law(u: Any, c: Any) -> Any:
    """u_tt + c^2 u_xxxx"""
    return u.tt + c**2 * u.xxxx


def beam(*, c: float = 1.0) -> Problem:
    """A beam on two supports, bent and let go.

    `c` is the root of its stiffness over its mass. Raises `ValueError` unless c > 0.
    """
    positive(c=c)
    return Problem(
        name="beam",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"c": c},
        conditions={
            "pde": Interior(beam_law),
            "supports": Boundary(lambda u: {"deflection": u, "moment": u.xx}, on="x"),
            "start": Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
            "rest": Initial(lambda u: u.t),
        },
        reference=Exact(lambda x, t: np.cos(c * math.pi**2 * t) * np.sin(np.pi * x)),
    )
