"""From pointwise forms to sparse systems: integrals and their Jacobians."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from .spaces import Integral

ELEMENTS_AT_ONCE = 1024

Entries = list[tuple[np.ndarray, np.ndarray, np.ndarray, int]]
"""Values, rows, columns, and the order in time of what they multiply."""


@dataclass(frozen=True)
class Form:
    """What is integrated, pointwise. Both functions take places first: from places (n, d), values
    (n, fields, slots) and what else the integral carries, `tested` gives (n, equations, tests), and `sloped` that
    and its slopes by the values, (n, equations, tests, fields, slots). The slots are u and its slopes, 1 + d of them,
    and two rates in time where there is one."""

    tested: Callable[..., np.ndarray]
    sloped: Callable[..., tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Term:
    """A form under an integral. Equation k is tested with the functions of the field `tested[k]`; at a time, places
    get this further coordinate, as number `axis`."""

    integral: Integral
    form: Form
    tested: tuple[int, ...]
    axis: int | None = None
    time: float = 0.0

    def at(self, time: float) -> "Term":
        return replace(self, time=time)

    def _given(self, x: np.ndarray, rows: slice) -> list[np.ndarray]:
        """The arguments of the form at some elements, places first."""
        integral = self.integral
        width = integral.places.shape[-1]
        flat = [timed(integral.places[rows].reshape(-1, width), self.axis, self.time)]
        if integral.normals is not None:
            flat.append(integral.normals[rows].reshape(-1, width))
        values = integral.values(x, rows)
        return [*flat, values.reshape(-1, *values.shape[2:])]

    @property
    def _plain(self) -> int:
        """The number of slots that are no rates."""
        return 1 + self.integral.places.shape[-1]

    def _chunks(self) -> list[slice]:
        count = len(self.integral.places)
        return [slice(first, first + ELEMENTS_AT_ONCE) for first in range(0, count, ELEMENTS_AT_ONCE)]

    def _left(self, equation: int, tests: int, rows: slice) -> np.ndarray:
        """Test functions with weights: (elements, functions, points * tests)."""
        shapes = self.integral.locals[self.tested[equation]].shapes[rows][..., :tests]
        weighted = np.moveaxis(shapes * self.integral.weights[rows][..., None, None], 2, 1)
        return weighted.reshape(*weighted.shape[:2], -1)

    def add(self, x: np.ndarray, residual: np.ndarray) -> None:
        """Add the integrals to `residual`."""
        for rows in self._chunks():
            elements, points = self.integral.weights[rows].shape
            tested = self.form.tested(*self._given(x, rows))
            tested = tested.reshape(elements, points, *tested.shape[1:])
            for equation, field in enumerate(self.tested):
                right = tested[:, :, equation].reshape(elements, -1, 1)
                # 1 test for a function alone, 1 + d for a function and its gradient
                found = self._left(equation, tested.shape[-1], rows) @ right
                dofs = self.integral.locals[field].dofs[rows]
                residual += np.bincount(dofs.ravel(), weights=found.ravel(), minlength=len(residual))

    def entries(self, x: np.ndarray, touched: np.ndarray | None = None) -> Entries:
        """The derivatives of the integrals by the coefficients of fields and of their rates. `touched`
        (equations, fields, 3) says by order in time which of them are kept: else those that do not vanish."""
        out: Entries = []
        plain = self._plain
        for rows in self._chunks():
            elements, points = self.integral.weights[rows].shape
            _, slopes = self.form.sloped(*self._given(x, rows))
            slopes = slopes.reshape(elements, points, *slopes.shape[1:])
            tests = slopes.shape[3]
            for equation, field in enumerate(self.tested):
                left = self._left(equation, tests, rows)
                tested = self.integral.locals[field].dofs[rows]
                for other, trial in enumerate(self.integral.locals):
                    slope = slopes[:, :, equation, :, other]
                    for times in range(1 + slope.shape[-1] - plain):
                        part = slope[..., :plain] if times == 0 else slope[..., plain + times - 1, None]
                        kept = part.any() if touched is None else touched[equation, other, times]
                        if not kept:
                            continue
                        shapes = trial.shapes[rows][..., : part.shape[-1]]
                        applied = part @ np.swapaxes(shapes, 2, 3)
                        block = left @ applied.reshape(elements, points * tests, -1)
                        at = np.broadcast_to(tested[:, :, None], block.shape)
                        by = np.broadcast_to(trial.dofs[rows][:, None, :], block.shape)
                        out.append((block.ravel(), at.ravel(), by.ravel(), times))
        return out

    def touches(self, x: np.ndarray) -> np.ndarray:
        """Which slopes do not vanish at x: (equations, fields, 3)."""
        seen = []
        for rows in self._chunks():
            _, slopes = self.form.sloped(*self._given(x, rows))
            sizes = np.abs(slopes).max(axis=(0, 2))  # (equations, fields, slots)
            still = sizes[..., : self._plain].max(axis=-1, keepdims=True)
            seen.append(np.concatenate([still, sizes[..., self._plain :]], axis=-1))
        return np.max(seen, axis=0) > 0


def timed(places: np.ndarray, axis: int | None, time: float) -> np.ndarray:
    """Places in space (n, d), at a time where there is one."""
    return places if axis is None else np.insert(places, axis, time, axis=1)


def residual_of(terms: Sequence[Term], x: np.ndarray) -> np.ndarray:
    """The sum of `terms` at the coefficients `x`."""
    residual = np.zeros(x.shape[-1])
    for term in terms:
        term.add(x, residual)
    return residual


def jacobian_of(terms: Sequence[Term], x: np.ndarray) -> sparse.csc_matrix:
    """The derivative of the sum of `terms` at the coefficients `x`."""
    entries = [entry for term in terms for entry in term.entries(x)]
    data, rows, columns = (np.concatenate([e[i] for e in entries]) for i in range(3))
    return sparse.csc_matrix((data, (rows, columns)), shape=(len(x), len(x)))
