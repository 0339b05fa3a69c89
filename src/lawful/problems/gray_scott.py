"""Gray-Scott: u feeds v by u v^2, both diffuse, periodic on [-1, 1]^2, t in [0, 200].

u_t = Du laplacian u + F (1 - u) - u v^2, v_t = Dv laplacian v - (F + k) v + u v^2, with Du = 1e-5, Dv = 5e-6,
F = 0.04, k = 0.06, from two Gaussian spots side by side: Hao et al. (2023), PINNacle (arXiv 2306.08827), there with
b = F and d = F + k; Pearson (1993), Science 261.
"""

from typing import Any

import jax.numpy as jnp

from ..calculus import laplacian
from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ._checks import positive

TYPE = "parabolic, 2-D + t, nonlinear"


def gray_scott_law(u: Any, v: Any, Du: Any, Dv: Any, F: Any, k: Any) -> dict[str, Any]:
    """u_t - Du laplacian u - F (1 - u) + u v^2, and the like of v"""
    reaction = u * v**2
    return {
        "u": u.t - Du * laplacian(u) - F * (1 - u) + reaction,
        "v": v.t - Dv * laplacian(v) + (F + k) * v - reaction,
    }


def gray_scott(*, F: float = 0.04, k: float = 0.06, end: float = 200.0) -> Problem:
    """Spots that grow, and split where they are fed enough.

    `F` is the rate of feeding, `k` that at which v is removed, `end` the last time. Raises `ValueError` unless all are
    above 0.
    """
    positive(F=F, k=k, end=end)

    def start(u: Any, v: Any, x: Any, y: Any) -> dict[str, Any]:
        return {
            "u": u - 1 + jnp.exp(-80 * ((x + 0.05) ** 2 + (y + 0.02) ** 2)),
            "v": v - jnp.exp(-80 * ((x - 0.05) ** 2 + (y - 0.02) ** 2)),
        }

    return Problem(
        name="gray_scott",
        domain=Box(x=(-1, 1), y=(-1, 1)) * Time(t=(0, end)),
        fields="u v",
        params={"Du": 1e-5, "Dv": 5e-6, "F": F, "k": k},
        conditions={
            "pde": Interior(gray_scott_law),
            "across": Periodic(on="x"),
            "along": Periodic(on="y"),
            "start": Initial(start),
        },
    )
