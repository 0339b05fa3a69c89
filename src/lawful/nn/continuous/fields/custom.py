"""A vector field that a user writes as a function."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ...._names import arguments_of, check_names, describe_function, did_you_mean, listed
from ...schemes._base import State
from ._base import AbstractField, Values, damped, diagonal, named
from .parameter import AbstractParameter, Parameter

DRIVE = "I"


class Custom(AbstractField):
    """A field from a function of named components, the drive `I` and parameters, written on scalars.

    `function` returns a dict with a rate a component; `start` holds the components with their initial values,
    `params` numbers or `Parameter(start, lower, upper)`, each trained a neuron:

        def pendulum(angle, speed, I, friction):
            return {"angle": speed, "speed": I - jnp.sin(angle) - friction * speed}

        Custom(pendulum, start={"angle": 0.0, "speed": 0.0}, params={"friction": Parameter(0.1, lower=0)})

    Its semi-implicit step is z + h F / (1 + h d), d = max(-dF/dz, 0). Raises `ValueError` for a name that is not
    known, and where a rate is missing.
    """

    function: Callable[..., Mapping[str, Any]] = eqx.field(static=True)
    initial: tuple[tuple[str, float], ...] = eqx.field(static=True)
    given: tuple[tuple[str, AbstractParameter], ...]
    asked: tuple[str, ...] = eqx.field(static=True)
    components: tuple[str, ...] = eqx.field(static=True)
    coupled: bool = eqx.field(static=True)

    def __init__(
        self,
        function: Callable[..., Mapping[str, Any]],
        *,
        start: Mapping[str, float],
        params: Mapping[str, float | AbstractParameter] | None = None,
    ):
        self.function = function
        self.initial = tuple((name, float(value)) for name, value in start.items())
        if not self.initial:
            raise ValueError("a field needs at least one component, as in start={'v': 0.0}.")
        self.given = tuple(
            (name, value if isinstance(value, AbstractParameter) else Parameter(float(value)))
            for name, value in (params or {}).items()
        )
        self.components = tuple(name for name, _ in self.initial)
        known = check_names((*self.components, DRIVE, *(name for name, _ in self.given)), "names of a field")
        self.asked = arguments_of(function, known, "a field")
        self.coupled = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return dict(self.given)

    @property
    def start(self) -> tuple[float, ...]:
        return tuple(value for _, value in self.initial)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        scope: dict[str, Array] = {**named(self, state), DRIVE: drive, **p}
        found = self.function(**{name: scope[name] for name in self.asked})
        if not isinstance(found, Mapping):
            raise TypeError(
                f"{describe_function(self.function)} must return a dict with the rate of {listed(self.components)}, "
                f"got {type(found).__name__}."
            )
        for name in found:
            if name not in self.components:
                raise ValueError(
                    f"{describe_function(self.function)} returns a rate of {name!r}, which is no component."
                    f"{did_you_mean(name, self.components)} Components: {listed(self.components)}."
                )
        missing = [name for name in self.components if name not in found]
        if missing:
            raise ValueError(
                f"{describe_function(self.function)} returns no rate of {listed(missing)}; return one, 0.0 for none."
            )
        rates = ((found[name], z) for name, z in zip(self.components, state, strict=True))
        return tuple(jnp.broadcast_to(jnp.asarray(rate, z.dtype), z.shape) for rate, z in rates)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        return diagonal(self, state, drive, p)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        return damped(self, state, drive, p, h)

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)
