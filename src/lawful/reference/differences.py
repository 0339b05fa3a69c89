"""Derivatives of a solution of which only values are known."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.differentiate import derivative

from ..calculus import Index
from ..domain import AbstractDomain
from ..problem import Problem

REACH = 0.05
"""The first distance over which differences are taken, as a share of the domain's width; it is halved as long as
that brings them closer together."""
HALVINGS = 7

Values = Callable[[np.ndarray], np.ndarray]


def over_all(problem: Problem, field: str, index: Index) -> Index:
    """An index over the field's own coordinates as one over those of the domain."""
    assert isinstance(index, tuple)
    own = dict(zip(problem.fields[field], index, strict=True))
    return tuple(own.get(c, 0) for c in problem.domain.coordinates)


def differentiated(values: Values, domain: AbstractDomain, index: Index) -> Values:
    """D^index of a function of points (n, d), by differences of order 8 (SciPy's), one-sided beside the boundary.

    Each order of differentiation costs some digits: three or four of a smooth function.
    """
    assert isinstance(index, tuple)
    out = values
    for axis, times in enumerate(index):
        for _ in range(times):
            out = _along(out, domain, axis)
    return out


def _along(values: Values, domain: AbstractDomain, axis: int) -> Values:
    lower, upper = domain.bounds
    reach = REACH * (upper[axis] - lower[axis])

    def slopes(points: np.ndarray) -> np.ndarray:
        def inside(sign: float) -> np.ndarray:
            moved = points.copy()
            moved[:, axis] += sign * reach
            return domain.contains(moved, 0.0)

        def at(x: np.ndarray, row: np.ndarray) -> np.ndarray:
            x, row = np.broadcast_arrays(x, row)
            places = points[row.ravel().astype(int)].copy()
            places[:, axis] = x.ravel()
            return values(places).reshape(x.shape)

        ahead, behind = inside(1.0), inside(-1.0)
        direction: Any = np.where(ahead & behind, 0, np.where(ahead, 1, -1))
        found = derivative(
            at,
            points[:, axis],
            args=(np.arange(len(points), dtype=float),),
            initial_step=reach,
            maxiter=HALVINGS,
            step_direction=direction,
        )
        return np.asarray(found.df)

    return slopes
