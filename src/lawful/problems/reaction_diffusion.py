"""Reaction A + 2 B -> C of two diffusing substances that enter at x = 0, x in [0, 1], t in [0, 10].

Ca_t = D Ca_xx - kf Ca Cb^2, Cb_t = D Cb_xx - 2 kf Ca Cb^2, D = 2e-3, kf = 0.1: the system of an inverse problem of
DeepXDE (Lu et al. 2021, SIAM Rev. 63), from exp(-20 x), 1 at x = 0 and no flux at x = 1, as in its data.
"""

from typing import Any

import jax.numpy as jnp

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ._checks import positive

TYPE = "parabolic, 1-D + t, nonlinear"


def reaction_diffusion_law(Ca: Any, Cb: Any, D: Any, kf: Any) -> dict[str, Any]:
    """Ca_t - D Ca_xx + kf Ca Cb^2, Cb_t - D Cb_xx + 2 kf Ca Cb^2"""
    rate = kf * Ca * Cb**2
    return {"a": Ca.t - D * Ca.xx + rate, "b": Cb.t - D * Cb.xx + 2 * rate}


def reaction_diffusion(*, D: float = 2e-3, kf: float = 0.1) -> Problem:
    """Two substances that meet by diffusion and use each other up.

    `D` is the diffusivity of both, `kf` the rate of the reaction. Raises `ValueError` unless both are above 0.
    """
    positive(D=D, kf=kf)
    return Problem(
        name="reaction_diffusion",
        domain=Box(x=(0, 1)) * Time(t=(0, 10)),
        fields="Ca Cb",
        params={"D": D, "kf": kf},
        conditions={
            "pde": Interior(reaction_diffusion_law),
            "inlet": Boundary(lambda Ca, Cb: {"a": Ca - 1, "b": Cb - 1}, on="x.lower"),
            "wall": Boundary(lambda Ca, Cb: {"a": Ca.x, "b": Cb.x}, on="x.upper"),
            "start": Initial(lambda Ca, Cb, x: {"a": Ca - jnp.exp(-20 * x), "b": Cb - jnp.exp(-20 * x)}),
        },
    )
