"""Navier-Stokes, steady, Re = 100: a lid slides over a square full of fluid at the speed 1.

Ghia, Ghia and Shin (1982), J. Comput. Phys. 48. Where the lid meets the walls the velocity jumps, and the pressure is
without bound; p is zero at the lower left corner.
"""

from typing import Any

from ..calculus import laplacian
from ..conditions import Boundary, Data, Interior
from ..domain import Box
from ..problem import Problem
from ._checks import positive

TYPE = "elliptic, 2-D, nonlinear"


def lid_cavity_law(u: Any, v: Any, p: Any, Re: Any) -> dict[str, Any]:
    """(u . grad) u + grad p - laplacian(u) / Re, and div u"""
    return {
        "x": u * u.x + v * u.y + p.x - laplacian(u) / Re,
        "y": u * v.x + v * v.y + p.y - laplacian(v) / Re,
        "mass": u.x + v.y,
    }


def lid_cavity(*, Re: float = 100.0) -> Problem:
    """An eddy that a moving wall keeps going.

    `Re` is the Reynolds number. Raises `ValueError` unless Re > 0.
    """
    positive(Re=Re)
    return Problem(
        name="lid_cavity",
        domain=Box(x=(0, 1), y=(0, 1)),
        fields="u v p",
        params={"Re": Re},
        conditions={
            "pde": Interior(lid_cavity_law),
            "lid": Boundary(lambda u, v: {"u": u - 1, "v": v}, on="y.upper"),
            "floor": Boundary(lambda u, v: {"u": u, "v": v}, on="y.lower"),
            "sides": Boundary(lambda u, v: {"u": u, "v": v}, on="x"),
            "pressure": Data(x=[0.0], y=[0.0], p=[0.0]),
        },
    )
