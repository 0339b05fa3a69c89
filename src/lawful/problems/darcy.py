"""Darcy -div(a grad u) = f with a permeability that varies tenfold, walls at 0, on the unit square.

Flow through a porous medium, a = 10^(sin(2 pi x) sin(2 pi y) / 2), with f made for u = sin(pi x) sin(pi y).
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact
from ._checks import number

TYPE = "elliptic, 2-D, linear"


def darcy_law(u: Any, x: Any, y: Any, contrast: Any) -> Any:
    """-(a laplacian u + grad a . grad u) - f, with f from the solution"""
    pi, sin, cos = jnp.pi, jnp.sin, jnp.cos
    half = jnp.log(contrast) / 2
    a = jnp.exp(half * sin(2 * pi * x) * sin(2 * pi * y))
    slope_x = 2 * pi * half * cos(2 * pi * x) * sin(2 * pi * y)
    slope_y = 2 * pi * half * sin(2 * pi * x) * cos(2 * pi * y)
    known = -2 * pi**2 * sin(pi * x) * sin(pi * y)
    known += slope_x * pi * cos(pi * x) * sin(pi * y) + slope_y * pi * sin(pi * x) * cos(pi * y)
    return a * (known - laplacian(u) - slope_x * u.x - slope_y * u.y)


def darcy(*, contrast: float = 10.0) -> Problem:
    """Pressure in a ground that lets water through here more than there.

    `contrast` is the largest permeability over the smallest. Raises `ValueError` unless it is 1 or above.
    """
    number(contrast=contrast)
    if contrast < 1:
        raise ValueError(f"contrast must be 1 or above, got {contrast!r}.")
    return Problem(
        name="darcy",
        domain=Box(x=(0, 1), y=(0, 1)),
        fields="u",
        params={"contrast": contrast},
        conditions={"pde": Interior(darcy_law), "walls": Boundary(lambda u: u, on="walls")},
        reference=Exact(lambda x, y: np.sin(np.pi * x) * np.sin(np.pi * y)),
    )
