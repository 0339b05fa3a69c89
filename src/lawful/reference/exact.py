"""References a problem brings along: closed forms, quadratures, and computed solutions."""

import time
from collections.abc import Callable
from typing import Any

import equinox as eqx
import numpy as np

from ._base import AbstractReference, Arrays, Judged


class Exact(AbstractReference):
    """A solution in closed form, by quadrature or by series.

    `function` takes coordinates by name, as flat arrays of one length, and returns an array, or a dict
    of arrays by field. `check` is the same solution computed another way or at half the resolution;
    the largest difference is the error estimate. Without it the function is taken to be exact to
    rounding.
    """

    function: Callable[..., Any] = eqx.field(static=True)
    check: Callable[..., Any] | None = eqx.field(static=True)
    method: str

    def __init__(
        self,
        function: Callable[..., Any],
        check: Callable[..., Any] | None = None,
        method: str = "closed form",
    ):
        self.function = function
        self.check = check
        self.method = method

    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """Raises `ValueError` where the function's result does not fit the fields."""
        began = time.perf_counter()
        values = self._values(self.function, points, fields)
        if self.check is None:
            size = max((float(np.abs(v).max(initial=0.0)) for v in values.values()), default=0.0)
            rounding = 4 * np.finfo(float).eps * max(size, 1.0)
            return Judged(values, dict.fromkeys(fields, rounding), time.perf_counter() - began)
        other = self._values(self.check, points, fields)
        wall = time.perf_counter() - began
        errors = {f: float(np.abs(values[f] - other[f]).max(initial=0.0)) for f in fields}
        return Judged(values, errors, wall)

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
            out[field] = np.broadcast_to(np.asarray(result[field], float), (count,))
        return out
