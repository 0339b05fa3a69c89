"""Parameters of the catalogue, checked in the user's words."""

import math
import numbers
from typing import Any


def number(**values: Any) -> None:
    """Raises `ValueError` unless each value is a finite number."""
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
            raise ValueError(f"{name} must be a finite number, got {value!r}.")


def positive(**values: Any) -> None:
    """Raises `ValueError` unless each value is a finite number above 0."""
    number(**values)
    for name, value in values.items():
        if value <= 0:
            raise ValueError(f"{name} must be above 0, got {value!r}.")
