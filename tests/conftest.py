"""What every test runs under: run-time type checks, strict shapes, no window, the reference data."""

import functools
import inspect
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_type_hints

import beartype
import jax
import jaxtyping
import matplotlib
import numpy as np
import pytest

# Set before the package is imported; the environment variable reaches the commands that tests start.
os.environ["MPLBACKEND"] = "Agg"

# The tower of PEP 484: an int will do where a float is asked for.
STRICT = beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))
SHAPES = jaxtyping.jaxtyped


def _known(function: Any) -> Any:
    """The function less its annotations in quotes, where they name what is imported for type checkers alone."""
    try:
        get_type_hints(function)
    except NameError:
        kept = {name: hint for name, hint in function.__annotations__.items() if not isinstance(hint, str)}
        function.__annotations__ = kept
    return function


def checked(thing: Any = None, *, typechecker: None = None) -> Any:
    """What jaxtyping's import hook decorates with, in place of its own `jaxtyped`, whose calls cost four times as much.

    Arguments and result are checked, the shapes of one call against each other. A function is
    prepared at its first call: most functions are never called by one worker.
    """
    if thing is None:
        return checked
    if inspect.isclass(thing):
        start = vars(thing).get("__init__")
        if inspect.isfunction(start) and not hasattr(start, "__wrapped__"):
            thing.__init__ = checked(start)
        return thing
    if isinstance(thing, property):
        return property(*(each and checked(each) for each in (thing.fget, thing.fset, thing.fdel)))
    if isinstance(thing, classmethod | staticmethod):
        return type(thing)(checked(thing.__func__))
    if not getattr(thing, "__annotations__", None):
        return thing
    prepared: list[Callable[..., Any]] = []

    @functools.wraps(thing)
    def call(*args: Any, **kwargs: Any) -> Any:
        if jaxtyping.config.jaxtyping_disable:
            return thing(*args, **kwargs)
        if not prepared:
            prepared.append(STRICT(_known(thing)))
        with SHAPES("context"):
            return prepared[0](*args, **kwargs)

    return call


if not os.environ.get("LAWFUL_NO_TYPECHECK"):
    jaxtyping.jaxtyped = checked
    jaxtyping.install_import_hook("lawful", None)

import lawful._runtime  # noqa: E402, F401  precision and devices are settled before JAX starts

jax.config.update("jax_numpy_rank_promotion", "raise")
matplotlib.use("Agg")


@pytest.fixture
def unchecked() -> Iterator[None]:
    """The library without run-time type checks, as a user meets it: for tests of its own messages."""
    before = jaxtyping.config.jaxtyping_disable
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", before)


@pytest.fixture(scope="session")
def reference_data() -> Callable[[str], dict[str, np.ndarray]]:
    """`reference_data(name)`: the arrays of `$LAWFUL_DATA/name.npz`; skips where they are not there."""

    def load(name: str) -> dict[str, np.ndarray]:
        folder = os.environ.get("LAWFUL_DATA")
        if not folder:
            pytest.skip("LAWFUL_DATA is not set: it names the folder of the published reference solutions")
        path = Path(folder) / f"{name}.npz"
        if not path.is_file():
            pytest.skip(f"LAWFUL_DATA holds no {name}.npz")
        with np.load(path, allow_pickle=False) as file:
            return {key: file[key] for key in file.files}

    return load
