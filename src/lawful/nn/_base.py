"""The two halves of a network family: the architecture a user names, and the module built from it."""

import abc
import itertools
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from .._numbers import keep_plain
from ..calculus import Jet, leaky_relu, relu, sin, tanh
from ..calculus import gelu as gelu_activation
from ..calculus.jet import Activation
from .initial import AbstractInitial, GlorotNormal

ACTIVATIONS: dict[str, Activation] = {
    "tanh": tanh,
    "sin": sin,
    "gelu": gelu_activation,
    "relu": relu,
    "leaky_relu": leaky_relu,
}


def activation_named(name: str) -> Activation:
    """The activation of that name; raises `ValueError` with the known ones."""
    if name not in ACTIVATIONS:
        raise ValueError(f"activation {name!r} is not known; choose one of {', '.join(ACTIVATIONS)}.")
    return ACTIVATIONS[name]


class Frame(eqx.Module):
    """The inputs of a network: their names and ranges, by which it scales them to [-1, 1]."""

    coordinates: tuple[str, ...] = eqx.field(static=True)
    lower: tuple[float, ...] = eqx.field(static=True)
    upper: tuple[float, ...] = eqx.field(static=True)

    @property
    def dimension(self) -> int:
        return len(self.coordinates)


class Frozen(eqx.Module):
    """An array inside a network that training leaves alone."""

    value: Array


class Scaling(eqx.Module):
    """The affine map of a frame's box onto [-1, 1]^d."""

    slope: Frozen
    offset: Frozen

    def __init__(self, frame: Frame, dtype: Any):
        lower, upper = np.asarray(frame.lower), np.asarray(frame.upper)
        self.slope = Frozen(jnp.asarray(2 / (upper - lower), dtype)[None])
        self.offset = Frozen(jnp.asarray(-(upper + lower) / (upper - lower), dtype)[None])

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        if isinstance(z, Jet):
            return z.map(lambda row: row * self.slope.value).shift(self.offset.value)
        slope, offset = self.slope.value, self.offset.value
        return z * slope[0] + offset[0] if z.ndim == 1 else z * slope + offset


class AbstractNetwork(eqx.Module):
    """A map from coordinates (..., d) to outputs (..., m), or from their jet to the outputs' jet.

    Written with `affine`, activations, `concatenate` and `*` only, so that one definition serves for
    values and for all derivatives.
    """

    @abc.abstractmethod
    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        """The outputs at `z`."""


Pull = tuple[Float[Array, "points width"], Float[Array, "points width"]]
"""States z of a layer, and the targets f(z W + b) that it pulls them to."""


class AbstractLayered(AbstractNetwork):
    """A network with layers from states to states of the same size, each of which has an attractor z = f(z W + b)."""

    @abc.abstractmethod
    def pulls(self, z: Float[Array, "points d"]) -> list[Pull]:
        """States and targets of each such layer, none where the network has no such layer."""


class AbstractWrapped(AbstractNetwork):
    """A network around another one, whose layers it has."""

    @abc.abstractmethod
    def inner(self, z: Float[Array, "points d"]) -> tuple[AbstractNetwork, Float[Array, "points e"]]:
        """The other network, and what it gets as its inputs."""


class InUnits(AbstractWrapped):
    """A network whose outputs count in units of their own, so that it works with numbers about 1."""

    network: AbstractNetwork
    units: Frozen

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        units = self.units.value
        out = self.network(z)
        if isinstance(out, Jet):
            return out.map(lambda row: row * units[None])
        return out * units.reshape((1,) * (out.ndim - 1) + units.shape)

    def inner(self, z: Float[Array, "points d"]) -> tuple[AbstractNetwork, Float[Array, "points e"]]:
        return self.network, z


class AbstractArchitecture(eqx.Module):
    """What a user chooses: sizes and kinds, no arrays. `build` draws the weights."""

    def __check_init__(self) -> None:
        keep_plain(self)

    @abc.abstractmethod
    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> AbstractNetwork:
        """A network for inputs in `frame` with that many outputs."""


def dense(
    sizes: list[int], key: PRNGKeyArray, dtype: Any, initial: AbstractInitial = GlorotNormal()
) -> tuple[list[Array], list[Array]]:
    """Weights and zero biases for layers of these sizes."""
    rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))  # NumPy: nothing to compile
    weights = []
    for a, b in itertools.pairwise(sizes):
        weights.append(jnp.asarray(initial.draw(a, b, rng), dtype))
    return weights, [jnp.zeros((b,), dtype) for b in sizes[1:]]
