"""Equations over two coordinates of space that are those of lines, one coordinate after the other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from ..sparse import factorised
from .tensor import Tensor


@dataclass(frozen=True)
class Product:
    """Equations scale (first (x) second) c = right[at], with one entry of `at` a row of the product."""

    scale: float
    first: np.ndarray
    second: np.ndarray
    at: np.ndarray

    @property
    def turned(self) -> "Product":
        """The same equations, the coordinates in the other order."""
        at = self.at.reshape(len(self.first), len(self.second)).T.reshape(-1)
        return Product(self.scale, self.second, self.first, at)


def one_product(pairs: Sequence[tuple[float, Tensor]], at: np.ndarray) -> Product | None:
    """sum_k c_k T_k as one product of two factors, where it is one."""
    scale = pairs[0][0]
    shares, firsts, seconds = [], [], []
    for c, tensor in pairs:
        for first, second in tensor.terms:
            shares.append(c / scale)
            firsts.append(first.toarray())
            seconds.append(second.toarray())
    if all(np.array_equal(each, firsts[0]) for each in firsts):
        return Product(scale, firsts[0], np.tensordot(shares, seconds, 1), at)
    if all(np.array_equal(each, seconds[0]) for each in seconds):
        return Product(scale, np.tensordot(shares, firsts, 1), seconds[0], at)
    return None


def solution_operator(rows: Sequence[Product]) -> Callable[[np.ndarray], np.ndarray] | None:
    """From all right-hand sides to the coefficients of a field in two coordinates, where the equations are those of
    lines: every functional of one coordinate has as many of the other beside it as that has coefficients. None where
    they are not.

    With X the functionals of the one, a row each, and Y_i those of the other beside the i-th, the equations are
    Y_i (X C)_i = r_i, two small systems in the place of one of their product's size.
    """
    straight = _along_the_first(rows)
    if straight is not None:
        return lambda right: straight(right).reshape(-1)
    turned = _along_the_first([row.turned for row in rows])
    return None if turned is None else lambda right: turned(right).T.reshape(-1)


def _along_the_first(rows: Sequence[Product]) -> Callable[[np.ndarray], np.ndarray] | None:
    """The coefficients, the first coordinate in front."""
    lines: dict[bytes, list[tuple[Product, np.ndarray]]] = {}
    functionals: dict[bytes, np.ndarray] = {}
    for row in rows:
        at = row.at.reshape(len(row.first), len(row.second))
        for functional, places in zip(row.first, at, strict=True):
            functionals[functional.tobytes()] = functional
            lines.setdefault(functional.tobytes(), []).append((row, places))
    along = np.stack(list(functionals.values()))
    if along.shape[0] != along.shape[1]:
        return None
    alike: dict[bytes, list[int]] = {}
    systems: dict[bytes, np.ndarray] = {}
    for k, line in enumerate(lines.values()):
        across = np.concatenate([row.scale * row.second for row, _ in line])
        if across.shape[0] != across.shape[1]:
            return None
        systems[across.tobytes()] = across
        alike.setdefault(across.tobytes(), []).append(k)
    places = np.stack([np.concatenate([each for _, each in line]) for line in lines.values()])
    solve_along = factorised(sp.csc_array(along))
    parts = [(factorised(sp.csc_array(systems[key])), members) for key, members in alike.items()]

    def solve(right: np.ndarray) -> np.ndarray:
        middle = right[places]
        for solve_across, members in parts:
            middle[members] = solve_across(middle[members].T).T
        return solve_along(middle)

    return solve
