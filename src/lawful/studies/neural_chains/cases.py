"""The three problems of the paper: as published, as lawful states them, and their exact solutions.

Source: arXiv 2601.00473, "Deep neural networks as discrete dynamical systems".
"""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...conditions import Boundary, Initial, Interior
from ...domain import Box, Time
from ...problem import Problem
from ...problems.burgers import burgers_law, cole_hopf
from ...problems.burgers_inviscid import burgers_inviscid
from ...problems.eikonal import eikonal
from ...reference import Exact

TIME = 0.3
"""The time at which all errors of the paper are measured."""
PROBE = (0.6, 0.3)
"""The place (x, t) at which activations are looked at."""
VISCOSITY = 0.01 / math.pi
ROUNDING = 1e-4
"""The r in sqrt(u_x^2 + r^2), which the authors take for |u_x|."""
SHOCK_VISCOSITY = 5e-4
"""By which lawful's own networks resolve the shock."""

Values = Float[np.ndarray, " nodes"]


@dataclass(frozen=True)
class Case:
    """A problem of the paper.

    `published` states it as the authors trained it, walls and start as residuals; `own` as a user of lawful would.
    `exact(x, t)` is the solution of the law itself, `nodes` the places of table 1, at t = 0.3.
    """

    name: str
    title: str
    law: str
    published: Callable[[], Problem]
    own: Callable[[], Problem]
    exact: Callable[[Values, float], Values]
    nodes: Values

    def truth(self) -> Values:
        """The exact solution at the nodes."""
        return self.exact(self.nodes, TIME)


def soft(problem: Problem) -> Problem:
    """The same problem with all its walls and starts left to training, as residuals."""
    out = copy.copy(problem)
    out.ansatz = {"u": lambda u: u}
    return out


def burgers_unit() -> Problem:
    """u_t + u u_x = nu u_xx from sin(2 pi x) on [0, 1], u = 0 at both ends, nu = 0.01/pi."""
    return Problem(
        name="neural_chains_viscous",
        domain=Box(x=(0, 1)) * Time(t=(0, 1)),
        fields="u",
        params={"nu": VISCOSITY},
        conditions={
            "pde": Interior(burgers_law),
            "left": Boundary(lambda u: u, on="x.lower"),
            "right": Boundary(lambda u: u, on="x.upper"),
            "start": Initial(lambda u, x: u - jnp.sin(2 * jnp.pi * x)),
        },
        reference=Exact(unit_cole_hopf, method="Cole-Hopf quadrature"),
    )


def unit_cole_hopf(x: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """The exact solution on [0, 1], by that on [-1, 1]: X = 2x - 1, T = 2t, viscosity 2 nu."""
    return cole_hopf(2 * x - 1, np.broadcast_to(2 * np.asarray(t, float), x.shape), 2 * VISCOSITY)


def shock(x: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """1 | 0 with the jump at 0.5 + t/2, the entropy solution."""
    return np.where(x < 0.5 + 0.5 * np.asarray(t), 1.0, 0.0)


def least_time(x: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    """min(1 - t, 1 - |x|), the viscosity solution of -u_t + |u_x| = 1."""
    return np.minimum(1 - np.asarray(t), 1 - np.abs(x))


CASES = {
    case.name: case
    for case in (
        Case(
            "viscous",
            "viscous Burgers",
            "u_t + u u_x = (0.01/pi) u_xx, u(x, 0) = sin(2 pi x)",
            lambda: soft(burgers_unit()),
            burgers_unit,
            unit_cole_hopf,
            np.linspace(0, 1, 100),
        ),
        Case(
            "inviscid",
            "inviscid Burgers",
            "u_t + (u^2/2)_x = 0, u(x, 0) = 1 for x < 0.5, 0 beyond",
            lambda: soft(burgers_inviscid(viscosity=0.0)),
            lambda: burgers_inviscid(viscosity=SHOCK_VISCOSITY),
            shock,
            np.linspace(0, 1, 100),
        ),
        Case(
            "eikonal",
            "Eikonal",
            "-u_t + |u_x| = 1, u = 0 at t = 1 and at both ends",
            lambda: soft(eikonal(rounding=ROUNDING)),
            lambda: soft(eikonal()),
            least_time,
            np.linspace(-1, 1, 50),
        ),
    )
}
"""The cases by name, in the order of the paper."""
