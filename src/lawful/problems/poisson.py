"""Poisson -laplacian u = d pi^2 prod sin(pi x_i), walls at 0, on the unit box of d = 1 to 10 dimensions.

The usual manufactured solution, u = sin(pi x1) ... sin(pi xd). The coordinates are x, y, z up to three dimensions,
x1, x2, ... above.
"""

import inspect
import math
import numbers
from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np

from ..calculus import laplacian
from ..conditions import Boundary, Interior
from ..domain import Box
from ..problem import Problem
from ..reference import Exact

MOST_DIMENSIONS = 10


def poisson_law(u: Any, **position: Any) -> Any:
    """-laplacian(u) - d pi^2 prod sin(pi x_i), in as many coordinates as `position` holds."""
    source = len(position) * jnp.pi**2 * math.prod(jnp.sin(jnp.pi * x) for x in position.values())
    return -laplacian(u) - source


def poisson(*, dimension: int = 2) -> Problem:
    """A smooth source in a box with grounded walls.

    `dimension` is the number of coordinates. Raises `ValueError` unless it is a whole number from 1 to 10.
    """
    whole = isinstance(dimension, numbers.Integral) and not isinstance(dimension, bool)
    if not whole or not 1 <= dimension <= MOST_DIMENSIONS:
        raise ValueError(f"dimension must be a whole number from 1 to {MOST_DIMENSIONS}, got {dimension!r}.")
    names = tuple("xyz"[:dimension]) if dimension <= 3 else tuple(f"x{i + 1}" for i in range(dimension))
    return Problem(
        name="poisson",
        domain=Box(**dict.fromkeys(names, (0, 1))),
        fields="u",
        conditions={
            "pde": Interior(_spelt_out(poisson_law, ("u", *names))),
            "walls": Boundary(lambda u: u, on="walls"),
        },
        reference=Exact(lambda **position: math.prod(np.sin(np.pi * x) for x in position.values())),
    )


def _spelt_out(law: Callable[..., Any], arguments: tuple[str, ...]) -> Callable[..., Any]:
    """The same law, with a signature that names its arguments one by one: a problem reads them there."""

    def spelt_out(**values: Any) -> Any:
        return law(**values)

    named = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in arguments]
    spelt_out.__signature__ = inspect.Signature(named)  # pyright: ignore[reportFunctionMemberAccess]
    spelt_out.__name__ = law.__name__
    return spelt_out
