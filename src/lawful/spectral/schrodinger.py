"""A free particle: i psi_t = -D lap psi, multiplier exp(-i D |k|^2 t)."""

from typing import Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array

from .field import Number, field, number
from .flow import FOREVER, AbstractMultiplier, Factors, Flow, started
from .transform import Axes, Mode


class Dispersion(AbstractMultiplier):
    """exp(-i D |k|^2 t)"""

    D: Any
    earliest: ClassVar[float] = FOREVER

    def __call__(self, modes: tuple[Mode, ...], t: Array) -> Factors:
        def along(mode: Mode) -> Array:
            phase = self.D * mode.k**2 * t
            return jnp.cos(phase) - 1j * jnp.sin(phase)

        return (tuple(along(mode) for mode in modes),)


def schrodinger(psi0: Any, *, D: Number = 0.5, on: Axes) -> Flow:
    """The flow of i psi_t = -D lap psi from `psi0`, complex values, forward and backward in time.

    - `psi0`: real or complex values at the nodes of `on`, any dimension.
    - `D`: hbar / (2 m); 1/2 in units where hbar and the mass are 1.
    - `on`: `Periodic(length)` or, between hard walls, `Sine(length)`; one for all dimensions or a tuple.

    The sum of |psi|^2 over the nodes is conserved. Raises `ValueError` for another `psi0` or `D`.
    """
    values, transform = field("psi0", psi0, on, keeps_complex=True)
    return started(transform, Dispersion(number("D", D)), values)
