"""Activations as the lens knows them: value, slope, and the symmetry that they leave in the weights."""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .._names import did_you_mean, listed


class Symmetry(enum.Enum):
    """What may be done to a hidden neuron, beside its place, without changing the function."""

    SIGN = "sign"
    SCALE = "scale"
    NONE = "none"


@dataclass(frozen=True)
class Activation:
    """f and f' as functions of an array and of the module to compute with, NumPy or jax.numpy."""

    name: str
    value: Callable[[Any, Any], Any]
    slope: Callable[[Any, Any], Any]
    symmetry: Symmetry


def _normal_share(z: Any, xp: Any) -> Any:
    if xp is np:
        from scipy.special import erfc
    else:
        from jax.scipy.special import erfc
    return 0.5 * erfc(-z * np.sqrt(0.5))


def _normal_density(z: Any, xp: Any) -> Any:
    return xp.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)


def _sigmoid(z: Any, xp: Any) -> Any:
    return 0.5 * (1 + xp.tanh(0.5 * z))


def _leaky(slope: float) -> tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]:
    return (
        lambda z, xp: xp.where(z >= 0, z, slope * z),
        lambda z, xp: xp.where(z >= 0, 1.0, slope) + 0 * z,
    )


ACTIVATIONS = {
    a.name: a
    for a in (
        Activation("tanh", lambda z, xp: xp.tanh(z), lambda z, xp: 1 - xp.tanh(z) ** 2, Symmetry.SIGN),
        Activation("sin", lambda z, xp: xp.sin(z), lambda z, xp: xp.cos(z), Symmetry.SIGN),
        Activation("relu", *_leaky(0.0), Symmetry.SCALE),
        Activation("leaky_relu", *_leaky(0.01), Symmetry.SCALE),
        Activation(
            "gelu",
            lambda z, xp: z * _normal_share(z, xp),
            lambda z, xp: _normal_share(z, xp) + z * _normal_density(z, xp),
            Symmetry.NONE,
        ),
        Activation(
            "sigmoid",
            _sigmoid,
            lambda z, xp: _sigmoid(z, xp) * (1 - _sigmoid(z, xp)),
            Symmetry.NONE,
        ),
        Activation(
            "silu",
            lambda z, xp: z * _sigmoid(z, xp),
            lambda z, xp: _sigmoid(z, xp) * (1 + z * (1 - _sigmoid(z, xp))),
            Symmetry.NONE,
        ),
        Activation("softplus", lambda z, xp: xp.logaddexp(z, 0.0), _sigmoid, Symmetry.NONE),
        Activation("linear", lambda z, xp: z, lambda z, xp: 1.0 + 0 * z, Symmetry.NONE),
    )
}


def activation_named(name: str) -> Activation:
    """The activation of that name; raises `ValueError` with the known ones."""
    if name not in ACTIVATIONS:
        raise ValueError(
            f"activation {name!r} is not known.{did_you_mean(str(name), ACTIVATIONS)} Known: {listed(ACTIVATIONS)}."
        )
    return ACTIVATIONS[name]
