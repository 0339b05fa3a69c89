"""Korteweg-de Vries u_t + u u_x + delta^2 u_xxx = 0 from cos(pi x), periodic on [-1, 1], t in [0, 1].

Raissi, Perdikaris and Karniadakis (2019), J. Comput. Phys. 378, section 4.2, with delta^2 = 0.0025; the wave of Zabusky
and Kruskal (1965), Phys. Rev. Lett. 15, who take delta = 0.022: it steepens and breaks up into solitons.
"""

from typing import Any

import jax.numpy as jnp

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ._checks import positive

TYPE = "dispersive, 1-D + t, nonlinear"


def kdv_law(u: Any, delta: Any) -> Any:
    """u_t + u u_x + delta^2 u_xxx"""
    return u.t + u * u.x + delta**2 * u.xxx


def kdv(*, delta: float = 0.05) -> Problem:
    """A cosine that breaks up into solitons.

    `delta` is their width, about. Raises `ValueError` unless delta > 0.
    """
    positive(delta=delta)
    return Problem(
        name="kdv",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"delta": delta},
        conditions={
            "pde": Interior(kdv_law),
            "circle": Periodic(on="x"),
            "start": Initial(lambda u, x: u - jnp.cos(jnp.pi * x)),
        },
    )
