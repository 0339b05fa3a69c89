"""Viscosity solutions of Hamilton-Jacobi laws on an interval, forward or backward in time."""

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._runtime import quick_jit
from ...domain import Box
from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Norm, Unsolved
from . import cweno
from .extrema import godunov, local_lax_friedrichs, rows_between, turning_points
from .hamiltonian import beginning, hamiltonian, why_not_hamiltonian
from .marching import march
from .nodes import History, Nodes
from .prescribed import prescribed

MOST_NUMBERS = 30_000_000
LEAST_TIMES = 16
TRIES = 3
HEADROOM = 1.5
"""How much faster waves may become than at first, and than stored times are meant for."""


class HamiltonJacobi(AbstractSolver):
    """u_t + H(u_x, u, x, t) = 0 on an interval, H found from the law.

    One-sided slopes by CWENO polynomials of fifth order (Osher and Shu 1991, SIAM J. Numer. Anal. 28; Jiang and Peng
    2000, SIAM J. Sci. Comput. 21), the monotone Hamiltonian of Godunov where the extrema of H stay where they
    are, else that of Lax and Friedrichs; SSP-RK3 in time. Order five in space and three in time where the
    solution is smooth, one at its kinks; near walls that are not periodic slopes are continued, at second order.
    Walls are taken to attain what is prescribed there. `courant` is the share of a cell that a wave crosses in a
    step, `cells` the number at level 0.
    """

    method: str = "Hamilton-Jacobi, upwind"
    refinement: float = 2.0
    norm: Norm = "max"
    courant: float = 0.5
    cells: int = 200

    def refuses(self, problem: Problem) -> str | None:
        return why_not_hamiltonian(problem)

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        domain = problem.domain
        assert isinstance(domain, Box)
        assert domain.time is not None
        nodes = Nodes.of(domain, prescribed(problem), self.cells * 2**level)
        value, backward = beginning(problem)
        first, last = domain.interval(domain.time)
        duration = last - first
        u = jax.jit(jax.vmap(value))(nodes.points(last if backward else first))
        if not np.isfinite(u).all():
            raise Unsolved("What is prescribed at the first or the last time is not finite everywhere.")
        H = hamiltonian(problem)

        def forward(slope: Array, value: Array, x: Array, s: Any) -> Array:
            """H in the time s that runs from what is prescribed: u_s = -forward."""
            point = jnp.stack([x, last - s if backward else first + s])
            return -H(slope, value, point) if backward else H(slope, value, point)

        def t(s: Any) -> Any:
            return last - s if backward else first + s

        steep = float(np.abs(np.diff(u)).max()) / nodes.width
        bounds, expected = 3 * max(steep, 1.0), 0.0
        asked = _arguments(problem)
        for _ in range(TRIES):
            upwind = Upwind(
                nodes, forward, bounds, moves=domain.time in asked, varies=domain.space[0] in asked
            )
            expected = expected or HEADROOM * float(jax.jit(upwind.pace)(u, 0.0))
            most = MOST_NUMBERS // u.size
            times = int(np.clip(math.ceil(expected * duration), LEAST_TIMES, most))
            interval = duration / times

            @quick_jit
            def run(u: Array, upwind: Upwind = upwind, interval: float = interval, times: int = times) -> Any:
                def rate(u: Array, s: Any) -> Array:
                    return nodes.held(upwind.rate(u, s))

                def kept(u: Array, s: Any) -> Array:
                    return nodes.padded(nodes.walled(u, t(s)))

                def walled(u: Array, s: Any) -> Array:
                    return rate(nodes.walled(u, t(s)), s)

                return march(walled, upwind.pace, u, 0.0, interval, times, self.courant, kept)

            states, pace = run(u)
            states, pace = np.asarray(states), float(pace)
            if not np.isfinite(states).all():
                raise Unsolved(f"The values at {len(u)} nodes ceased to be finite.")
            steepest = float(np.abs(np.diff(states, axis=1)).max()) / nodes.width
            if (pace <= HEADROOM / interval or times == most) and steepest <= bounds:
                states = states[::-1] if backward else states
                return History(nodes, states, first, last, next(iter(problem.fields)))
            bounds, expected = max(bounds, 2 * steepest), pace
        raise Unsolved(
            f"Waves became faster or slopes steeper each of {TRIES} times that {len(u)} nodes were tried."
        )


class Upwind:
    """The monotone rate of change of values at nodes."""

    def __init__(self, nodes: Any, H: Callable[..., Array], bound: float, *, moves: bool, varies: bool):
        self.nodes, self.moves = nodes, moves
        self.H = jax.vmap(jax.vmap(H, in_axes=(0, 0, 0, None)), in_axes=(0, None, None, None))
        places = jnp.asarray(nodes.x if varies else nodes.x[:1])

        @jax.jit
        def slope(p: Array) -> Array:
            def of(p: Array) -> Array:
                return self.H(p, jnp.zeros_like(places), places, 0.0)

            return jax.jvp(of, (p,), (jnp.ones_like(p),))[1]

        # the speeds do not depend on u, so neither do the extrema
        self.turning = jnp.asarray(turning_points(slope, -bound, bound, len(places)))

    def slopes(self, u: Array) -> tuple[Array, Array]:
        """The slopes from the left and from the right at all nodes."""
        steps = jnp.diff(self.nodes.padded(u)) / self.nodes.width
        p = cweno.polynomial(*(steps[k : len(steps) - 4 + k] for k in range(5)))
        return cweno.value(p, 0.5)[:-1], cweno.value(p, -0.5)[1:]

    def rate(self, u: Array, s: Any) -> Array:
        """u_s = -H."""
        left, right = self.slopes(u)

        def H(rows: Array) -> Array:
            return self.H(rows, u, self.nodes.x, s)

        return -(
            local_lax_friedrichs(H, left, right) if self.moves else godunov(H, left, right, self.turning)
        )

    def pace(self, u: Array, s: Any) -> Array:
        """The inverse of the time in which the fastest wave crosses a cell."""
        rows = rows_between(*self.slopes(u), 7)

        def H(rows: Array) -> Array:
            return self.H(rows, u, self.nodes.x, s)

        speeds = jax.jvp(H, (rows,), (jnp.ones_like(rows),))[1]
        return jnp.max(jnp.abs(speeds)) / self.nodes.width


def _arguments(problem: Problem) -> tuple[str, ...]:
    plans = [b.plan for b in problem.conditions.values() if b.governs and b.plan is not None]
    return tuple(a for plan in plans for a in plan.arguments)
