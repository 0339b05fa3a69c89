"""Linear elasticity in plane strain, u = cos(2 pi x) sin(pi y), v = Q sin(pi x) y^4 / 4, on the unit square.

Haghighat et al. (2021), Comput. Methods Appl. Mech. Eng. 379 (arXiv 2003.02751), with the constants of Lame
lambda = 1 and mu = 0.5 and the load Q = 4: the forces are made for these displacements; the floor is held, the sides
can move out, the ceiling up and down, where the stress is given.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact
from ._checks import number, positive

TYPE = "elliptic, 2-D, linear"


def elasticity_law(u: Any, v: Any, x: Any, y: Any, lame: Any, mu: Any, Q: Any) -> dict[str, Any]:
    """div sigma + f, with sigma = lambda tr(strain) I + 2 mu strain and f from the solution"""
    pi, sin, cos = jnp.pi, jnp.sin, jnp.cos
    bulk = lame + 2 * mu
    force = {
        "x": pi**2 * (4 * bulk + mu) * cos(2 * pi * x) * sin(pi * y)
        - (lame + mu) * pi * Q * cos(pi * x) * y**3,
        "y": sin(pi * x) * Q * y**2 * (mu * pi**2 * y**2 / 4 - 3 * bulk)
        + 2 * pi**2 * (lame + mu) * sin(2 * pi * x) * cos(pi * y),
    }
    return {
        "x": bulk * u.xx + mu * u.yy + (lame + mu) * v.xy + force["x"],
        "y": mu * v.xx + bulk * v.yy + (lame + mu) * u.xy + force["y"],
    }


def elasticity(*, lame: float = 1.0, mu: float = 0.5, Q: float = 4.0) -> Problem:
    """A loaded block between frictionless sides.

    `lame` is the first constant of Lame, lambda, `mu` the second, the shear modulus, `Q` the load. Raises `ValueError`
    unless lame >= 0 and mu > 0.
    """
    positive(mu=mu)
    number(lame=lame, Q=Q)
    if lame < 0:
        raise ValueError(f"lame must be 0 or above, got {lame!r}.")

    def side(u: Any, v: Any, lame: Any, mu: Any) -> dict[str, Any]:
        return {"v": v, "stress": (lame + 2 * mu) * u.x + lame * v.y}

    def ceiling(u: Any, v: Any, x: Any, lame: Any, mu: Any, Q: Any) -> dict[str, Any]:
        load = (lame + 2 * mu) * Q * jnp.sin(jnp.pi * x)
        return {"u": u, "stress": lame * u.x + (lame + 2 * mu) * v.y - load}

    return Problem(
        name="elasticity",
        domain=Box(x=(0, 1), y=(0, 1)),
        fields="u v",
        params={"lame": lame, "mu": mu, "Q": Q},
        conditions={
            "pde": Interior(elasticity_law),
            "floor": Boundary(lambda u, v: {"u": u, "v": v}, on="y.lower"),
            "sides": Boundary(side, on="x"),
            "ceiling": Boundary(ceiling, on="y.upper"),
        },
        reference=Exact(
            lambda x, y: {
                "u": np.cos(2 * np.pi * x) * np.sin(np.pi * y),
                "v": Q * np.sin(np.pi * x) * y**4 / 4,
            },
        ),
    )
