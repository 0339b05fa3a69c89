"""Backward Eikonal -u_t + |u_x| = 1, u = 0 at the walls and at t = 1, x in [-1, 1], t in [0, 1].

The least time to an end of the interval, or to the end of time: u = min(1 - t, 1 - |x|), with kinks along |x| = t and
at x = 0. The succeeding case of arXiv 2601.00473, "Deep neural networks as discrete dynamical systems", whose
authors round |u_x| to sqrt(u_x^2 + 1e-8), which alone lowers the plateau by 1e-4 (1 - t).
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Final, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number

TYPE = "hyperbolic, 1-D + t, nonlinear"


def eikonal(*, rounding: float = 0.0) -> Problem:
    """The viscosity solution with walls on both sides, backward from the last time.

    `rounding` is the r in sqrt(u_x^2 + r^2), which stands for |u_x|; the reference solves the law with it. Raises
    `ValueError` unless 0 <= rounding < 1.
    """
    number(rounding=rounding)
    if not 0 <= rounding < 1:
        raise ValueError(f"rounding must be at least 0 and below 1, got {rounding!r}.")

    def eikonal_law(u: Any) -> Any:
        """-u_t + |u_x| - 1"""
        size = jnp.sqrt(u.x**2 + rounding**2) if rounding else jnp.abs(u.x)
        return -u.t + size - 1

    rate, slope = 1 - rounding, np.sqrt(1 - rounding**2)
    return Problem(
        name="eikonal",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        conditions={
            "pde": Interior(eikonal_law),
            "walls": Boundary(lambda u: u, on="x"),
            "end": Final(lambda u: u),
        },
        reference=Exact(lambda x, t: np.minimum(rate * (1 - t), slope * (1 - np.abs(x)))),
    )
