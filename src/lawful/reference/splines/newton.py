"""Newton's method with a sparse factorisation and a damped step."""

import warnings
from collections.abc import Callable

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import MatrixRankWarning, splu

from .._base import Unsolved
from .space import Sparse

STEPS, HALVINGS = 60, 14
SMALL, ROUNDED = 1e-11, 1e-6
"""The relative step at which the iteration has converged, and the one from which on a step that does not shrink
is taken for rounding."""


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
        raise Unsolved(
            "the equations are singular: the laws and conditions do not determine one solution (a field known up "
            "to a constant needs a value somewhere, such as Data(x=[0], y=[0], p=[0]))."
        ) from None

    def solve(right: np.ndarray) -> np.ndarray:
        return lu.solve(right * (scale if right.ndim == 1 else scale[:, None]))

    return solve


def newton(
    residual: Callable[[np.ndarray], np.ndarray],
    jacobian: Callable[[np.ndarray], sp.csc_array],
    start: np.ndarray,
    what: str,
) -> np.ndarray:
    """A root, from `start`. A step is halved until the next simplified step shrinks (the natural monotonicity
    test of Deuflhard 2004, Newton Methods for Nonlinear Problems, section 3.3). Raises `Unsolved`."""
    y = start
    for _ in range(STEPS):
        solve = factorised(jacobian(y))
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
