"""Sparse matrices with their solution operators."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.linalg import MatrixRankWarning, splu

from ._base import Unsolved

Sparse = Any
"""One of SciPy's sparse arrays, whose types are not told apart from NumPy's."""
SINGULAR = (
    "the equations are singular: the laws and conditions do not determine one solution (a field known up "
    "to a constant needs a value somewhere, such as Data(x=[0], y=[0], p=[0]))."
)


def factorised(matrix: Sparse) -> Callable[[np.ndarray], np.ndarray]:
    """The solution operator of a sparse matrix, its rows scaled to one size. Raises `Unsolved` where it is singular.

    Columns are ordered by minimum degree on A^T A: where splines are collocated in the plane, factors have a third to a
    fifth of the entries that SuperLU's default ordering leaves.
    """
    sizes = np.asarray(abs(matrix).max(axis=1).todense()).ravel()
    if not np.isfinite(matrix.data).all():
        raise Unsolved("the equations are not finite at the state that was reached.")
    if (sizes == 0).any():
        raise Unsolved("the equations are singular: one of them holds no unknown.")
    scale = 1 / sizes
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", MatrixRankWarning)
            lu = splu((sp.diags_array(scale) @ matrix).tocsc(), permc_spec="MMD_ATA")
    except (RuntimeError, MatrixRankWarning):
        raise Unsolved(SINGULAR) from None

    def solve(right: np.ndarray) -> np.ndarray:
        return lu.solve(right * (scale if right.ndim == 1 else scale[:, None]))

    return solve


class Pattern:
    """Entries that many contributions add to, in the order of columns."""

    def __init__(self, rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]):
        keys = columns.astype(np.int64) * shape[0] + rows
        unique, self._target = np.unique(keys, return_inverse=True)
        self.shape = shape
        self.indices = (unique % shape[0]).astype(np.int32)
        counts = np.bincount(unique // shape[0], minlength=shape[1])
        self.indptr = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)

    def gather(self, data: np.ndarray) -> np.ndarray:
        return np.bincount(self._target, weights=data, minlength=len(self.indices))

    def matrix(self, data: np.ndarray) -> Sparse:
        return sp.csc_array((data, self.indices, self.indptr), shape=self.shape)
