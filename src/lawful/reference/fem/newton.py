"""Newton's method with control by natural monotonicity, on the coefficients that are not fixed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from .._base import Unsolved
from ..patience import stay_within

STEPS = 40
SMALLEST = 2.0**-10
SHORTEST = 2.0**-8
CLOSE = 1e-8
"""The relative size of a last correction; its square is the error left."""

Residual = Callable[[np.ndarray], np.ndarray]
Jacobian = Callable[[np.ndarray], sparse.csc_matrix]
Factored = Callable[[Any, sparse.csr_matrix, np.ndarray], Callable[[np.ndarray], np.ndarray]]
"""From a matrix A, rows C and columns B to the inverse of [[A, B], [C, 0]]."""


@dataclass(frozen=True)
class Borders:
    """Further equations C x = `given`, and for each a column of the system that its multiplier goes with."""

    rows: sparse.csr_matrix
    columns: np.ndarray
    given: np.ndarray


def continued(
    residual: Residual,
    jacobian: Jacobian,
    x: np.ndarray,
    *,
    fixed: np.ndarray,
    borders: Borders,
    groups: list[slice],
    linear: Factored | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """As `solved`, and where that comes to nothing along the path F(z) = (1 - s) F(x), s from 0 to 1, in steps
    that are halved where they fail and doubled where they do not (Newton homotopy)."""

    def to(s: float, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        left = (1 - s) * first
        return solved(
            lambda z: residual(z) - left,
            jacobian,
            start,
            fixed=fixed,
            borders=borders,
            groups=groups,
            linear=linear,
        )

    first, now, done, step = residual(x), x, 0.0, 1.0
    while True:
        goal = min(1.0, done + step)
        try:
            now, multipliers = to(goal, now)
        except Unsolved:
            step /= 4
            if step < SHORTEST:
                raise
            continue
        if goal == 1.0:
            return now, multipliers
        done, step = goal, 2 * step


def solved(
    residual: Residual,
    jacobian: Jacobian,
    x: np.ndarray,
    *,
    fixed: np.ndarray,
    borders: Borders,
    groups: list[slice],
    linear: Factored | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The zero of F(x) + B m with C x = c, the multipliers m, and F at `x`, from which it starts; `fixed` stay.

    Each step takes the Newton correction times a length s, halved until the next simplified correction,
    with the same Jacobian, is shorter by a factor of 1 - s/4 (Deuflhard, Newton Methods for Nonlinear
    Problems, 2004, section 3.3). Lengths are taken relative to the size of each field, the `groups`; `linear`, by
    default a factorisation, solves the linear systems. Raises `Unsolved`.
    """
    inside = np.setdiff1d(np.arange(len(x)), fixed)
    rows, columns = borders.rows[:, inside], borders.columns[inside]
    multipliers = np.zeros(len(borders.given))

    def size(change: np.ndarray, at: np.ndarray) -> float:
        scales = [float(np.abs(at[g]).max(initial=0.0)) for g in groups]
        # a field that vanishes has rounding errors of the size of the others, or of the first step
        floor = 1e-4 * max(reach, *scales) or 1.0
        return max(
            float(np.abs(change[g]).max(initial=0.0)) / max(scale, floor)
            for g, scale in zip(groups, scales, strict=True)
        )

    def right(x: np.ndarray, m: np.ndarray) -> np.ndarray:
        return np.concatenate([residual(x)[inside] + columns @ m, borders.rows @ x - borders.given])

    reach = 0.0
    now = right(x, multipliers)
    for _ in range(STEPS):
        stay_within()
        factors = (linear or factored)(jacobian(x)[inside, :][:, inside], rows, columns)
        step = -factors(now)
        if not np.isfinite(step).all():
            raise Unsolved("The linearised equations have no unique solution.")
        reach = max(reach, float(np.abs(step).max(initial=0.0)))
        length = 1.0
        while True:
            moved, m = x.copy(), multipliers + length * step[len(inside) :]
            moved[inside] += length * step[: len(inside)]
            change = moved - x
            now = right(moved, m)
            simplified = -factors(now)
            correction = np.zeros_like(x)
            correction[inside] = simplified[: len(inside)]
            left, whole = size(correction, moved), size(change, moved) / length
            if np.isfinite(left) and (left <= CLOSE or left <= (1 - length / 4) * whole):
                break
            length /= 2
            if length < SMALLEST:
                raise Unsolved("Newton's method came to no solution of the nonlinear equations.")
        x, multipliers = moved, m
        if left <= CLOSE:
            return x + correction, multipliers + simplified[len(inside) :]
    raise Unsolved(f"Newton's method came to no solution in {STEPS} steps.")


def factored(matrix: Any, rows: sparse.csr_matrix, columns: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """By a sparse factorisation."""
    if len(columns.T):
        matrix = sparse.bmat([[matrix, sparse.csr_matrix(columns)], [rows, None]], format="csc")
    try:
        return splu(matrix.tocsc()).solve
    except RuntimeError:
        raise Unsolved(
            "The linearised equations have no unique solution: conditions are missing, or contradict each other."
        ) from None
