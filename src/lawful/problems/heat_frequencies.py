"""Heat u_t = alpha u_xx from sines of 1, 2, 4, ..., 32 half-waves, walls at 0, x in [0, 1], t in [0, 1].

Networks learn low frequencies first (Rahaman et al. 2019, arXiv 1806.08734); here each octave has a share of
1/sqrt(n), and with alpha = 1/(32 pi)^2 the highest decays no further than to 1/e:
u = sum exp(-alpha n^2 pi^2 t) sin(n pi x) / sqrt(n). After the multi-scale heat equations of Wang, Wang and Perdikaris
(2021, arXiv 2012.10047).
"""

import math
import numbers
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..conditions import Boundary, Initial, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact

TYPE = "parabolic, 1-D + t, linear"
MOST_OCTAVES = 10


def heat_frequencies_law(u: Any, alpha: Any) -> Any:
    """u_t - alpha u_xx"""
    return u.t - alpha * u.xx


def heat_frequencies(*, octaves: int = 5) -> Problem:
    """A rod that cools from waves of many lengths.

    `octaves`: the start has 2^octaves half-waves at most. Raises `ValueError` unless it is a whole number from 0 to 10.
    """
    if (
        not isinstance(octaves, numbers.Integral)
        or isinstance(octaves, bool)
        or not 0 <= octaves <= MOST_OCTAVES
    ):
        raise ValueError(f"octaves must be a whole number from 0 to {MOST_OCTAVES}, got {octaves!r}.")
    modes = [2**k for k in range(octaves + 1)]
    alpha = 1 / (math.pi * modes[-1]) ** 2
    return Problem(
        name="heat_frequencies",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"alpha": alpha},
        conditions={
            "pde": Interior(heat_frequencies_law),
            "walls": Boundary(lambda u: u, on="x"),
            "start": Initial(lambda u, x: u - sum(jnp.sin(n * jnp.pi * x) / math.sqrt(n) for n in modes)),
        },
        reference=Exact(
            lambda x, t: sum(
                np.exp(-alpha * (n * math.pi) ** 2 * t) * np.sin(n * np.pi * x) / math.sqrt(n) for n in modes
            ),
        ),
    )
