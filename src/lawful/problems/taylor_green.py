"""Navier-Stokes, Re = 100: the array of eddies of Taylor and Green, periodic on [0, 2 pi]^2, t in [0, 1].

Taylor and Green (1937), Proc. R. Soc. A 158, in the plane: u = -cos x sin y e^(-2 t/Re), v = sin x cos y e^(-2 t/Re),
p = -(cos 2x + cos 2y) e^(-4 t/Re) / 4. A periodic flow leaves p open by a function of time: it is held at zero at
(0, pi/2), where a pressure of mean zero vanishes too, by symmetry.
"""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Data, Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "parabolic, 2-D + t, nonlinear"
HELD = 65
"""Times at which the pressure is held."""


def taylor_green_law(u: Any, v: Any, p: Any, Re: Any) -> dict[str, Any]:
    """u_t + (u . grad) u + grad p - laplacian(u) / Re, and div u"""
    return {
        "x": u.t + u * u.x + v * u.y + p.x - laplacian(u) / Re,
        "y": v.t + u * v.x + v * v.y + p.y - laplacian(v) / Re,
        "mass": u.x + v.y,
    }


def taylor_green(*, Re: float = 100.0, end: float = 1.0) -> Problem:
    """Eddies that turn in place and die away.

    `Re` is the Reynolds number, `end` the last time. Raises `ValueError` unless both are above 0.
    """
    positive(Re=Re, end=end)

    def solution(x: np.ndarray, y: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        fading = np.exp(-2 * t / Re)
        return {
            "u": -np.cos(x) * np.sin(y) * fading,
            "v": np.sin(x) * np.cos(y) * fading,
            "p": -(np.cos(2 * x) + np.cos(2 * y)) * fading**2 / 4,
        }

    return Problem(
        name="taylor_green",
        domain=Box(x=(0, 2 * math.pi), y=(0, 2 * math.pi)) * Time(t=(0, end)),
        fields="u v p",
        params={"Re": Re},
        conditions={
            "pde": Interior(taylor_green_law),
            "across": Periodic(on="x"),
            "along": Periodic(on="y"),
            "start": Initial(
                lambda u, v, x, y: {"u": u + jnp.cos(x) * jnp.sin(y), "v": v - jnp.sin(x) * jnp.cos(y)},
            ),
            "pressure": Data(
                x=np.zeros(HELD), y=np.full(HELD, math.pi / 2), t=np.linspace(0, end, HELD), p=np.zeros(HELD)
            ),
        },
        reference=Exact(solution),
    )
