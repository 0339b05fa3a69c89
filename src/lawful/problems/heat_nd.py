"""Heat u_t = laplacian u / (d pi^2) from prod sin(pi x_i), walls at 0, in d = 1 to 10 dimensions, t in [0, 1].

The slowest mode of a cooling box, u = exp(-t) sin(pi x1) ... sin(pi xd): the same decay in every dimension, so that
errors compare. The coordinates are x, y, z up to three dimensions, x1, x2, ... above.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._dimensions import space_names, spelt_out

TYPE = "parabolic, d-D + t, linear"


def heat_nd(*, dimension: int = 5) -> Problem:
    """A box cooling between walls held at zero.

    `dimension` is the number of coordinates of space. Raises `ValueError` unless it is a whole number from 1 to 10.
    """
    names = space_names(dimension)

    def heat_nd_law(u: Any) -> Any:
        return u.t - laplacian(u) / (dimension * math.pi**2)

    def start(u: Any, **position: Any) -> Any:
        return u - math.prod(jnp.sin(jnp.pi * x) for x in position.values())

    def solution(t: np.ndarray, **position: np.ndarray) -> np.ndarray:
        return np.exp(-t) * math.prod(np.sin(np.pi * x) for x in position.values())

    return Problem(
        name="heat_nd",
        domain=Box(**dict.fromkeys(names, (0, 1))) * Time(t=(0, 1)),
        fields="u",
        conditions={
            "pde": Interior(heat_nd_law),
            "walls": Boundary(lambda u: u, on="walls"),
            "start": Initial(spelt_out(start, ("u", *names))),
        },
        reference=Exact(solution),
    )
