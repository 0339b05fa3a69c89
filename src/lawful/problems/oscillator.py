"""Damped oscillator u'' + 2 zeta omega u' + omega^2 u = 0, omega = 2, zeta = 0.075, from rest at 1, t in [0, 5].

With these values it is h'' = -0.3 h' - 4 h of many tutorials. The solution, with r = omega sqrt(1 - zeta^2), is
u = exp(-zeta omega t) (cos r t + zeta omega sin(r t) / r).
"""

import cmath
from typing import Any

import numpy as np

from ..conditions import Initial, Interior
from ..domain import Time
from ..problem import Problem
from ..reference import Exact
from ._checks import number, positive

TYPE = "ODE, linear"


def oscillator_law(u: Any, omega: Any, zeta: Any) -> Any:
    """u'' + 2 zeta omega u' + omega^2 u"""
    return u.tt + 2 * zeta * omega * u.t + omega**2 * u


def oscillator(*, omega: float = 2.0, zeta: float = 0.075) -> Problem:
    """A mass on a spring, let go at rest.

    `omega` is the angular frequency without damping, `zeta` the damping ratio; from 1 on it no longer
    oscillates. Raises `ValueError` unless omega > 0 and zeta >= 0.
    """
    positive(omega=omega)
    number(zeta=zeta)
    if zeta < 0:
        raise ValueError(f"zeta must be 0 or above, got {zeta!r}.")
    return Problem(
        name="oscillator",
        domain=Time(t=(0, 5)),
        fields="u",
        params={"omega": omega, "zeta": zeta},
        conditions={
            "ode": Interior(oscillator_law),
            "start": Initial(lambda u: u - 1),
            "rest": Initial(lambda u: u.t),
        },
        reference=Exact(lambda t: _solution(t, omega, zeta)),
    )


def _solution(t: np.ndarray, omega: float, zeta: float) -> np.ndarray:
    """The two exponentials with their sum and difference taken apart, so that zeta = 1 needs no case."""
    gamma = zeta * omega
    r = omega * cmath.sqrt(1 - zeta**2)
    # sin(r t) / r, also at r = 0; r is imaginary where the damping is strong
    lag = t * np.sinc(r * t / np.pi)
    return np.real(np.exp(-gamma * t) * (np.cos(r * t) + gamma * lag))
