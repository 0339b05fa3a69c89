"""References a problem brings along: closed forms, quadratures, and computed solutions."""

import abc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import numpy as np

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Judged:
    """A reference at some points: its values by field, an estimate of its own error (largest absolute
    deviation), and the seconds it took."""

    values: dict[str, np.ndarray]
    error_estimate: float
    wall_s: float


class AbstractReference(eqx.Module):
    """An independent solution with an error estimate of its own."""

    method: eqx.AbstractVar[str]

    @abc.abstractmethod
    def evaluate(self, points: Arrays, fields: tuple[str, ...]) -> Judged:
        """The values of the fields at places given by flat arrays, one a coordinate."""


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
            return Judged(values, 4 * np.finfo(float).eps * max(size, 1.0), time.perf_counter() - began)
        other = self._values(self.check, points, fields)
        wall = time.perf_counter() - began
        estimate = max(float(np.abs(values[f] - other[f]).max(initial=0.0)) for f in fields)
        return Judged(values, estimate, wall)

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
