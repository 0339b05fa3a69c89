"""Problems in any number of coordinates of space."""

import inspect
import numbers
from collections.abc import Callable
from typing import Any

MOST_DIMENSIONS = 10


def space_names(dimension: int) -> tuple[str, ...]:
    """x, y, z up to three dimensions, x1, x2, ... above.

    Raises `ValueError` unless `dimension` is a whole number from 1 to 10.
    """
    whole = isinstance(dimension, numbers.Integral) and not isinstance(dimension, bool)
    if not whole or not 1 <= dimension <= MOST_DIMENSIONS:
        raise ValueError(f"dimension must be a whole number from 1 to {MOST_DIMENSIONS}, got {dimension!r}.")
    return tuple("xyz"[:dimension]) if dimension <= 3 else tuple(f"x{i + 1}" for i in range(dimension))


def spelt_out(law: Callable[..., Any], arguments: tuple[str, ...]) -> Callable[..., Any]:
    """The same law, with a signature that names its arguments one by one: a problem reads them there."""

    def spelt_out(**values: Any) -> Any:
        return law(**values)

    named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in arguments]
    spelt_out.__signature__ = inspect.Signature(named)  # pyright: ignore[reportFunctionMemberAccess]
    spelt_out.__name__ = law.__name__
    return spelt_out
