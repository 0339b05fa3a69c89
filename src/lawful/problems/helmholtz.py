"""Helmholtz u_xx + u_yy + k^2 u = f, k = 4 pi, with the solution sin(k x) cos(k y) on the unit square.

The source f = -k^2 sin(k x) cos(k y), and the walls, are made for the solution. It is the only one unless k^2 is an
eigenvalue pi^2 (m^2 + n^2) of the square, as 10 pi (6 and 8) is and 4 pi, 8 pi, 9 pi are not; near one it is sensitive.
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
from ._checks import positive

TYPE = "elliptic, 2-D, linear"
LARGEST_K = 10 * math.pi
DETUNED = 0.05
"""How far (k / pi)^2 must be from all m^2 + n^2."""


def helmholtz_law(u: Any, x: Any, y: Any, k: Any) -> Any:
    """u_xx + u_yy + k^2 u - f"""
    return laplacian(u) + k**2 * u + k**2 * jnp.sin(k * x) * jnp.cos(k * y)


def helmholtz(*, k: float = 4 * math.pi) -> Problem:
    """A standing wave driven at a frequency that the square does not answer to.

    `k` is the wavenumber. Raises `ValueError` unless 0 < k <= 10 pi, and at a resonance of the square.
    """
    positive(k=k)
    if k > LARGEST_K:
        raise ValueError(f"k must be at most 10 pi = {LARGEST_K:.4f}, got {k!r}.")
    m, n = min(
        ((m, n) for m in range(1, 11) for n in range(m, 11)),
        key=lambda p: abs(p[0] ** 2 + p[1] ** 2 - (k / math.pi) ** 2),
    )
    if abs(m**2 + n**2 - (k / math.pi) ** 2) < DETUNED:
        raise ValueError(
            f"k={k!r} is a resonance of the square, as k^2 is close to pi^2 ({m}^2 + {n}^2), so the solution is not "
            "unique; take another, such as 4 pi, 8 pi or 9 pi."
        )
    return Problem(
        name="helmholtz",
        domain=Box(x=(0, 1), y=(0, 1)),
        fields="u",
        params={"k": k},
        conditions={
            "pde": Interior(helmholtz_law),
            "walls": Boundary(lambda u, x, y, k: u - jnp.sin(k * x) * jnp.cos(k * y), on="walls"),
        },
        reference=Exact(lambda x, y: np.sin(k * x) * np.cos(k * y)),
    )
