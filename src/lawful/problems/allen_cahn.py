"""Allen-Cahn u_t = D u_xx + 5 u - 5 u^3, D = 1e-4, from x^2 cos(pi x), periodic on [-1, 1], t in [0, 1].

Raissi, Perdikaris and Karniadakis (2019), J. Comput. Phys. 378, section 3.2. The periodic continuation
of the start has a kink at the walls, of slope -2 to +2, which diffusion rounds off at once.
"""

import functools
import math
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.special import erfc

from ..conditions import Initial, Interior, Periodic
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ..reference.fourier import CosineSeries, evolve
from ._checks import positive

TYPE = "parabolic, 1-D + t, nonlinear"

REACTION = 5.0
LARGEST_DIFFUSIVITY = 0.1
MOST_MODES = 4096


def allen_cahn_law(u: Any, D: Any) -> Any:
    """u_t - D u_xx + 5 u^3 - 5 u"""
    return u.t - D * u.xx + REACTION * (u**3 - u)


def allen_cahn(*, D: float = 1e-4) -> Problem:
    """Two phases separate: fronts of width sqrt(D) between u = 1 and u = -1.

    `D` is the diffusivity; below 6e-6 the error estimate of the reference grows, as its modes do not.
    Raises `ValueError` unless 0 < D <= 0.1.
    """
    positive(D=D)
    if D > LARGEST_DIFFUSIVITY:
        raise ValueError(f"D must be at most {LARGEST_DIFFUSIVITY:g}, where fronts still form; got {D!r}.")
    # in proportion to the fronts: the damping of the last mode, and so the steps in time, stay the same
    modes = min(round(10.24 / math.sqrt(D)), MOST_MODES)
    return Problem(
        name="allen_cahn",
        domain=Box(x=(-1, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"D": D},
        conditions={
            "pde": Interior(allen_cahn_law),
            "circle": Periodic(on="x"),
            "start": Initial(lambda u, x: u - x**2 * jnp.cos(jnp.pi * x)),
        },
        reference=Exact(
            lambda x, t: _solution(float(D), modes)(x, t),
            check=lambda x, t: _solution(float(D), 3 * modes // 4)(x, t),
            method="cosine series, Runge-Kutta in time",
        ),
    )


def rounded_parabola(x: np.ndarray, t: Any, D: float) -> np.ndarray:
    """The solution of v_t = D v_xx, of period 2, that starts as x^2 / 2 on [-1, 1].

    The parabola rises by D t; from each of the walls, where slopes 1 and -1 met, spreads the flow of
    a unit flux, sqrt(4 D t) ierfc(|distance| / sqrt(4 D t)).
    """
    spread = np.sqrt(np.maximum(4 * D * t, 1e-300))
    v = x**2 / 2 + D * t
    for wall in (-3, -1, 1, 3):
        z = np.abs(x - wall) / spread
        v = v - spread * (np.exp(-(z**2)) / math.sqrt(math.pi) - z * erfc(z))
    return v


@functools.lru_cache(maxsize=8)
def _solution(D: float, modes: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """The kink by hand, the rest by cosines.

    A kink costs a series all but first order. So u = w - 2 e^{-10 t} v, where v is the rounded
    parabola and -10 the slope of the reaction at u = -1, the value at the walls: that part obeys the
    equation linearised at the walls, and w has coefficients of fourth order at the start, fifth later.
    """
    slope, decay = -2.0, -2 * REACTION
    series = CosineSeries(1.0, modes)

    def kink(x: np.ndarray, t: Any) -> np.ndarray:
        return slope * np.exp(decay * t) * rounded_parabola(x, t, D)

    x = series.nodes

    def reaction(t: float, w: np.ndarray) -> np.ndarray:
        part = kink(x, t)
        u = w + part
        return REACTION * (u - u**3) - decay * part

    start = x**2 * np.cos(np.pi * x) - kink(x, 0.0)
    flow = evolve(reaction, start, series, end=1.0, diffusivity=D)
    return lambda x, t: flow(x, t) + kink(x, t)
