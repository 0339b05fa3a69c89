"""Whether affine laws and conditions on a shape determine one solution, as at a resonance they do not."""

import numpy as np

from ...once import once
from ...problem import Problem
from .._base import Undetermined
from .assembly import jacobian_of
from .discretised import discretised
from .newton import Borders, solved
from .statement import Statement, stated

LOOKED = (1, 2)
"""Levels on which a problem is looked at."""
GROWN = 4.0
"""By as much the answer to one source may grow from the one to the other; at a resonance it does by 16, as errors of
eigenvalues shrink with the fourth power of the size of cells."""


@once
def refuse_resonance(problem: Problem) -> None:
    """Raises `Undetermined` where motions that meet affine laws without sources, and conditions of zero, are limited by
    the error of the mesh alone. The mesh, if it is as symmetric as a source, may not show it otherwise."""
    statement = stated(problem)
    if not statement.affine:
        return
    before, after = (_answer(statement, level) for level in LOOKED)
    if after > GROWN * before:
        raise Undetermined(
            f"the laws and conditions do not determine one solution of {problem.name}: there are motions in resonance "
            "with them, by which solutions may differ, or because of which there is none."
        )


def _answer(statement: Statement, level: int) -> float:
    """The largest value of what a source that is orthogonal to no motion brings about."""
    found = discretised(statement, level)
    spaces, integral = found.spaces, found.terms[0].integral
    slopes = jacobian_of(found.terms, np.zeros(spaces.size))
    low, high = integral.places.min(axis=(0, 1)), integral.places.max(axis=(0, 1))
    shares = (integral.places - low) / (high - low)
    source = np.exp((shares[..., :2] * np.asarray([0.7, 0.9])).sum(axis=-1)) * integral.weights
    right = np.zeros(spaces.size)
    for local in integral.locals:
        np.add.at(right, local.dofs, (local.shapes[..., 0] * source[..., None]).sum(axis=1))
    nothing = Borders(slopes[:0].tocsr(), np.zeros((spaces.size, 0)), np.zeros(0))
    answer, _ = solved(
        lambda x: slopes @ x - right,
        lambda x: slopes,
        np.zeros(spaces.size),
        fixed=found.held,
        borders=nothing,
        groups=spaces.groups,
    )
    return float(np.abs(answer).max())
