"""How near the states of a network's layers are to their attractors, and a term of the loss that draws them there."""

import abc
import math
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._numbers import check_at_least_zero, check_whole, keep_plain
from ._base import AbstractLayered, AbstractWrapped, Pull


class AbstractRegulariser(eqx.Module):
    """A term beside those of a problem, by which a network is chosen among those that meet its laws alike.

    Its loss is `weight` times the mean over `points` places of the sum of squares of `residuals`. Its weight is
    its own: strategies of `lawful.weighting` see the terms of the problem only.
    """

    weight: eqx.AbstractVar[float]
    points: eqx.AbstractVar[int]

    def __check_init__(self) -> None:
        keep_plain(self)

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What the term is called in the history and the report."""

    @abc.abstractmethod
    def residuals(
        self, network: Any, points: Float[Array, "points d"]
    ) -> Float[Array, "points residuals"] | None:
        """The residuals of one network at the points, None where the network has nothing to be drawn to."""


class Attraction(AbstractRegulariser):
    """Rewards states that rest: `weight` times the mean over `points` places of the domain and over the layers of
    |f(z W + b) - z|^2.

    For `lawful.solve(..., regulariser=Attraction(1e-3))`. The layers are those from states to states of one size: all
    after the first of a `Relaxation`, an `MLP` or a `Siren`, behind embeddings too. The residuals are f(z W + b) - z,
    neuron by neuron, so that least-squares optimizers have them as well. With weight 0 the term is left out. Where
    several networks serve the fields it holds for those with such layers. Raises `ValueError` for a weight below 0.
    """

    weight: float = 1e-3
    points: int = 256

    @property
    def name(self) -> str:
        return "attraction"

    def __check_init__(self) -> None:
        check_at_least_zero("weight", self.weight)
        check_whole("points", self.points)

    def residuals(
        self, network: Any, points: Float[Array, "points d"]
    ) -> Float[Array, "points residuals"] | None:
        found = pulls(network, points)
        if not found:
            return None
        return jnp.concatenate([target - z for z, target in found], axis=1) / math.sqrt(len(found))


def pulls(network: Any, points: Float[Array, "points d"]) -> list[Pull]:
    """States and targets of all layers of a network that have an attractor; none for a network of another kind."""
    while isinstance(network, AbstractWrapped):
        network, points = network.inner(points)
    return network.pulls(points) if isinstance(network, AbstractLayered) else []


def attraction(network: Any, points: Float[Array, "points d"]) -> Float[Array, ""]:
    """The mean over points and layers of |f(z W + b) - z|^2 / |z|^2: how near states are to their attractors, whatever
    their size; 0 where no layer has one. `Attraction` is the term, not relative, that `solve` trains with."""
    terms = []
    for z, target in pulls(network, points):
        size = jnp.sum(z * z, axis=-1) + jnp.finfo(z.dtype).tiny
        terms.append(jnp.mean(jnp.sum((target - z) ** 2, axis=-1) / size))
    return jnp.mean(jnp.stack(terms)) if terms else jnp.zeros((), points.dtype)
