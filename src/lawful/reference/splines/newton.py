"""Newton's method with a sparse factorisation and a damped step."""

import warnings
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from scipy.linalg import get_lapack_funcs
from scipy.sparse.linalg import MatrixRankWarning, splu

from .._base import Unsolved
from .space import Sparse

STEPS, HALVINGS = 60, 14
SMALL, ROUNDED = 1e-11, 1e-6
"""The relative step at which the iteration has converged, and the one from which on a step that does not shrink
is taken for rounding."""
DENSE = 2000
"""Unknowns up to which the first matrix is looked at as a full one."""
REGULAR = 1e-16
"""The reciprocal condition number of a matrix, its rows and columns scaled to one size, below which it is singular."""
SINGULAR = (
    "the equations are singular: the laws and conditions do not determine one solution (a field known up "
    "to a constant needs a value somewhere, such as Data(x=[0], y=[0], p=[0]))."
)


def factorised(matrix: Sparse) -> Callable[[np.ndarray], np.ndarray]:
    """The solution operator of a sparse matrix, its rows scaled to one size. Raises `Unsolved` where it is singular."""
    sizes = np.asarray(abs(matrix).max(axis=1).todense()).ravel()
    if not np.isfinite(matrix.data).all():
        raise Unsolved("the equations are not finite at the state that was reached.")
    if (sizes == 0).any():
        raise Unsolved("the equations are singular: one of them holds no unknown.")
    scale = 1 / sizes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            lu = splu((sp.diags_array(scale) @ matrix).tocsc())
    except (RuntimeError, MatrixRankWarning):
        raise Unsolved(SINGULAR) from None

    def solve(right: np.ndarray) -> np.ndarray:
        return lu.solve(right * (scale if right.ndim == 1 else scale[:, None]))

    return solve


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
