"""What a network obeys in the place of a conservation law, so that of all weak solutions it finds the right one."""

import abc
from collections.abc import Callable
from typing import Any

import equinox as eqx

from .._names import listed
from .._numbers import check_positive
from ..calculus import Field, Scope
from .balance import Balance
from .expansion import expanded, integrated


class AbstractClosure(eqx.Module):
    """A smooth law that tends to the conservation law with its entropy condition."""

    @abc.abstractmethod
    def law(self, balance: Balance, scope: Scope, what: str) -> Callable[..., Any]:
        """The residual of the smooth law, as a function of names; raises `ValueError`, with `what` in front, where the
        law is none that can be closed so."""


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
        check_positive("amount", self.amount)

    def law(self, balance: Balance, scope: Scope, what: str) -> Callable[..., Any]:
        def added(field: Field, space: tuple[str, ...]) -> Any:
            return -self.amount * sum(field._derivative({c: 2}) for c in space)

        return expanded(balance, scope, added)


class Potential(AbstractClosure):
    """The law integrated along the one coordinate x of space: the network is Q, whose slope is what is conserved.

        ∂Q/∂t + f(q, x, t) = ε ∂q/∂x,   q = ∂Q/∂x

    Where q jumps Q has a kink, so a shock stands where the states beside it put it, as Rankine and Hugoniot ask; a
    network of q itself may hide it between two points. `viscosity` is ε, which picks the entropy solution, with the
    width and the error of a shock that `Viscosity` names. The start is integrated as well; walls and data are met by
    the slope, none of them exactly. Take `ResidualAdaptive(every=50)` for the points. Raises `ValueError` unless
    viscosity > 0, for a law with a source, or with more than one coordinate of space.
    """

    viscosity: float = 5e-4

    def __check_init__(self) -> None:
        check_positive("viscosity", self.viscosity)

    def law(self, balance: Balance, scope: Scope, what: str) -> Callable[..., Any]:
        if len(balance.flux) > 1:
            raise ValueError(
                f"{what}: Potential is for one coordinate of space, and here are {listed(balance.flux)}; take "
                "closure=Viscosity(1e-3)."
            )
        if balance.source is not None:
            raise ValueError(
                f"{what}: Potential is for laws without a source, whose integral no place knows; take "
                "closure=Viscosity(1e-3)."
            )

        def added(field: Field, space: tuple[str, ...]) -> Any:
            return -self.viscosity * field._derivative({space[0]: 1})

        return integrated(balance, scope, added)
