"""Laplace around a re-entrant corner, u = r^(2/3) sin(2 theta / 3), in the L-shaped part of [-1, 1]^2.

The test of adaptive finite elements (Mitchell 2013, Appl. Math. Comput. 220, section 2.2): at the corner, at 0, the
gradient is without bound, as r^(-1/3). The quarter x > 0, y < 0 is cut out; theta runs from 0 along x to 3 pi/2. The
legs beside the corner are at 0, the others as the solution says.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Interior
from ..domain import Polygon
from ..problem import Problem
from ..reference import Exact

TYPE = "elliptic, 2-D, linear"
CORNERS_X = (0, 1, 1, -1, -1, 0)
CORNERS_Y = (0, 0, 1, 1, -1, -1)
NAMES = ("leg", "outer", "outer", "outer", "outer", "leg")


def l_shape_law(u: Any) -> Any:
    """laplacian u"""
    return laplacian(u)


def l_shape() -> Problem:
    """A membrane stretched around an inner corner."""

    # angles from the middle of the domain, so that the jump of the arc tangent lies in the quarter that is cut out
    def outer(u: Any, x: Any, y: Any) -> Any:
        theta = jnp.arctan2(-x - y, y - x) + 3 * jnp.pi / 4
        return u - (x**2 + y**2) ** (1 / 3) * jnp.sin(2 * theta / 3)

    def solution(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        theta = np.arctan2(-x - y, y - x) + 3 * np.pi / 4
        return (x**2 + y**2) ** (1 / 3) * np.sin(2 * theta / 3)

    return Problem(
        name="l_shape",
        domain=Polygon(x=CORNERS_X, y=CORNERS_Y, names=NAMES),
        fields="u",
        conditions={
            "pde": Interior(l_shape_law),
            "legs": Boundary(lambda u: u, on="leg"),
            "outer": Boundary(outer, on="outer"),
        },
        reference=Exact(solution),
    )
