"""How what comes in acts on the neurons: as a current, as their initial state, or both."""

import abc
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from ..._numbers import check_positive
from ..schemes._base import State
from ._base import Linear


class Driven(NamedTuple):
    """The state at the start, and the current that is held, of each point and neuron."""

    state: State
    current: Array


class AbstractWiring(eqx.Module):
    """The weights of a drive, called with inputs and the neurons' own start."""

    @abc.abstractmethod
    def __call__(self, x: Array, start: State) -> Driven:
        """Start and current of each point."""


class AbstractDrive(eqx.Module):
    """Builds the weights between what comes in and the neurons; `gain` is the deviation of what they pass on."""

    gain: eqx.AbstractVar[float]

    @abc.abstractmethod
    def build(self, inputs: int, width: int, *, key: PRNGKeyArray, dtype: Any) -> AbstractWiring:
        """The wiring, with fresh weights."""


class CurrentWiring(AbstractWiring):
    """I = x W + b."""

    current: Linear

    def __call__(self, x: Array, start: State) -> Driven:
        current = self.current(x)
        return Driven(tuple(jnp.broadcast_to(z, current.shape) for z in start), current)


class BoundedWiring(AbstractWiring):
    """I = L tanh((x W + b) / L)."""

    current: Linear
    limit: float = eqx.field(static=True)

    def __call__(self, x: Array, start: State) -> Driven:
        current = self.limit * jnp.tanh(self.current(x) / self.limit)
        return Driven(tuple(jnp.broadcast_to(z, current.shape) for z in start), current)


class StartWiring(AbstractWiring):
    """z_0(0) = start + x W + b, I = 0."""

    offset: Linear

    def __call__(self, x: Array, start: State) -> Driven:
        first = start[0] + self.offset(x)
        rest = tuple(jnp.broadcast_to(z, first.shape) for z in start[1:])
        return Driven((first, *rest), jnp.zeros_like(first))


class BothWiring(AbstractWiring):
    """z_0(0) = start + x V + c, I = x W + b."""

    current: CurrentWiring
    start: StartWiring

    def __call__(self, x: Array, start: State) -> Driven:
        return Driven(self.start(x, start).state, self.current(x, start).current)


class Current(AbstractDrive):
    """The inputs are a current into each neuron, held through the flow: I = x W + b."""

    gain: float = eqx.field(default=1.0, static=True)

    def build(self, inputs: int, width: int, *, key: PRNGKeyArray, dtype: Any) -> CurrentWiring:
        return CurrentWiring(Linear(inputs, width, key=key, dtype=dtype, gain=self.gain))


class BoundedCurrent(AbstractDrive):
    """The inputs are a current that saturates, as that of a synapse: I = L tanh((x W + b) / L), L = `limit`.

    Training cannot drive neurons faster than steps resolve: `stable_step(field, drive=limit)` holds for all weights.
    Raises `ValueError` for a limit that is not above zero.
    """

    limit: float = eqx.field(default=3.0, static=True)
    gain: float = eqx.field(default=1.0, static=True)

    def __check_init__(self) -> None:
        check_positive("limit", self.limit)

    def build(self, inputs: int, width: int, *, key: PRNGKeyArray, dtype: Any) -> BoundedWiring:
        return BoundedWiring(Linear(inputs, width, key=key, dtype=dtype, gain=self.gain), self.limit)


class Start(AbstractDrive):
    """The inputs move the first component of the initial state: z(0) = start + x W + b, no current."""

    gain: float = eqx.field(default=1.0, static=True)

    def build(self, inputs: int, width: int, *, key: PRNGKeyArray, dtype: Any) -> StartWiring:
        return StartWiring(Linear(inputs, width, key=key, dtype=dtype, gain=self.gain))


class CurrentAndStart(AbstractDrive):
    """The inputs are a current and move the initial state, with weights of their own each."""

    gain: float = eqx.field(default=1.0, static=True)

    def build(self, inputs: int, width: int, *, key: PRNGKeyArray, dtype: Any) -> BothWiring:
        first, second = jax.random.split(key)
        return BothWiring(
            Current(self.gain).build(inputs, width, key=first, dtype=dtype),
            Start(self.gain).build(inputs, width, key=second, dtype=dtype),
        )
