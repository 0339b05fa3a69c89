"""Advection and diffusion u' = eps u'' + 1, eps = 0.01, between walls at 0, x in [0, 1]: a boundary layer.

The usual test of singular perturbation (Roos, Stynes and Tobiska 2008): u rises as x and falls to zero within a few eps
of x = 1; u = x - e^(-(1 - x)/eps) (1 - e^(-x/eps)) / (1 - e^(-1/eps)).
"""

from typing import Any

import numpy as np

from ..conditions import Boundary, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "elliptic, 1-D, linear"


def advection_diffusion_law(u: Any, eps: Any) -> Any:
    """u' - eps u'' - 1"""
    return u.x - eps * u.xx - 1


def advection_diffusion(*, eps: float = 0.01) -> Problem:
    """A stream that takes up heat, and gives it all off at the outlet.

    `eps` is the diffusivity, 1 over the Peclet number. Raises `ValueError` unless eps > 0.
    """
    positive(eps=eps)
    return Problem(
        name="advection_diffusion",
        domain=Box(x=(0, 1)),
        fields="u",
        params={"eps": eps},
        conditions={"ode": Interior(advection_diffusion_law), "walls": Boundary(lambda u: u, on="x")},
        reference=Exact(lambda x: x - np.exp(-(1 - x) / eps) * np.expm1(-x / eps) / np.expm1(-1 / eps)),
    )
