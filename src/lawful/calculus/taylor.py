"""Derivatives by Taylor propagation: all of them in one pass, one matrix product a layer."""

from collections.abc import Callable, Iterable
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ._indices import Index, closure
from .jet import Jet, coordinates_jet


class Taylor(eqx.Module):
    """Propagates jets through a network written with the algebra of `jet`.

    Cost: one forward pass times the number of indices in the closure, and about three times that
    for the gradient by the parameters. The first choice for all built-in networks.
    """

    def __call__(
        self, network: Callable[..., Any], points: Float[Array, "points d"], indices: Iterable[Index]
    ) -> dict[Index, Float[Array, "points outputs"]]:
        """The wanted derivatives and all below them; raises `TypeError` for a network it cannot pass."""
        wanted = closure(indices)
        jet = network(coordinates_jet(points, wanted))
        if not isinstance(jet, Jet):
            raise TypeError(
                f"{type(network).__name__} does not carry jets: use Nested() for its derivatives."
            )
        like = jet.rows[0]
        assert like is not None
        shape = (points.shape[0], like.shape[-1])
        return {
            index: jnp.zeros(shape, points.dtype) if row is None else jnp.broadcast_to(row, shape)
            for index, row in zip(jet.indices, jet.rows, strict=True)
        }
