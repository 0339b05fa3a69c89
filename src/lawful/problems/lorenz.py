"""Lorenz x' = sigma (y - x), y' = x (rho - z) - y, z' = x y - beta z, from (-8, 7, 27), t in [0, 3].

E. N. Lorenz (1963), J. Atmos. Sci. 20, 130. With sigma = 10, rho = 15 and beta = 8/3, from the same start, it is the
inverse problem among DeepXDE's examples. From rho = 24.74 on the motion is chaotic: errors grow as exp(0.9 t) at
rho = 28. The reference is derived.
"""

from typing import Any

from ..conditions import Initial, Interior
from ..domain import Time
from ..problem import Problem
from ._checks import positive

TYPE = "ODE, nonlinear"


def lorenz_law(x: Any, y: Any, z: Any, sigma: Any, rho: Any, beta: Any) -> dict[str, Any]:
    """x' - sigma (y - x), y' - x (rho - z) + y, z' - x y + beta z"""
    return {
        "x": x.t - sigma * (y - x),
        "y": y.t - x * (rho - z) + y,
        "z": z.t - x * y + beta * z,
    }


def lorenz(*, sigma: float = 10.0, rho: float = 15.0, beta: float = 8 / 3, end: float = 3.0) -> Problem:
    """A convecting layer of air in three numbers.

    `sigma` is the Prandtl number, `rho` the Rayleigh number over its critical value, `beta` a ratio of lengths, and
    `end` the last time. Raises `ValueError` unless all are above 0.
    """
    positive(sigma=sigma, rho=rho, beta=beta, end=end)
    return Problem(
        name="lorenz",
        domain=Time(t=(0, end)),
        fields="x y z",
        params={"sigma": sigma, "rho": rho, "beta": beta},
        conditions={
            "ode": Interior(lorenz_law),
            "start": Initial(lambda x, y, z: {"x": x + 8, "y": y - 7, "z": z - 27}),
        },
    )
