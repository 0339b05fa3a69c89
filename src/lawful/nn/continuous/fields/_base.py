"""The interface of a vector field, and the schemes' view of one with its parameters bound."""

import abc
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

from ...schemes._base import State, System
from .parameter import AbstractParameter

Values = Mapping[str, Array]
"""The values of the parameters by name: (1, neurons) each, or (neurons, neurons) of a coupling."""


class AbstractField(eqx.Module):
    """z' = F(z, I; p) of neurons with a state of several components, each (points, neurons).

    Holds numbers only; `parameters` tells which arrays a layer trains. `coupled` says whether neurons see each
    other within the layer.
    """

    components: eqx.AbstractVar[tuple[str, ...]]
    coupled: eqx.AbstractVar[bool]

    @property
    @abc.abstractmethod
    def parameters(self) -> dict[str, AbstractParameter]:
        """The trained parameters by name."""

    @property
    @abc.abstractmethod
    def start(self) -> tuple[float, ...]:
        """The state from which neurons start, a number a component."""

    @abc.abstractmethod
    def rate(self, state: State, drive: Array, p: Values) -> State:
        """F(z, I; p)."""

    @abc.abstractmethod
    def decay(self, state: State, drive: Array, p: Values) -> State:
        """The rates d_i in F_i = d_i (target_i - z_i): of gates their own, of others -dF_i/dz_i."""

    @abc.abstractmethod
    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        """The semi-implicit step of length h in closed form."""

    @abc.abstractmethod
    def observed(self, state: State) -> dict[str, Array]:
        """What a read-out can take, by name; the first is the default."""


def bound(field: AbstractField, drive: Array, p: Values) -> System:
    """The field with its drive and parameters bound."""
    return System(
        type(field).__name__,
        lambda z: field.rate(z, drive, p),
        lambda z: field.decay(z, drive, p),
        lambda z, h: field.implicit(z, drive, p, h),
        field.coupled,
    )


def named(field: AbstractField, state: State) -> dict[str, Array]:
    """The components by name."""
    return dict(zip(field.components, state, strict=True))


def damped(field: AbstractField, state: State, drive: Array, p: Values, h: Any) -> State:
    """z + h F / (1 + h d) with the decay d where it damps: what is proportional to z_i is taken at the end."""
    rate, decay = field.rate(state, drive, p), field.decay(state, drive, p)
    return tuple(
        z + h * f / (1 + h * jnp.maximum(d, 0.0)) for z, f, d in zip(state, rate, decay, strict=True)
    )


def diagonal(field: AbstractField, state: State, drive: Array, p: Values) -> State:
    """-dF_i/dz_i by forward differentiation, where no neuron sees another."""
    found = []
    for j in range(len(state)):
        tangent = tuple(jnp.ones_like(z) if i == j else jnp.zeros_like(z) for i, z in enumerate(state))
        found.append(-jax.jvp(lambda z: field.rate(z, drive, p), (state,), (tangent,))[1][j])
    return tuple(found)
