"""Operators on tensor products of splines, by one factor a coordinate of space."""

from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import scipy.sparse as sp

from ..sparse import Sparse


@dataclass(frozen=True)
class Tensor:
    """sum_k A_k (x) B_k (x) ..., over coefficients and over the places of tensor grids."""

    terms: tuple[tuple[Sparse, ...], ...]

    def __matmul__(self, coefficients: np.ndarray) -> np.ndarray:
        return sum((_applied(factors, coefficients) for factors in self.terms), start=np.zeros(()))

    @cached_property
    def matrix(self) -> Sparse:
        """As one sparse matrix, in rows."""
        one = sp.eye_array(1).tocsr()
        products = (reduce(lambda a, b: sp.kron(a, b, format="csr"), factors, one) for factors in self.terms)
        return reduce(lambda a, b: a + b, products).tocsr()


def _applied(factors: tuple[Sparse, ...], coefficients: np.ndarray) -> np.ndarray:
    """One axis after another, the first always in front."""
    array = coefficients
    for factor in factors:
        array = (factor @ array.reshape(factor.shape[1], -1)).T
    return array.reshape(-1)


def facewise(a: Sparse, b: Sparse) -> Sparse:
    """The Kronecker product row by row."""
    counts_a, counts_b = np.diff(a.indptr), np.diff(b.indptr)
    rows = np.repeat(np.arange(a.shape[0]), counts_a * counts_b)
    at = np.arange(len(rows)) - np.repeat(
        np.cumsum(counts_a * counts_b) - counts_a * counts_b, counts_a * counts_b
    )
    i = a.indptr[rows] + at // counts_b[rows]
    j = b.indptr[rows] + at % counts_b[rows]
    shape = (a.shape[0], a.shape[1] * b.shape[1])
    columns = a.indices[i].astype(np.int64) * b.shape[1] + b.indices[j]
    return sp.csr_array((a.data[i] * b.data[j], (rows, columns)), shape=shape)
