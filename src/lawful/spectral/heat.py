"""Heat: u_t = alpha lap u, multiplier exp(-alpha |k|^2 t)."""

from typing import Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array

from .field import Number, field, number
from .flow import AbstractMultiplier, Factors, Flow, started
from .transform import Axes, Mode


class Spreading(AbstractMultiplier):
    """exp(-alpha |k|^2 t)"""

    alpha: Any
    earliest: ClassVar[float] = 0.0

    def __call__(self, modes: tuple[Mode, ...], t: Array) -> Factors:
        return (tuple(jnp.exp(-self.alpha * mode.k**2 * t) for mode in modes),)


def heat(u0: Any, *, alpha: Number, on: Axes) -> Flow:
    """The flow of u_t = alpha lap u from `u0`.

    - `u0`: real values at the nodes of `on`, any dimension.
    - `alpha`: the diffusivity, 0 or above.
    - `on`: `Periodic(length)` or `Sine(length)`, one for all dimensions or a tuple with one each.

    Raises `ValueError` for another `u0` or `alpha`, and the flow for a time below 0.
    """
    values, transform = field("u0", u0, on)
    return started(transform, Spreading(number("alpha", alpha, least=0.0)), values)
