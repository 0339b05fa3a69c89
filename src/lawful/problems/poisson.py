"""Poisson -laplacian u = d pi^2 prod sin(pi x_i), walls at 0, on the unit box of d = 1 to 10 dimensions.

The usual manufactured solution, u = sin(pi x1) ... sin(pi xd). The coordinates are x, y, z up to three dimensions,
x1, x2, ... above.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact
from ._dimensions import space_names, spelt_out

TYPE = "elliptic, d-D, linear"


def poisson_law(u: Any, **position: Any) -> Any:
    """-laplacian(u) - d pi^2 prod sin(pi x_i), in as many coordinates as `position` holds."""
    source = len(position) * jnp.pi**2 * math.prod(jnp.sin(jnp.pi * x) for x in position.values())
    return -laplacian(u) - source


def poisson(*, dimension: int = 2) -> Problem:
    """A smooth source in a box with grounded walls.

    `dimension` is the number of coordinates. Raises `ValueError` unless it is a whole number from 1 to 10.
    """
    names = space_names(dimension)
    return Problem(
        name="poisson",
        domain=Box(**dict.fromkeys(names, (0, 1))),
        fields="u",
        conditions={
            "pde": Interior(spelt_out(poisson_law, ("u", *names))),
            "walls": Boundary(lambda u: u, on="walls"),
        },
        reference=Exact(lambda **position: math.prod(np.sin(np.pi * x) for x in position.values())),
    )
