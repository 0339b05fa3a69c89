"""Decay u' = -k u, k = 2.5, from u = 1, t in [0, 2].

The ordinary differential equation of first lessons, with the solution u = exp(-k t).
"""

from typing import Any

import numpy as np

from ..conditions import Initial, Interior
from ..domain import Time
from ..problem import Problem
from ..reference import Exact
from ._checks import positive

TYPE = "ODE, linear"


def decay_law(u: Any, k: Any) -> Any:
    """u' + k u"""
    return u.t + k * u


def decay(*, k: float = 2.5) -> Problem:
    """Exponential decay at the rate `k`. Raises `ValueError` unless k > 0."""
    positive(k=k)
    return Problem(
        name="decay",
        domain=Time(t=(0, 2)),
        fields="u",
        params={"k": k},
        conditions={"ode": Interior(decay_law), "start": Initial(lambda u: u - 1)},
        reference=Exact(lambda t: np.exp(-k * t)),
    )
