"""Waves: u_tt = c^2 lap u, multipliers cos(c |k| t) and sin(c |k| t) / (c |k|)."""

from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .field import Number, field, number
from .flow import FOREVER, AbstractMultiplier, Factors, Flow, started
from .transform import Axes, Mode


class Oscillation(AbstractMultiplier):
    """cos(c |k| t) of the displacement, sin(c |k| t) / (c |k|) of the velocity, which is t at k = 0."""

    c: Any
    earliest: ClassVar[float] = FOREVER

    def __call__(self, modes: tuple[Mode, ...], t: Array) -> Factors:
        total = 0.0
        for mode in modes:
            total = total + mode.k**2
        phase = self.c * np.sqrt(total) * t
        return (jnp.cos(phase),), (t * jnp.sinc(phase / jnp.pi),)


def wave(u0: Any, v0: Any, *, c: Number, on: Axes) -> Flow:
    """The flow of u_tt = c^2 lap u from the displacement `u0` and the velocity `v0`.

    - `u0`, `v0`: real values at the nodes of `on`, of one shape, any dimension.
    - `c`: the speed.
    - `on`: `Periodic(length)` or `Sine(length)`, one for all dimensions or a tuple with one each.

    The velocity at a time is `u.rate(t)`. The mean of a periodic `v0` carries the mean of u away, as t times it.
    Raises `ValueError` for other fields, or fields of two shapes.
    """
    displacement, transform = field("u0", u0, on)
    velocity, other = field("v0", v0, on)
    if transform != other:
        raise ValueError(f"u0 and v0 must have one shape, got {transform.shape} and {other.shape}.")
    if displacement.dtype != velocity.dtype:
        displacement, velocity = displacement.astype(float), velocity.astype(float)
    return started(transform, Oscillation(number("c", c)), displacement, velocity)
