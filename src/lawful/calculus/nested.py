"""Derivatives by nested forward differentiation: slow, for any callable; the oracle of the others."""

from collections.abc import Callable, Iterable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._indices import Index, Laplacian, closure, unit

Pointwise = Callable[[Array], Array]


def partial_derivative(function: Pointwise, index: Index) -> Pointwise:
    """The function D^index of a function of one point, by one jvp an order."""
    if isinstance(index, Laplacian):
        seconds = [partial_derivative(function, unit(a, index.dimension, 2)) for a in index.axes]
        return lambda x: sum(f(x) for f in seconds)  # pyright: ignore
    for axis, times in enumerate(index):
        for _ in range(times):
            function = _along(function, axis)
    return function


def _along(function: Pointwise, axis: int) -> Pointwise:
    def derivative(x: Array) -> Array:
        direction = jnp.zeros_like(x).at[axis].set(1)
        return jax.jvp(function, (x,), (direction,))[1]

    return derivative


class Nested(eqx.Module):
    """Differentiates any function of one point, coordinates (d,) to outputs (m,).

    Cost grows as 2^order a derivative. The fallback for networks that lawful did not write.
    """

    def __call__(
        self, network: Callable[..., Any], points: Float[Array, "points d"], indices: Iterable[Index]
    ) -> dict[Index, Float[Array, "points outputs"]]:
        """The wanted derivatives and all below them."""

        def pointwise(x: Array) -> Array:
            return jnp.atleast_1d(network(x))

        return {index: jax.vmap(partial_derivative(pointwise, index))(points) for index in closure(indices)}
