"""What a scheme sees of a field, and how its steps become a flow."""

import abc
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array

State: TypeAlias = tuple[Array, ...]
"""One array a component of the state, all of one shape (points, neurons)."""

UNROLLED = 8
"""Up to this many steps are written out, so that XLA fuses them; more are scanned."""


class System(NamedTuple):
    """z' = F(z) with drive and parameters bound, on states of one array a component.

    `rate` is F; `decay` the rates d_i in F_i = d_i (target_i - z_i) with targets that are held during a step;
    `implicit(z, h)` the semi-implicit step of the field; `coupled` says whether neurons see each other.
    """

    name: str
    rate: Callable[[State], State]
    decay: Callable[[State], State]
    implicit: Callable[[State, Any], State]
    coupled: bool


class AbstractScheme(eqx.Module):
    """Advances a system over a horizon. `order` is the order of convergence in the step.

    `reach` is how far along the negative real axis its stability region extends: a decay of rate r is damped
    for steps up to reach / r; infinite where no step makes a decaying solution grow.
    """

    order: eqx.AbstractVar[int]
    reach: eqx.AbstractVar[float]

    @abc.abstractmethod
    def march(self, system: System, state: State, horizon: Any, steps: int, *, checkpoint: bool) -> State:
        """The state at the end of `horizon` (a number, or one a neuron), after that many equal steps."""

    @abc.abstractmethod
    def trajectory(self, system: System, state: State, horizon: Any, steps: int) -> State:
        """The states after 0, 1, ..., steps steps, along a new first axis."""


class AbstractStepper(AbstractScheme):
    """A scheme of one step: gradients are those of the steps as they were taken."""

    @abc.abstractmethod
    def step(self, system: System, state: State, h: Any) -> State:
        """The state a step of length h later."""

    def march(self, system: System, state: State, horizon: Any, steps: int, *, checkpoint: bool) -> State:
        h = horizon / steps

        def advance(z: State) -> State:
            return self.step(system, z, h)

        if steps <= UNROLLED and not checkpoint:
            for _ in range(steps):
                state = advance(state)
            return state
        one = jax.checkpoint(advance) if checkpoint else advance
        return jax.lax.scan(lambda z, _: (one(z), None), state, length=steps, unroll=min(4, steps))[0]

    def trajectory(self, system: System, state: State, horizon: Any, steps: int) -> State:
        h = horizon / steps

        def advance(z: State, _: None) -> tuple[State, State]:
            after = self.step(system, z, h)
            return after, after

        _, later = jax.lax.scan(advance, state, length=steps)
        return tuple(jnp.concatenate([z[None], rest]) for z, rest in zip(state, later, strict=True))


def along(state: State, rate: State, h: Any) -> State:
    """z + h F."""
    return tuple(z + h * f for z, f in zip(state, rate, strict=True))


def phi1(x: Array) -> Array:
    """(e^x - 1) / x, which is 1 at zero; differentiable there too."""
    near = jnp.abs(x) < 1e-2
    safe = jnp.where(near, 1.0, x)
    series = 1 + x / 2 * (1 + x / 3 * (1 + x / 4 * (1 + x / 5)))
    return jnp.where(near, series, jnp.expm1(safe) / safe)


def blocks(system: System, state: State, scheme: str) -> tuple[State, list[State]]:
    """F, and the derivatives of F by each component, where no neuron sees another.

    The j-th entry holds dF_i / dz_j for all i; one forward derivative a component gives them for all neurons.
    Raises `ValueError` for coupled fields.
    """
    if system.coupled:
        raise ValueError(
            f"{scheme} takes the derivatives of each neuron for itself, and the neurons of {system.name} are coupled; "
            "take Heun() or SemiImplicit()."
        )
    columns: list[State] = []
    for j in range(len(state)):
        tangent = tuple(jnp.ones_like(z) if i == j else jnp.zeros_like(z) for i, z in enumerate(state))
        columns.append(jax.jvp(system.rate, (state,), (tangent,))[1])
    return system.rate(state), columns
