"""References a problem brings along: closed forms, quadratures, and computed solutions."""

import time
from collections.abc import Callable
from typing import Any, get_args

import equinox as eqx
import numpy as np

from ._base import AbstractReference, Arrays, Judged
from .norms import Norm, deviation


class Exact(AbstractReference):
    """A solution in closed form, by quadrature or by series.

    `function` takes coordinates by name, as flat arrays of one length, and returns an array, or a dict
    of arrays by field. `check` is the same solution computed another way or at half the resolution;
    the largest difference is the error estimate. Without it the function is taken to be exact to
    rounding. `norm="mean"` is for solutions that jump: estimate and verdict go by means of absolute
    deviations, as no solution of finite resolution is near a jump everywhere.
    """

    function: Callable[..., Any] = eqx.field(static=True)
    check: Callable[..., Any] | None = eqx.field(static=True)
    method: str
    norm: Norm = eqx.field(static=True)

    def __init__(
        self,
        function: Callable[..., Any],
        check: Callable[..., Any] | None = None,
        method: str = "closed form",
        norm: Norm = "max",
    ):
        if norm not in get_args(Norm):
            raise ValueError(f"norm must be 'max' or 'mean', got {norm!r}.")
        self.function = function
        self.check = check
        self.method = method
        self.norm = norm

    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """Raises `ValueError` where the function's result does not fit the fields."""
        began = time.perf_counter()
        values = self._values(self.function, points, fields)
        if self.check is None:
            size = max((float(np.abs(v).max(initial=0.0)) for v in values.values()), default=0.0)
            rounding = 4 * np.finfo(float).eps * max(size, 1.0)
            return Judged(
                values, dict.fromkeys(fields, rounding), time.perf_counter() - began, norm=self.norm
            )
        other = self._values(self.check, points, fields)
        wall = time.perf_counter() - began
        errors = {f: deviation(self.norm, values[f] - other[f]) for f in fields}
        return Judged(values, errors, wall, norm=self.norm)

    def _values(
        self, function: Callable[..., Any], points: Arrays, fields: tuple[str, ...]
    ) -> dict[str, np.ndarray]:
        result = function(**points)
        if not isinstance(result, dict):
            if len(fields) > 1:
                raise ValueError(f"the reference must return a dict with the fields {', '.join(fields)}.")
            result = dict.fromkeys(fields, result)
        count = len(next(iter(points.values())))
        out = {}
        for field in fields:
            if field not in result:
                raise ValueError(f"the reference gives no values for the field {field}.")
            given = np.asarray(result[field])
            if given.dtype.kind not in "fiub":
                raise ValueError(
                    f"the reference gives {'complex numbers' if given.dtype.kind == 'c' else repr(result[field])} for "
                    f"{field}; real numbers are expected, one a place."
                )
            out[field] = np.broadcast_to(given.astype(float), (count,))
        return out
