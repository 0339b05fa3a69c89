"""Bind a user's function to a scope of names, and say what is wrong in the user's words."""

import difflib
import inspect
import keyword
from collections.abc import Callable, Iterable
from typing import Any


def listed(names: Iterable[str]) -> str:
    """The names as prose: `u, v and x`."""
    names = list(names)
    if len(names) < 2:
        return "".join(names) or "none"
    return ", ".join(names[:-1]) + " and " + names[-1]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'alpha'?` when one known name is near, else an empty string."""
    near = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {near[0]!r}?" if near else ""


def describe_function(function: Callable[..., Any]) -> str:
    """The name of a function as its author knows it."""
    name = getattr(function, "__name__", type(function).__name__)
    if name != "<lambda>":
        return f"{name}()"
    code = getattr(function, "__code__", None)
    return f"the lambda of line {code.co_firstlineno}" if code else "the lambda"


def arguments_of(function: Callable[..., Any], known: Iterable[str], what: str) -> tuple[str, ...]:
    """The names among `known` that `function` asks for.

    An argument with a default that is not known keeps its default. Raises `TypeError` where the
    function is not callable or takes `*args`, and `ValueError` where it asks for an unknown name.
    """
    known = tuple(known)
    if not callable(function):
        raise TypeError(f"{what}: expected a function of {listed(known)}, got {function!r}.")
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        raise TypeError(
            f"{what}: {describe_function(function)} has no readable signature; wrap it in a lambda "
            f"whose arguments are among {listed(known)}."
        ) from None
    names = []
    for parameter in parameters:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise TypeError(
                f"{what}: {describe_function(function)} takes *{parameter.name}; name its arguments "
                f"one by one, among {listed(known)}."
            )
        if parameter.name in known:
            names.append(parameter.name)
        elif parameter.default is parameter.empty:
            raise ValueError(
                f"{what}: {describe_function(function)} asks for {parameter.name!r}, which is not a "
                f"name of this problem.{did_you_mean(parameter.name, known)} Known here: {listed(known)}."
            )
    return tuple(names)


def check_names(names: Iterable[str], what: str) -> tuple[str, ...]:
    """Names that can be arguments of a function: identifiers, no two the same."""
    names = tuple(names)
    for name in names:
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{what}: {name!r} is not a name; use letters, digits and _, such as u or x1.")
        if keyword.iskeyword(name):
            raise ValueError(f"{what}: {name!r} is a word of Python, so no law could ask for it; rename it.")
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(
            f"{what}: {listed(sorted(twice))} stands there more than once; give each its own name."
        )
    return names
