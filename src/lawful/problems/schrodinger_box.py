"""Schrodinger i psi_t = -psi_xx / 2, psi = u + i v, two states in a hard box, x in [0, 1], t in [0, 0.5].

A particle in the two lowest states at once, psi = sin(pi x) exp(-i E1 t) + sin(2 pi x) exp(-i E2 t) with
En = n^2 pi^2 / 2: its probability, 1 in all, sways from wall to wall with the period 4 / (3 pi) = 0.42.
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


def schrodinger_box_law(u: Any, v: Any) -> dict[str, Any]:
    """i psi_t + psi_xx / 2, real and imaginary part"""
    return {"real": -v.t + u.xx / 2, "imag": u.t + v.xx / 2}


def schrodinger_box(*, end: float = 0.5) -> Problem:
    """A free particle between hard walls, in units where hbar and the mass are 1.

    `end` is the last time. Raises `ValueError` unless it is above 0.
    """
    positive(end=end)
    return Problem(
        name="schrodinger_box",
        domain=Box(x=(0, 1)) * Time(t=(0, end)),
        fields="u v",
        conditions={
            "pde": Interior(schrodinger_box_law),
            "walls": Boundary(lambda u, v: {"u": u, "v": v}, on="x"),
            "start": Initial(
                lambda u, v, x: {"u": u - jnp.sin(jnp.pi * x) - jnp.sin(2 * jnp.pi * x), "v": v},
            ),
        },
        reference=Exact(_solution),
        quantities={"probability": lambda u, v: u**2 + v**2},
    )


def _solution(x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
    psi = sum(np.sin(n * np.pi * x) * np.exp(-0.5j * (n * math.pi) ** 2 * t) for n in (1, 2))
    return {"u": np.real(psi), "v": np.imag(psi)}
