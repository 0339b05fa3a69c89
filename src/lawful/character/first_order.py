"""An ordinary differential equation as y' = f(t, y), and its solution by a pilot integration."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from scipy.integrate import solve_ivp

from ..problem import Problem
from ..sizes import field_sizes
from ..structure import parameter_values
from .states import laws

Parameters = Mapping[str, Any]

NEWTON_STEPS = 12
SAMPLES = 200
MOST_CALLS = 40_000


class _TooLong(Exception):
    """The pilot integration takes more evaluations than a pilot may."""


class FirstOrder:
    """The law solved for its highest derivatives, by Newton's method, in the state y = (u, u', ..., v, ...).

    Fields without a derivative are solved for as well, and are no part of y.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        time = problem.domain.time or ""
        self.orders = {field: problem.orders(field).get(time, 0) for field in problem.fields}
        self.size = sum(self.orders.values())
        self.known = parameter_values(problem)
        self._compiled = jax.jit(self._rate)
        self._compiled_jacobian = jax.jit(jax.jacfwd(self._rate, argnums=1))

    def rate(self, t: Any, y: Any, known: Parameters | None = None) -> Array:
        """f(t, y), with the problem's parameters or with others."""
        return self._compiled(t, y, known or self.known)

    def jacobian(self, t: Any, y: Any, known: Parameters | None = None) -> Array:
        """The derivative of f by y."""
        return self._compiled_jacobian(t, y, known or self.known)

    @property
    def scales(self) -> np.ndarray:
        """The size of each entry of y."""
        lower, upper = self.problem.domain.bounds
        duration = upper[0] - lower[0]
        sizes = field_sizes(self.problem)
        return np.array([sizes[f] / duration**j for f, n in self.orders.items() for j in range(n)])

    def _tables(self, y: Array, highest: Array) -> list[dict[str, dict[Any, Any]]]:
        table: dict[str, dict[Any, Any]] = {}
        at = 0
        for place, (field, n) in enumerate(self.orders.items()):
            table[field] = {(j,): y[at + j] for j in range(n)} | {(n,): highest[place]}
            at += n
        return [table]

    def _residual(self, t: Array, y: Array, highest: Array, known: Parameters) -> Array:
        parts = [
            bound.residual(self._tables(y, highest), jnp.reshape(t, (1, 1)), known, {})
            for bound in laws(self.problem)
        ]
        return jnp.stack([value for part in parts for value in part.values()])

    def _rate(self, t: Array, y: Array, known: Parameters) -> Array:
        def step(highest: Array) -> Array:
            def residual(h: Array) -> Array:
                return self._residual(t, y, h, known)

            slope = jax.lax.stop_gradient(jax.jacfwd(residual)(jax.lax.stop_gradient(highest)))
            return jax.lax.stop_gradient(highest) - jnp.linalg.solve(slope, residual(highest))

        def more(state: tuple[Array, Array, Array]) -> Array:
            count, before, now = state
            moved = jnp.abs(now - before).max()
            return (count < NEWTON_STEPS) & (moved > 1e-13 * (1e-30 + jnp.abs(now).max()))

        nothing = jnp.zeros(len(self.orders))
        first = (jnp.asarray(1), nothing, step(nothing))
        _, _, found = jax.lax.while_loop(more, lambda s: (s[0] + 1, s[2], step(s[2])), first)
        # one more step from a constant carries the derivative of the implicit function
        highest = step(jax.lax.stop_gradient(found))
        out, at = [], 0
        for place, n in enumerate(self.orders.values()):
            out += [*(y[at + j] for j in range(1, n)), *([highest[place]] if n else [])]
            at += n
        return jnp.stack(out)

    def start(self, known: Parameters | None = None) -> np.ndarray | None:
        """The state that the conditions at the start prescribe, or None where they do not prescribe one."""
        at_start = [b for b in self.problem.conditions.values() if b.at_start and b.terms]
        lower, _ = self.problem.domain.bounds
        given = known or self.known
        highest = jnp.zeros(len(self.orders))

        def residual(y: Array) -> Array:
            parts = [
                b.residual(self._tables(y, highest), jnp.full((1, 1), lower[0]), given, {}) for b in at_start
            ]
            return jnp.stack([value for part in parts for value in part.values()])

        if sum(len(b.terms) for b in at_start) != self.size:
            return None
        return newton(jax.jit(residual), jax.jit(jax.jacfwd(residual)), np.zeros(self.size))


def follow(
    system: FirstOrder,
    start: np.ndarray,
    tolerance: float,
    times: np.ndarray | None = None,
    known: Parameters | None = None,
) -> np.ndarray | None:
    """States (times, size) at SAMPLES even times or at those given, in increasing order, or None where the
    integration does not get through."""
    lower, upper = (end[0] for end in system.problem.domain.bounds)
    times = np.linspace(lower, upper, SAMPLES) if times is None else times
    calls = 0

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        nonlocal calls
        calls += 1
        if calls > MOST_CALLS:
            raise _TooLong
        return np.asarray(system.rate(t, y, known))

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a failure is seen in what comes back
            found = solve_ivp(
                rate,
                (lower, upper),
                start,
                method="LSODA",
                t_eval=times,
                jac=lambda t, y: np.asarray(system.jacobian(t, y, known)),
                rtol=tolerance,
                atol=tolerance * 1e-3 * system.scales,
            )
    except (_TooLong, ValueError):
        return None
    through = found.success and found.y.shape[1] == len(times) and np.isfinite(found.y).all()
    return found.y.T if through else None


def newton(
    residual: Callable[[Array], Array], slope: Callable[[Array], Array], start: np.ndarray
) -> np.ndarray | None:
    """A zero, by Newton's method in least squares, or None where 50 steps find none."""
    y = np.asarray(start, float)
    first = None
    for _ in range(50):
        r, J = np.asarray(residual(jnp.asarray(y))), np.asarray(slope(jnp.asarray(y)))
        if not (np.isfinite(r).all() and np.isfinite(J).all()):
            return None
        first = first or float(np.abs(r).max(initial=0.0)) or 1.0
        if np.abs(r).max(initial=0.0) <= 1e-10 * max(first, float(np.abs(J).max(initial=0.0))):
            return y
        y = y - np.linalg.lstsq(J, r, rcond=None)[0]
    return None
