"""Van der Pol u'' - mu (1 - u^2) u' + u = 0, mu = 1, from rest at 2, t in [0, 10].

B. van der Pol (1926), Phil. Mag. 2, 978. It settles on one oscillation whatever the start. At mu = 1000, end = 2000
it creeps and jumps, and is the stiff test problem of Hairer and Wanner (1996), Solving Ordinary Differential
Equations II, IV.10, where u(2000) = 1.7061677321704. The reference is derived.
"""

from typing import Any

from ..conditions import Initial, Interior
from ..domain import Time
from ..problem import Problem
from ._checks import number, positive

TYPE = "ODE, nonlinear"


def van_der_pol_law(u: Any, mu: Any) -> Any:
    """u'' - mu (1 - u^2) u' + u"""
    return u.tt - mu * (1 - u**2) * u.t + u


def van_der_pol(*, mu: float = 1.0, end: float = 10.0) -> Problem:
    """A valve that feeds small oscillations and damps large ones.

    `mu` is the strength of both, and `end` the last time. Raises `ValueError` unless mu >= 0 and end > 0.
    """
    positive(end=end)
    number(mu=mu)
    if mu < 0:
        raise ValueError(f"mu must be 0 or above, got {mu!r}.")
    return Problem(
        name="van_der_pol",
        domain=Time(t=(0, end)),
        fields="u",
        params={"mu": mu},
        conditions={
            "ode": Interior(van_der_pol_law),
            "start": Initial(lambda u: u - 2),
            "rest": Initial(lambda u: u.t),
        },
    )
