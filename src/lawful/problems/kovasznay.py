"""Navier-Stokes, steady, Re = 40: the flow of Kovasznay behind a grid, x in [-0.5, 1], y in [-0.5, 1.5].

Kovasznay (1948), Proc. Camb. Phil. Soc. 44: u = 1 - e^(L x) cos(2 pi y), v = L e^(L x) sin(2 pi y) / (2 pi),
p = (1 - e^(2 L x)) / 2 with L = Re/2 - sqrt(Re^2/4 + 4 pi^2). The velocity is given on the walls, p at one place.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Data, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "elliptic, 2-D, nonlinear"


def kovasznay_law(u: Any, v: Any, p: Any, Re: Any) -> dict[str, Any]:
    """(u . grad) u + grad p - laplacian(u) / Re, and div u"""
    return {
        "x": u * u.x + v * u.y + p.x - laplacian(u) / Re,
        "y": u * v.x + v * v.y + p.y - laplacian(v) / Re,
        "mass": u.x + v.y,
    }


def kovasznay(*, Re: float = 40.0) -> Problem:
    """A row of eddies that viscosity smooths out downstream.

    `Re` is the Reynolds number. Raises `ValueError` unless Re > 0.
    """
    positive(Re=Re)
    # the difference of two numbers near Re/2, without their cancellation
    rate = -4 * math.pi**2 / (Re / 2 + math.sqrt(Re**2 / 4 + 4 * math.pi**2))

    def walls(u: Any, v: Any, x: Any, y: Any) -> dict[str, Any]:
        fading = jnp.exp(rate * x)
        return {
            "u": u - 1 + fading * jnp.cos(2 * jnp.pi * y),
            "v": v - rate / (2 * math.pi) * fading * jnp.sin(2 * jnp.pi * y),
        }

    def solution(x: np.ndarray, y: np.ndarray) -> dict[str, np.ndarray]:
        fading = np.exp(rate * x)
        return {
            "u": 1 - fading * np.cos(2 * np.pi * y),
            "v": rate / (2 * math.pi) * fading * np.sin(2 * np.pi * y),
            "p": -np.expm1(2 * rate * x) / 2,
        }

    return Problem(
        name="kovasznay",
        domain=Box(x=(-0.5, 1), y=(-0.5, 1.5)),
        fields="u v p",
        params={"Re": Re},
        conditions={
            "pde": Interior(kovasznay_law),
            "walls": Boundary(walls, on="walls"),
            "pressure": Data(x=[0.0], y=[0.0], p=[0.0]),
        },
        reference=Exact(solution),
    )
