"""Advection: u_t + c . grad u = 0, multiplier exp(-i c . k t)."""

from typing import Any, ClassVar

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .field import field, number
from .flow import FOREVER, AbstractMultiplier, Factors, Flow, started
from .transform import Axes, Mode


class Shift(AbstractMultiplier):
    """exp(-i c . k t), and cos(c k t) along axes where a wave is its own mirror image on the nodes: of
    cos(k (x - c t)) they see only cos(k c t) cos(k x)."""

    c: tuple[Any, ...]
    earliest: ClassVar[float] = FOREVER

    def __call__(self, modes: tuple[Mode, ...], t: Array) -> Factors:
        def along(c: Any, mode: Mode) -> Array:
            phase = c * mode.k * t
            return jnp.cos(phase) - 1j * jnp.where(mode.nyquist, 0.0, jnp.sin(phase))

        return (tuple(along(c, mode) for c, mode in zip(self.c, modes, strict=True)),)


def advection(u0: Any, *, c: Any, on: Axes) -> Flow:
    """The flow of u_t + c . grad u = 0 from `u0`: u0 moved by c t, between the nodes too.

    - `u0`: values at the nodes of `on`, any dimension; complex ones stay complex.
    - `c`: the velocity, a number in one dimension, else one for each.
    - `on`: `Periodic(length)`, one for all dimensions or a tuple with one each.

    The wave of period two nodes, of an even number of them, has no direction; it becomes a standing one. All
    others are carried exactly, so what the nodes resolve returns after a round. Raises `ValueError` for a
    `c` of another length and for an axis that is not periodic.
    """
    values, transform = field("u0", u0, on, keeps_complex=np.iscomplexobj(u0))
    if len(transform.circles) < len(transform.axes):
        raise ValueError(
            "advection needs Periodic axes: across a wall that is held at zero nothing is carried."
        )
    velocity = tuple(c) if isinstance(c, tuple | list | np.ndarray) and np.ndim(c) else (c,)
    if len(velocity) != len(transform.axes):
        raise ValueError(
            f"c must have a component for each of the {len(transform.axes)} dimension(s) of u0, got {len(velocity)}."
        )
    return started(transform, Shift(tuple(number("c", part) for part in velocity)), values)
