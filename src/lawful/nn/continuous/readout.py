"""What a layer hands on of its neurons' states."""

import abc

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ..._names import did_you_mean, listed
from ..schemes._base import State
from .fields import AbstractField


class AbstractReadout(eqx.Module):
    """Chooses among what a field lets observe. `names` empty means the first.

    `throughout` says whether it needs the states of all steps rather than the last.
    """

    names: eqx.AbstractVar[tuple[str, ...]]
    throughout: eqx.AbstractClassVar[bool]

    @abc.abstractmethod
    def reduced(self, values: Array) -> Array:
        """The values of one name, (points, neurons), or (steps + 1, points, neurons) if `throughout`."""


class Final(AbstractReadout):
    """The named values at the end of the flow, side by side: `Final("v", "w")`; `Final()` the field's first."""

    names: tuple[str, ...] = eqx.field(static=True)
    throughout = False

    def __init__(self, *names: str):
        self.names = names

    def reduced(self, values: Array) -> Array:
        return values


class Mean(AbstractReadout):
    """The means of the named values over the flow, by the trapezoidal rule."""

    names: tuple[str, ...] = eqx.field(static=True)
    throughout = True

    def __init__(self, *names: str):
        self.names = names

    def reduced(self, values: Array) -> Array:
        return (values[0] / 2 + jnp.sum(values[1:-1], 0) + values[-1] / 2) / (values.shape[0] - 1)


def chosen(readout: AbstractReadout, field: AbstractField, width: int) -> tuple[str, ...]:
    """The names that a read-out takes of a field; raises `ValueError` for one that it does not have."""
    shown = field.observed(tuple(jnp.zeros((1, width)) for _ in field.components))
    for name in readout.names:
        if name not in shown:
            raise ValueError(
                f"{type(readout).__name__}({name!r}): {type(field).__name__} shows no {name!r}."
                f"{did_you_mean(name, shown)} It shows {listed(shown)}."
            )
    return readout.names or (next(iter(shown)),)


def read(readout: AbstractReadout, names: tuple[str, ...], field: AbstractField, state: State) -> Array:
    """The named values, joined along the last axis."""
    shown = field.observed(state)
    parts = [readout.reduced(shown[name]) for name in names]
    return parts[0] if len(parts) == 1 else jnp.concatenate(parts, -1)
