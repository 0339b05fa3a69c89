"""What a network obeys in the place of a conservation law, so that of all weak solutions it finds the right one."""

import abc
import math
import numbers
from typing import Any

import equinox as eqx
import jax.numpy as jnp

from ..calculus import Field


class AbstractClosure(eqx.Module):
    """A smooth law that tends to the conservation law with its entropy condition."""

    @abc.abstractmethod
    def closed(self, residual: Any, field: Field, space: tuple[str, ...]) -> Any:
        """The residual of the smooth law, from that of the conservation law of `field` at a place."""


class Viscosity(AbstractClosure):
    """Vanishing viscosity: the law holds up to `amount` times the Laplacian of what is conserved.

        ∂q/∂t + Σ ∂f_c/∂c - s = ε Σ ∂²q/∂c²

    `amount` is ε, a length squared over a time. A shock of height a becomes a layer of width 8 ε / a, with an error of
    about 2.8 ε in the integral of |q| across it for Burgers' flux. As ε falls the solution tends to the entropy
    solution (Kruzhkov 1970), and needs a network that resolves the layer, and points that follow it:
    `ResidualAdaptive(every=50)`. Raises `ValueError` unless amount > 0.
    """

    amount: float = 1e-3

    def __check_init__(self) -> None:
        _positive("amount", self.amount)

    def closed(self, residual: Any, field: Field, space: tuple[str, ...]) -> Any:
        return residual - self.amount * sum(field._derivative({c: 2}) for c in space)


class ShockLayer(AbstractClosure):
    """Viscosity where the solution is compressed, and none elsewhere: shocks of one width, smooth parts untouched.

        ∂q/∂t + Σ ∂f_c/∂c - s = ℓ² Σ ∂/∂c (|∂q/∂c| ∂q/∂c),    where ∂q/∂c < 0 alone

    `length` is ℓ; a shock of Burgers' equation becomes a sine of width π √2 ℓ whatever its height, with an error of
    .81 ℓ times the height in the integral of |q| across it. For fluxes that are convex, whose shocks fall along a
    coordinate; take `Viscosity` for others. Source: von Neumann and Richtmyer (1950), J. Appl. Phys. 21. Raises
    `ValueError` unless length > 0.
    """

    length: float = 3e-3

    def __check_init__(self) -> None:
        _positive("length", self.length)

    def closed(self, residual: Any, field: Field, space: tuple[str, ...]) -> Any:
        spread = 0.0
        for c in space:
            slope = field._derivative({c: 1})
            spread = spread + 2 * jnp.maximum(-slope, 0.0) * field._derivative({c: 2})
        return residual - self.length**2 * spread


def _positive(name: str, value: Any) -> None:
    number = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    if not (math.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a finite number above 0, got {value!r}.")
