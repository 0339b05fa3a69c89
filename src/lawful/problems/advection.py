"""Advection u_t + c u_x = 0, c = 1, of sin x around a circle, x in [0, 2 pi], t in [0, 1].

The wave travels undeformed: u = sin(x - c t). At c = 30 this is the published failure of plain
networks (Krishnapriyan et al. 2021, arXiv 2109.01050).
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number

TYPE = "hyperbolic, 1-D + t, linear"


def advection_law(u: Any, c: Any) -> Any:
    """u_t + c u_x"""
    return u.t + c * u.x


def advection(*, c: float = 1.0) -> Problem:
    """A sine wave carried around a circle.

    `c` is the speed, of either sign. Raises `ValueError` unless it is a finite number.
    """
    number(c=c)
    return Problem(
        name="advection",
        domain=Box(x=(0, 2 * math.pi)) * Time(t=(0, 1)),
        fields="u",
        params={"c": c},
        conditions={
            "pde": Interior(advection_law),
            "circle": Periodic(on="x"),
            "start": Initial(lambda u, x: u - jnp.sin(x)),
        },
        reference=Exact(lambda x, t: np.sin(x - c * t)),
    )
