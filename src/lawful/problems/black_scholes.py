"""Black-Scholes V_t + (sigma S)^2 V_SS / 2 + r S V_S - r V = 0, back from max(S - K, 0), S in [0, 3 K].

Black and Scholes (1973), J. Polit. Econ. 81: the price of a European call in the year before it expires at T = 1,
V = S N(d1) - K e^(-r (T - t)) N(d2). The kink of the payoff at S = K is rounded over sigma K sqrt(T - t) at once, so
that errors there weigh little in the mean square over the whole domain. At S = 3 K the wall is
S - K e^(-r (T - t)), off by less than 1e-6 K.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.special import ndtr

from ..conditions import Boundary, Final, Interior
from ..domain import Box, Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number, positive

TYPE = "parabolic, 1-D + t, linear"
EXPIRY, MOST_SIGMA, MOST_R = 1.0, 0.25, 0.2


def black_scholes_law(V: Any, S: Any, sigma: Any, r: Any) -> Any:
    """V_t + (sigma S)^2 V_SS / 2 + r S V_S - r V"""
    return V.t + (sigma * S) ** 2 * V.SS / 2 + r * S * V.S - r * V


def black_scholes(*, K: float = 100.0, sigma: float = 0.2, r: float = 0.05) -> Problem:
    """The price of a call option.

    `K` is the strike, `sigma` the volatility, `r` the interest rate, the latter two a year. Raises `ValueError` unless
    K > 0, 0 < sigma <= 0.25, so that hardly any price reaches the wall at 3 K, and 0 <= r <= 0.2.
    """
    positive(K=K, sigma=sigma)
    number(r=r)
    if sigma > MOST_SIGMA:
        raise ValueError(
            f"sigma must be at most {MOST_SIGMA}, where the wall at 3 K is far enough; got {sigma!r}."
        )
    if not 0 <= r <= MOST_R:
        raise ValueError(f"r must be from 0 to {MOST_R}, got {r!r}.")

    def solution(S: np.ndarray, t: np.ndarray) -> np.ndarray:
        left = np.maximum(EXPIRY - t, 1e-200)
        spread = sigma * np.sqrt(left)
        d1 = (np.log(np.maximum(S, 1e-200) / K) + (r + sigma**2 / 2) * left) / spread
        return S * ndtr(d1) - K * np.exp(-r * left) * ndtr(d1 - spread)

    return Problem(
        name="black_scholes",
        domain=Box(S=(0, 3 * K)) * Time(t=(0, EXPIRY)),
        fields="V",
        params={"K": K, "sigma": sigma, "r": r},
        conditions={
            "pde": Interior(black_scholes_law),
            "worthless": Boundary(lambda V: V, on="S.lower"),
            "certain": Boundary(lambda V, S, t, K, r: V - S + K * jnp.exp(-r * (EXPIRY - t)), on="S.upper"),
            "payoff": Final(lambda V, S, K: V - jnp.maximum(S - K, 0)),
        },
        reference=Exact(solution),
    )
