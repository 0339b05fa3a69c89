"""Newton's method with a sparse factorisation and a damped step."""

from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from scipy.linalg import get_lapack_funcs

from .._base import Unsolved
from ..patience import stay_within
from ..sparse import SINGULAR, Sparse, factorised

STEPS, HALVINGS = 60, 14
SMALL, ROUNDED = 1e-11, 1e-6
"""The relative step at which the iteration has converged, and the one from which on a step that does not shrink
is taken for rounding."""
DENSE = 2000
"""Unknowns up to which the first matrix is looked at as a full one."""
REGULAR = 1e-16
"""The reciprocal condition number of a matrix, its rows and columns scaled to one size, below which it is singular."""


def refuse_singular(matrix: Sparse) -> None:
    """Raises `Unsolved` where a matrix of moderate size is singular up to rounding, which sparse factorisations
    do not always tell, and some complain of on the terminal."""
    if matrix.shape[0] > DENSE or not np.isfinite(matrix.data).all():
        return
    full = matrix.toarray()
    for axis in (1, 0):
        sizes = np.abs(full).max(axis=axis, keepdims=True)
        full /= np.where(sizes > 0, sizes, 1.0)
    norm = np.abs(full).sum(axis=0).max()
    getrf, gecon = get_lapack_funcs(("getrf", "gecon"), (full,))
    factors, _, stopped = getrf(full, overwrite_a=True)
    if stopped or gecon(factors, norm)[0] < REGULAR:
        raise Unsolved(SINGULAR)


@np.errstate(over="ignore", invalid="ignore")
def newton(
    residual: Callable[[np.ndarray], np.ndarray],
    jacobian: Callable[[np.ndarray], sp.csc_array],
    start: np.ndarray,
    what: str,
) -> np.ndarray:
    """A root, from `start`. A step is halved until the next simplified step shrinks (the natural monotonicity
    test of Deuflhard 2004, Newton Methods for Nonlinear Problems, section 3.3). Raises `Unsolved`."""
    y = start
    for number in range(STEPS):
        stay_within()
        matrix = jacobian(y)
        if number == 0:
            refuse_singular(matrix)
        solve = factorised(matrix)
        step = -solve(residual(y))
        size = np.linalg.norm(step)
        if not np.isfinite(size):
            break
        share, simplified = 1.0, np.inf
        for _ in range(HALVINGS):
            trial = y + share * step
            value = residual(trial)
            simplified = np.linalg.norm(solve(value)) if np.isfinite(value).all() else np.inf
            if simplified <= (1 - share / 4) * size or size <= ROUNDED * np.linalg.norm(trial):
                break
            share /= 2
        else:
            break
        y = y + share * step
        scale = float(np.linalg.norm(y))
        if size == 0.0 or (share == 1.0 and min(size, simplified) <= SMALL * scale):
            return y
        if size <= ROUNDED * scale and simplified > size / 10:
            return y
    raise Unsolved(
        f"Newton's method found no solution of {what}: it may have none near zero, or the laws determine "
        "it hardly, as at a resonance."
    )
