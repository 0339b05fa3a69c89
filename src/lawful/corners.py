"""Corners at which walls contradict each other: what meets both has slopes without bound there, and residuals of laws
are weighed down towards them."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .ansatz import Fixed, prescribed
from .calculus import zero
from .conditions import Bound
from .domain import Box
from .problem import Problem
from .sizes import field_sizes
from .structure import parameter_values

WITHIN = 0.2
"""How far from a corner residuals are weighed down, as a share of the sides."""
APART = 1e-3
"""Of the size of a field, by how much two values must differ to contradict each other."""
LOOKS = 16
Place = tuple[tuple[int, float], ...]
"""By number of a coordinate, its value: a corner, or the edge along which it lies in more coordinates."""


@dataclass(frozen=True)
class Contradiction:
    """A place at which two walls prescribe different values of one field."""

    field: str
    place: Place

    def told(self, problem: Problem) -> str:
        """The place in the names of the problem, such as (x = 0, y = 1)."""
        names = problem.domain.coordinates
        return "(" + ", ".join(f"{names[axis]} = {value:g}" for axis, value in self.place) + ")"


def contradictions(problem: Problem) -> tuple[Contradiction, ...]:
    """Where two walls of a box prescribe the value of one field, and different ones.

    Starts are left out: beside one that a wall contradicts, laws weighed in full were learnt better (measured)."""
    domain = problem.domain
    if not isinstance(domain, Box):
        return ()
    held = [
        (f, place)
        for bound in problem.conditions.values()
        for f in prescribed(problem, bound)
        if f.slot[1] == zero(len(domain.coordinates))
        for place in _walls(problem, bound)
    ]
    parameters, sizes = parameter_values(problem), field_sizes(problem)
    points = domain.interior().place(np.random.default_rng(4).random((LOOKS, len(domain.coordinates))))
    out = []
    for (one, here), (other, there) in itertools.combinations(held, 2):
        if one.slot != other.slot or here[0] == there[0]:
            continue
        place = tuple(sorted((here, there)))
        shared = points.copy()
        for axis, value in place:
            shared[:, axis] = value
        a, b = (_values(f, shared, parameters) for f in (one, other))
        if not np.abs(a - b).max() <= APART * sizes[one.slot[0]]:
            out.append(Contradiction(one.slot[0], place))
    return tuple(out)


def relieved(problem: Problem, bound: Bound) -> Bound:
    """An interior law whose residual at r from the nearest contradiction, in shares of the sides, counts
    min(1, r / 0.2) times: slopes grow like 1 / r there, and what no network can meet is not to outweigh all else."""
    places = tuple(dict.fromkeys(c.place for c in contradictions(problem))) if bound.governs else ()
    if not places:
        return bound
    lower, upper = (np.asarray(end, float) for end in problem.domain.bounds)
    whole = bound.residual

    def residual(values: Any, points: Array, parameters: Any, extra: Any) -> dict[str, Any]:
        distances = []
        for place in places:
            axes = np.asarray([axis for axis, _ in place])
            corner, sides = (
                jnp.asarray(numbers, points.dtype)
                for numbers in ([value for _, value in place], (upper - lower)[axes])
            )
            distances.append(jnp.sqrt(jnp.sum(((points[0][axes] - corner) / sides) ** 2)))
        share = jnp.minimum(1.0, jnp.min(jnp.stack(distances)) / WITHIN)
        return {term: share * r for term, r in whole(values, points, parameters, extra).items()}

    return replace(bound, residual=residual)


def _walls(problem: Problem, bound: Bound) -> Iterator[tuple[int, float]]:
    """The axis and value of each wall on which a condition holds."""
    lower, upper = problem.domain.bounds
    for name, side in bound.faces:
        axis = problem.domain.coordinates.index(name)
        yield axis, float((lower if side == "lower" else upper)[axis])


def _values(fixed: Fixed, points: np.ndarray, parameters: Any) -> np.ndarray:
    return np.asarray(jax.vmap(lambda point: fixed.target(point, parameters))(jnp.asarray(points)))
