"""The states from which finite elements are marched: initial conditions at the nodes."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ...calculus import order, spell
from ...problem import Problem
from .._base import Unsolved
from ..applicability import orders_in_time
from ..evolution import AbstractStarts
from ..pointwise import order_in_time
from .assembly import timed
from .motion import Motion
from .weak import RATES, StrongLaw, in_blocks, pairs_of

BLOCK = 2048
STEPS = 20
CLOSE = 1e-12
"""The relative size of a last correction."""


def rates_alone(problem: Problem) -> str | None:
    """Why rates stand where the weak form, or the values that nodes take at the start, have no place for them."""
    for bound in problem.conditions.values():
        if bound.at_end and bound.terms:
            return f"{bound.name!r} holds at the end, and it marches forward."
        for field, indices in bound.needs.items():
            for index in indices:
                name = f"{field}.{spell(index, problem.fields[field])}"
                times = order_in_time(problem, (field, index))
                if bound.at_start and order(index) > times:
                    return f"{bound.name!r} holds {name} at the start, and it takes values and rates there."
                if times and order(index) > times:
                    return f"{bound.name!r} holds {name}, and it takes no derivatives of rates in space."
                if times and not (bound.governs or bound.at_start):
                    return f"{bound.name!r} holds {name}, and it takes no rates on the boundary."
    return None


class Nodal(AbstractStarts):
    """Initial conditions solved for the fields, and for the rates of those whose laws are of second order in time, at
    each node alone; given values hold on the boundary."""

    def __init__(self, motion: Motion):
        self.motion = motion
        problem = motion.found.statement.problem
        bounds = tuple(b for b in problem.conditions.values() if b.at_start and b.terms)
        orders = list(orders_in_time(problem).values())
        self._where = [(f, 0) for f, k in enumerate(orders) if k > 0] + [
            (f, 1) for f, k in enumerate(orders) if k == 2
        ]
        self._names = listed([term for b in bounds for term in b.terms])
        self._strong = StrongLaw(problem, bounds)
        self._correct = in_blocks(self._correction, BLOCK)

    def _correction(self, place: Array, found: Array) -> Array:
        """Newton's correction of values and rates at a place."""
        fields = len(self._strong.problem.fields)
        dimension = len(self._strong.problem.domain.space)
        plain, still = jnp.zeros((fields, 1 + dimension)), jnp.zeros((fields, RATES))
        seconds = jnp.zeros((fields, len(pairs_of(dimension))))

        def residual(found: Array) -> Array:
            values, rates = plain, still
            for number, (field, times) in zip(found, self._where, strict=True):
                if times:
                    rates = rates.at[field, times - 1].set(number)
                else:
                    values = values.at[field, 0].set(number)
            return self._strong(place, values, seconds, rates)

        return -jnp.linalg.solve(jax.jacfwd(residual)(found), residual(found))

    def first(self, t: float) -> np.ndarray:
        """Raises `Unsolved` where the conditions do not tell values and rates."""
        found = self.motion.found
        places = timed(found.spaces.mesh.doflocs.T, found.statement.axis, t)
        values = np.ones((len(places), len(self._where)))
        for _ in range(STEPS):
            step = self._correct(places, values)
            values = values + step
            if not np.isfinite(values).all() or np.abs(step).max() <= CLOSE * np.abs(values).max():
                break
        if not np.isfinite(values).all():
            raise Unsolved(f"{self._names} cannot be solved for the fields at the start.")
        y = np.zeros(self.motion.size)
        for column, (field, times) in enumerate(self._where):
            group = found.spaces.groups[field]
            numbers = np.arange(group.start, group.stop)
            numbers = self.motion.rate_of[numbers] if times else numbers
            y[numbers] = values[: len(numbers), column]
        return self.again(t, y)

    def again(self, t: float, y: np.ndarray) -> np.ndarray:
        """The state y with what is given on the boundary at t."""
        motion = self.motion
        held, given = motion.found.held, motion.found.given(t)
        y = y.copy()
        y[held] = given[0]
        rates = motion.rate_of[held]
        y[rates[rates >= 0]] = given[1, rates >= 0]
        return y
