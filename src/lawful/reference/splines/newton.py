"""Newton's method with a sparse factorisation, damped steps, and continuation."""

from collections.abc import Callable

import numpy as np
from scipy.linalg import get_lapack_funcs

from .._base import Unsolved
from ..patience import stay_within
from ..sparse import SINGULAR, Sparse, factorised

STEPS, SHORTEST = 60, 2.0**-13
FAST = 0.1
"""The ratio of two simplified steps up to which another is cheaper than a new matrix."""
FIRST_LOAD, LEAST_LOAD = 0.25, 2.0**-8
"""The first share of the loads that a continuation applies, and the one below which it gives up."""
SMALL, ROUNDED = 1e-11, 1e-6
"""The relative step at which the iteration has converged, and the one from which on a step that does not shrink
is taken for rounding."""
DENSE = 2000
"""Unknowns up to which the first matrix is looked at as a full one."""
REGULAR = 1e-16
"""The reciprocal condition number of a matrix, its rows and columns scaled to one size, below which it is singular."""
Residual = Callable[[np.ndarray], np.ndarray]
Jacobian = Callable[[np.ndarray], Sparse]


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
def newton(residual: Residual, jacobian: Jacobian, start: np.ndarray, what: str) -> np.ndarray:
    """A root, from `start`. A step is halved until the next simplified step, with the same Jacobian, shrinks (the
    natural monotonicity test of Deuflhard 2004, Newton Methods for Nonlinear Problems, section 3.3); as long as
    simplified steps shrink fast they are taken. Raises `Unsolved`."""
    y, value = start, residual(start)
    for number in range(STEPS):
        stay_within()
        matrix = jacobian(y)
        if number == 0:
            refuse_singular(matrix)
        solve = factorised(matrix)
        step, share = -solve(value), 1.0
        if not np.isfinite(step).all():
            break
        trial, value, following = _moved(residual, solve, y, step)
        while not _shrinks(step, following, share, trial):
            share /= 2
            if share < SHORTEST:
                raise Unsolved(_unsolved(what))
            trial, value, following = _moved(residual, solve, y, share * step)
        y = trial
        while share == 1.0:
            if _converged(step, following, y):
                return y
            if not _length(following) <= FAST * _length(step):
                break
            step = following
            y, value, following = _moved(residual, solve, y, step)
    raise Unsolved(_unsolved(what))


def continued(residual: Residual, jacobian: Jacobian, start: np.ndarray, what: str) -> np.ndarray:
    """A root at the end of the path F(z) = (1 - s) F(start), s from 0 to 1, in steps that are divided where they fail
    and doubled where they do not (Newton homotopy): loads, and what the walls prescribe, are applied bit by bit.
    Raises `Unsolved`."""
    first, y, done, step = residual(start), start, 0.0, FIRST_LOAD
    while done < 1.0:
        goal = min(1.0, done + step)
        try:
            y = newton(lambda z, left=(1 - goal) * first: residual(z) - left, jacobian, y, what)
        except Unsolved:
            step /= 4
            if step < LEAST_LOAD:
                raise
            continue
        done, step = goal, 2 * step
    return y


def _moved(
    residual: Residual, solve: Callable[[np.ndarray], np.ndarray], y: np.ndarray, step: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The state after a step, its residual, and the simplified step that would follow."""
    moved = y + step
    value = residual(moved)
    following = -solve(value) if np.isfinite(value).all() else np.full_like(y, np.inf)
    return moved, value, following


def _length(step: np.ndarray) -> float:
    return float(np.linalg.norm(step))


def _shrinks(step: np.ndarray, following: np.ndarray, share: float, y: np.ndarray) -> bool:
    size = _length(step)
    return _length(following) <= (1 - share / 4) * size or size <= ROUNDED * _length(y)


def _converged(step: np.ndarray, following: np.ndarray, y: np.ndarray) -> bool:
    """Whether steps are small, or so small that rounding errors keep them from shrinking."""
    size, after, scale = _length(step), _length(following), _length(y)
    small = size == 0.0 or min(size, after) <= SMALL * scale
    return small or (size <= ROUNDED * scale and after > size / 10)


def _unsolved(what: str) -> str:
    return (
        f"Newton's method found no solution of {what}: it may have none near zero, or the laws determine "
        "it hardly, as at a resonance."
    )
