"""Numbers as users give them: of Python or of NumPy, and no bools."""

import dataclasses
import math
import numbers
from typing import Any

LARGEST_SEED = 2**63 - 1
"""Random keys hold no larger whole number."""


def is_whole(value: Any, least: int = 1) -> bool:
    """Whether it is a whole number of at least `least`."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool) and int(value) >= least


def is_real(value: Any) -> bool:
    """Whether it is a finite number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def is_seed(value: Any) -> bool:
    """Whether random numbers can begin with it."""
    return is_whole(value, 0) and int(value) <= LARGEST_SEED


def check_whole(name: str, value: Any, least: int = 1) -> None:
    """Refuse what is no whole number of at least `least`."""
    if not is_whole(value, least):
        raise ValueError(f"{name} must be a whole number of at least {least}, got {value!r}.")


def check_positive(name: str, value: Any) -> None:
    """Refuse what is no finite number above zero."""
    if not (is_real(value) and value > 0):
        raise ValueError(f"{name} must be a finite number above 0, got {value!r}.")


def check_at_least_zero(name: str, value: Any) -> None:
    """Refuse what is no finite number of at least zero."""
    if not (is_real(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number of at least 0, got {value!r}.")


def plain(value: Any) -> Any:
    """Numbers of NumPy as those of Python, the only ones that files of JSON hold; in tuples, lists and dicts too."""
    if type(value) in (tuple, list):
        return type(value)(plain(each) for each in value)
    if type(value) is dict:
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return value
    return int(value) if isinstance(value, numbers.Integral) else float(value)


def keep_plain(strategy: Any) -> None:
    """Make the numbers in the fields of a strategy those of Python.

    A family calls it in the `__check_init__` of its interface, which equinox runs beside that of each member.
    """
    for field in dataclasses.fields(strategy):
        object.__setattr__(strategy, field.name, plain(getattr(strategy, field.name)))
