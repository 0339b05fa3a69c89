"""Wave u_tt = c^2 u_xx, c = 1, from rest at sin(pi x) + sin(4 pi x) / 2, walls at 0, x and t in [0, 1].

Wang, Yu and Perdikaris (2022), J. Comput. Phys. 449 (arXiv 2007.14527), who take c = 2. A string let go in
two modes: u = cos(pi c t) sin(pi x) + cos(4 pi c t) sin(4 pi x) / 2.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "hyperbolic, 1-D + t, linear"

SHAPES = ((1, 1.0), (4, 0.5))
"""The modes of the start, (number of half-waves, amplitude)."""


def wave_law(u: Any, c: Any) -> Any:
    """u_tt - c^2 u_xx"""
    return u.tt - c**2 * u.xx


def wave(*, c: float = 1.0) -> Problem:
    """A plucked string.

    `c` is the speed of the waves. Raises `ValueError` unless c > 0.
    """
    positive(c=c)
    return Problem(
        name="wave",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"c": c},
        conditions={
            "pde": Interior(wave_law),
            "walls": Boundary(lambda u: u, on="x"),
            "start": Initial(lambda u, x: u - sum(a * jnp.sin(n * jnp.pi * x) for n, a in SHAPES)),
            "rest": Initial(lambda u: u.t),
        },
        reference=Exact(
            lambda x, t: sum(a * np.sin(n * np.pi * x) * np.cos(n * np.pi * c * t) for n, a in SHAPES),
        ),
    )
