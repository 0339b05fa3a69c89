"""What a network obeys in the place of a conservation law, so that of all weak solutions it finds the right one."""

import abc
import math
import numbers
from typing import Any

import equinox as eqx

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
        value = self.amount
        number = float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
        if not (math.isfinite(number) and number > 0):
            raise ValueError(f"amount must be a finite number above 0, got {value!r}.")

    def closed(self, residual: Any, field: Field, space: tuple[str, ...]) -> Any:
        return residual - self.amount * sum(field._derivative({c: 2}) for c in space)
