"""From pointwise forms to sparse systems: integrals and their Jacobians."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from .spaces import Integral

ELEMENTS_AT_ONCE = 1024

Pointwise = Callable[..., tuple[np.ndarray, np.ndarray]]
"""Places first: from places (n, d), values (n, fields, 3) and what else the integral carries, to what is
tested, (n, equations, tests), and its slopes by the values, (n, equations, tests, fields, 3)."""


@dataclass(frozen=True)
class Term:
    """A pointwise form under an integral. Equation k is tested with the functions of the field `tested[k]`."""

    integral: Integral
    pointwise: Pointwise
    tested: tuple[int, ...]

    def add(
        self,
        x: np.ndarray,
        residual: np.ndarray,
        entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] | None,
    ) -> None:
        """Add the integrals to `residual`, and their derivatives by `x` to `entries`: values, rows, columns."""
        integral = self.integral
        for first in range(0, len(integral.places), ELEMENTS_AT_ONCE):
            rows = slice(first, first + ELEMENTS_AT_ONCE)
            places, weights = integral.places[rows], integral.weights[rows]
            elements, points = weights.shape
            flat = [places.reshape(-1, 2)]
            if integral.normals is not None:
                flat.append(integral.normals[rows].reshape(-1, 2))
            values = integral.values(x, rows)
            tested, slopes = self.pointwise(*flat, values.reshape(-1, *values.shape[2:]))
            tested = tested.reshape(elements, points, *tested.shape[1:])
            slopes = slopes.reshape(elements, points, *slopes.shape[1:])
            tests = tested.shape[-1]  # 3 for a function and its gradient, 1 for the function alone
            for equation, field in enumerate(self.tested):
                local = integral.locals[field]
                with_weights = local.shapes[rows][..., :tests] * weights[..., None, None]
                left = np.moveaxis(with_weights, 2, 1).reshape(elements, -1, points * tests)
                right = tested[:, :, equation].reshape(elements, -1, 1)
                np.add.at(residual, local.dofs[rows], (left @ right)[..., 0])
                if entries is None:
                    continue
                for other, trial in enumerate(integral.locals):
                    slope = slopes[:, :, equation, :, other]
                    if not slope.any():
                        continue
                    applied = slope @ np.swapaxes(trial.shapes[rows], 2, 3)
                    block = left @ applied.reshape(elements, points * tests, -1)
                    shape = block.shape
                    entries.append(
                        (
                            block.ravel(),
                            np.broadcast_to(local.dofs[rows][:, :, None], shape).ravel(),
                            np.broadcast_to(trial.dofs[rows][:, None, :], shape).ravel(),
                        )
                    )


def residual_of(terms: Sequence[Term], x: np.ndarray) -> np.ndarray:
    """The sum of `terms` at the coefficients `x`."""
    residual = np.zeros(len(x))
    for term in terms:
        term.add(x, residual, None)
    return residual


def jacobian_of(terms: Sequence[Term], x: np.ndarray) -> sparse.csc_matrix:
    """The derivative of the sum of `terms` at the coefficients `x`."""
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for term in terms:
        term.add(x, np.zeros(len(x)), entries)
    data, rows, columns = (np.concatenate(parts) for parts in zip(*entries, strict=True))
    return sparse.csc_matrix((data, (rows, columns)), shape=(len(x), len(x)))
