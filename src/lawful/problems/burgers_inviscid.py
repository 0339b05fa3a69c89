"""Inviscid Burgers u_t + (u^2/2)_x = 0, a shock from 1 | 0 at x = 0.5, x in [0, 1], t in [0, 1].

The failing case of arXiv 2601.00473, "Deep neural networks as discrete dynamical systems". The entropy solution is
u = left where x < jump + s t and u = right beyond, with the speed s = (left + right) / 2 of Rankine and Hugoniot. A law
of derivatives alone does not fix s at a jump, the flux does; continuous networks fit the points and miss the shock, and
find it where the law is integrated once, which is how they are given it here.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Conservation, Initial, Potential
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number

TYPE = "hyperbolic, 1-D + t, nonlinear"


def burgers_flux(u: Any) -> Any:
    """u^2 / 2"""
    return u**2 / 2


def burgers_inviscid(
    *, left: float = 1.0, right: float = 0.0, jump: float = 0.5, viscosity: float = 5e-4
) -> Problem:
    """A shock that travels through the interval.

    `left` and `right` are the states beside it, `jump` its place at the start; `viscosity` is what a network is given
    to resolve the shock by, with none in the reference, and 0 leaves it the law as it is. Raises `ValueError` unless
    left > right, and jump and jump + (left + right) / 2, its place at the end, lie in [0, 1], and for a viscosity
    below 0.
    """
    number(left=left, right=right, jump=jump, viscosity=viscosity)
    if viscosity < 0:
        raise ValueError(f"viscosity must be at least 0, got {viscosity!r}.")
    if not left > right:
        raise ValueError(f"left must be above right, or the jump spreads; got {left!r} and {right!r}.")
    speed = (left + right) / 2
    if not (0 <= jump <= 1 and 0 <= jump + speed <= 1):
        raise ValueError(
            f"the shock must stay within [0, 1], but goes from jump = {jump:g} to {jump + speed:g}; choose left and "
            "right nearer to each other's negative, or another jump."
        )
    return Problem(
        name="burgers_inviscid",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        conditions={
            "pde": Conservation(burgers_flux, closure=Potential(viscosity) if viscosity else None),
            "left": Boundary(lambda u: u - left, on="x.lower"),
            "right": Boundary(lambda u: u - right, on="x.upper"),
            "start": Initial(lambda u, x: u - jnp.where(x < jump, left, right)),
        },
        reference=Exact(
            lambda x, t: np.where(x < jump + speed * t, float(left), float(right)),
            method="Rankine-Hugoniot shock",
            norm="mean",
        ),
    )
