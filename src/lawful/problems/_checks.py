"""Parameters of the catalogue, checked in the user's words."""

from typing import Any

from .._numbers import is_real


def number(**values: Any) -> None:
    """Raises `ValueError` unless each value is a finite number."""
    for name, value in values.items():
        if not is_real(value):
            raise ValueError(f"{name} must be a finite number, got {value!r}.")


def positive(**values: Any) -> None:
    """Raises `ValueError` unless each value is a finite number above 0."""
    number(**values)
    for name, value in values.items():
        if value <= 0:
            raise ValueError(f"{name} must be above 0, got {value!r}.")
