"""The one interior law of a problem of one field, as a function of the numbers that it reads."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ...calculus import Index, Laplacian, order, spell
from ...conditions import Bound
from ...problem import Problem
from ...structure import parameter_values

Numbers = dict[Index, Array]
Law = Callable[[Numbers, Array], Array]
"""(the field and its derivatives by index, the point) -> the residual."""


def single_law(problem: Problem) -> Bound:
    """The only law, of the only field, of first order in all coordinates.

    Raises `ValueError` with a sentence where there is another one.
    """
    laws = [b for b in problem.conditions.values() if b.governs]
    if len(problem.fields) != 1:
        raise ValueError(f"there are {len(problem.fields)} fields, {listed(problem.fields)}, not one.")
    if len(laws) != 1 or len(laws[0].terms) != 1:
        raise ValueError(f"there are {sum(len(b.terms) for b in laws)} laws, not one.")
    if problem.unknowns:
        raise ValueError(f"{listed(problem.unknowns)} is unknown.")
    (field, coordinates), *_ = problem.fields.items()
    if coordinates != problem.domain.coordinates:
        raise ValueError(f"{field} does not depend on all of {listed(problem.domain.coordinates)}.")
    for index in laws[0].needs[field]:
        if order(index) > 1:
            axes = index.axes if isinstance(index, Laplacian) else np.flatnonzero(index)
            raise ValueError(
                f"the law is of order {order(index)} in {listed(coordinates[a] for a in axes)}, as "
                f"{field}.{spell(index, coordinates)} shows."
            )
    return laws[0]


def numerical_law(problem: Problem, bound: Bound) -> Law:
    """The residual at one point; numbers that are not given are 0, those that the law does not read are ignored."""
    (field, *_), (term, *_) = tuple(problem.fields), bound.terms
    known = parameter_values(problem)

    def law(numbers: Numbers, point: Array) -> Array:
        table = {i: numbers.get(i, jnp.zeros(())) for i in bound.needs[field]}
        return jnp.asarray(bound.residual([{field: table}], point[None], known, {})[term], float)

    return law
