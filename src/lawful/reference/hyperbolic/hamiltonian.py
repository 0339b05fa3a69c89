"""A law solved for the derivative by time: u_t = -H(u_x, u, x, t), from the law alone."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...calculus import unit, zero
from ...domain import Box
from ...problem import Problem
from .prescribed import Value, prescribed
from .single_law import numerical_law, single_law

Hamiltonian = Callable[[Array, Array, Array], Array]
"""(slope, value, point (x, t)) -> H."""
SAMPLES = 64
SAME = 1e-9


def hamiltonian(problem: Problem) -> Hamiltonian:
    """H where the law is a u_t + r(u_x, u, x, t) = 0, by differentiating it by the number u_t: H = r / a."""
    law = numerical_law(problem, single_law(problem))

    def H(slope: Array, value: Array, point: Array) -> Array:
        def residual(rate: Array) -> Array:
            return law({unit(0, 2): slope, zero(2): value, unit(1, 2): rate}, point)

        rest, factor = jax.jvp(residual, (jnp.zeros(()),), (jnp.ones(()),))
        return rest / factor

    return H


def why_not_hamiltonian(problem: Problem) -> str | None:
    """Why the law is no Hamilton-Jacobi law in one dimension, in one sentence; None where it is.

    It is where it can be solved for u_t, is not linear in u_x, and its wave speeds do not depend on u.
    """
    domain = problem.domain
    if not isinstance(domain, Box) or domain.time is None or len(domain.space) != 1:
        return "the domain is no interval of one coordinate with time."
    try:
        bound = single_law(problem)
    except ValueError as error:
        return str(error)
    if bound.balance is not None:
        return "the law is stated by its flux."
    (field, x), t = (*problem.fields, domain.space[0]), domain.time
    law = numerical_law(problem, bound)
    lower, upper = (np.asarray(ends) for ends in domain.bounds)
    rng = np.random.default_rng(4)
    points = lower + rng.random((SAMPLES, 2)) * (upper - lower)
    p, u, rate = (size * rng.standard_normal(SAMPLES) for size in (3.0, 3.0, 3.0))

    def residual(p: Array, u: Array, rate: Array, point: Array) -> Array:
        return law({unit(0, 2): p, zero(2): u, unit(1, 2): rate}, point)

    slopes = jax.jit(jax.vmap(jax.jacfwd(residual, argnums=(0, 2))))
    (speed, factor), (_, other) = slopes(p, u, rate, points), slopes(-p[::-1], u[::-1], -7 * rate, points)
    size = float(np.abs(factor).max())
    if not np.isfinite(size) or float(np.abs(factor).min()) <= SAME * size:
        return f"the law cannot be solved for {field}.{t} everywhere."
    if float(np.abs(factor - other).max()) > SAME * size:
        return f"the law is not linear in {field}.{t}."
    largest = max(float(np.abs(speed).max()), SAME)
    elsewhere = slopes(p, -u - 1, rate, points)[0]
    if float(np.abs(speed - elsewhere).max()) > SAME * largest:
        return f"waves travel at a speed that depends on {field} itself; state the law by Conservation(flux)."
    if float(np.abs(speed - slopes(-2 * p, u, rate, points)[0]).max()) <= SAME * largest:
        return f"the law is linear in {field}.{x}."
    return _why_not_prescribed(problem)


def _why_not_prescribed(problem: Problem) -> str | None:
    try:
        given = prescribed(problem)
    except ValueError as error:
        return str(error)
    if bool(given.start) == bool(given.end):
        both = "both the first and" if given.start else "neither the first nor"
        return f"the field is prescribed at {both} the last time."
    return None


def beginning(problem: Problem) -> tuple[Value, bool]:
    """What is prescribed at one end of time, and whether time runs backward from there."""
    given = prescribed(problem)
    (value, *_) = (given.end or given.start).values()
    return value, bool(given.end)
