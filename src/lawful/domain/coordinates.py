"""Names and numbers that a domain is given."""

import numbers
from collections.abc import Iterable, Mapping
from typing import Any

from .._names import check_names, did_you_mean, listed
from .._numbers import is_real


def check_named(unnamed: tuple[Any, ...], example: str) -> None:
    """Raises `TypeError` for arguments without a name."""
    if unnamed:
        raise TypeError(
            f"{example.split('(')[0]} takes what it is made of by name, as in {example}; got {unnamed[0]!r}."
        )


def checked_coordinates(names: Iterable[str]) -> tuple[str, ...]:
    """The names, if handles such as `u.xx` can tell them apart; raises `ValueError` if not."""
    names = check_names(names, "the domain")
    for name in names:
        if name.startswith("_"):
            raise ValueError(f"the coordinate {name!r} starts with an underscore; name it without.")
        others = [other for other in names if other != name]
        if _is_made_of(name, others):
            raise ValueError(
                f"the coordinate {name!r} is spelt with the others, {listed(others)}, so u.{name} could mean "
                "two derivatives; rename it."
            )
    return names


def _is_made_of(name: str, parts: list[str]) -> bool:
    return not name or any(name.startswith(p) and _is_made_of(name[len(p) :], parts) for p in parts)


def checked_intervals(intervals: Mapping[str, Any]) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Lower and upper ends; raises `ValueError` for what is not two increasing finite numbers."""
    for name, ends in intervals.items():
        pair = tuple(ends) if isinstance(ends, tuple | list) else ()
        if len(pair) != 2 or any(isinstance(e, bool) or not isinstance(e, numbers.Real) for e in pair):
            raise ValueError(f"{name}={ends!r}: expected two numbers, such as {name}=(0, 1).")
        if not (is_real(pair[0]) and is_real(pair[1])):
            raise ValueError(f"{name}={ends!r}: the ends must be finite; cut the domain off far away.")
        if float(pair[0]) >= float(pair[1]):
            raise ValueError(f"{name}={ends!r}: the lower end must be below the upper one.")
    lower = tuple(float(a) for a, _ in intervals.values())
    return lower, tuple(float(b) for _, b in intervals.values())


def checked_number(value: Any, what: str) -> float:
    """A finite number; raises `ValueError` for anything else."""
    if not is_real(value):
        raise ValueError(f"{what} must be a finite number, got {value!r}.")
    return float(value)


def checked_part(name: Any, what: str) -> str:
    """A name for a part of a boundary; raises `ValueError` for `walls`, which is all of it, and for no word."""
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"{what}: the name of a part must be a word, such as 'hole'; got {name!r}.")
    if name == "walls":
        raise ValueError(f"{what}: 'walls' is the whole boundary of every domain; choose another name.")
    return name


def no_part(name: str, parts: tuple[str, ...]) -> ValueError:
    """The error for a part that a boundary does not have."""
    return ValueError(
        f"{name!r} is no part of this boundary.{did_you_mean(name, parts)} Its parts: {listed(parts)}."
    )
