"""A layer that is the flow of an ordinary differential equation."""

import dataclasses
import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..._numbers import check_whole, is_real, plain
from .._base import Frozen
from ..schemes._base import AbstractScheme, System
from ..schemes.heun import Heun
from .drive import AbstractDrive, AbstractWiring, Current, Driven
from .fields import AbstractField, FitzHughNagumo, Parameter
from .fields._base import bound
from .readout import AbstractReadout, Final, chosen, read
from .stability import fastest_decay, stable_step, warn_beyond

ROWS = 64
"""Rows of data that the stable step of a trained layer is computed from."""


LONGEST = 1.5
"""Times the horizon given, up to which training may draw it: else steps grow beyond what their scheme bears."""


class NeuronFlow(eqx.Module):
    """The built layer: drive, flow over the horizon, read-out. Rows (points, inputs) to (points, outputs)."""

    wiring: AbstractWiring
    dynamics: dict[str, Array | Frozen]
    start: Array | Frozen
    horizon_raw: Array | Frozen
    field: AbstractField
    scheme: AbstractScheme
    readout: AbstractReadout
    names: tuple[str, ...] = eqx.field(static=True)
    horizon_start: float = eqx.field(static=True)
    steps: int = eqx.field(static=True)
    checkpoint: bool = eqx.field(static=True)

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        driven, system = self._begun(x)
        if self.readout.throughout:
            states = self.scheme.trajectory(system, driven.state, self.horizon, self.steps)
        else:
            states = self.scheme.march(
                system, driven.state, self.horizon, self.steps, checkpoint=self.checkpoint
            )
        return read(self.readout, self.names, self.field, states)

    @property
    def horizon(self) -> Array:
        """The time that the flow takes, (1, neurons) or (1, 1); positive."""
        return _horizon(self.horizon_start).value(_opened(self.horizon_raw))[None]

    @property
    def parameters(self) -> dict[str, Array]:
        """The values of the dynamical parameters, within their ranges."""
        known = self.field.parameters
        return {name: known[name].value(_opened(raw)) for name, raw in self.dynamics.items()}

    def trajectory(self, x: Float[Array, "points inputs"], *, factor: int = 1) -> dict[str, Array]:
        """The components by name along the flow, (steps x factor + 1, points, neurons) each."""
        driven, system = self._begun(x)
        states = self.scheme.trajectory(system, driven.state, self.horizon, self.steps * factor)
        return dict(zip(self.field.components, states, strict=True))

    def refined(self, factor: int) -> "NeuronFlow":
        """The same weights at `factor` times the steps."""
        check_whole("factor", factor)
        return dataclasses.replace(self, steps=self.steps * factor)

    def stable_step(self, x: Float[Array, "points inputs"]) -> float:
        """The longest stable step of this layer's scheme for the drives that the rows `x` give."""
        if not math.isfinite(self.scheme.reach):
            return math.inf
        driven, _ = self._begun(jnp.resize(x, (ROWS, x.shape[1])))  # repeated or cut: one shape to compile
        rate = fastest_decay(self.field, self._values(), driven.current, driven.state, self.horizon)
        return self.scheme.reach / rate if rate > 0 else math.inf

    def warn_if_unstable(self, x: Float[Array, "points inputs"], where: str = "DynamicalLayer") -> None:
        """Warn where this layer's step is longer than the stable one on the rows `x`."""
        step = float(np.max(np.asarray(self.horizon))) / self.steps
        warn_beyond(step, self.stable_step(x), self.field, self.scheme, where)

    def _begun(self, x: Array) -> tuple[Driven, System]:
        driven = self.wiring(x, tuple(z[None] for z in _opened(self.start)))
        return driven, bound(self.field, driven.current, self._values())

    def _values(self) -> dict[str, Array]:
        return {k: p[None] if p.ndim == 1 else p for k, p in self.parameters.items()}


class DynamicalLayer(eqx.Module):
    """A layer of `width` neurons whose output is the state of z' = F(z, I) after the time `horizon`.

    - `field`: the vector field; each neuron has parameters of its own, trained unless `train_dynamics` is False.
    - `drive`: whether inputs are a current (`Current()`), the initial state (`Start()`) or both.
    - `scheme`, `steps`: how it is integrated; gradients are those of the steps taken.
    - `horizon`: in the field's time; trained, one a neuron, up to 1.5 times of it, unless `train_horizon` is False.
    - `readout`: `Final()` or `Mean()`, of named components.
    - `checkpoint`: recompute steps in the gradient instead of keeping them: less memory, more time.
    - `train_start`: train the state at the start too, one a neuron.

    Warns (`UnstableStepWarning`) where the step is longer than an explicit scheme bears at currents up to 1.
    Raises `ValueError` for sizes that are no whole numbers and a horizon that is not above zero.
    """

    width: int = eqx.field(default=32, static=True, converter=plain)
    field: AbstractField = FitzHughNagumo()
    drive: AbstractDrive = Current()
    scheme: AbstractScheme = Heun()
    horizon: float = eqx.field(default=1.0, static=True)
    steps: int = eqx.field(default=6, static=True, converter=plain)
    readout: AbstractReadout = Final()
    checkpoint: bool = eqx.field(default=False, static=True)
    train_dynamics: bool = eqx.field(default=True, static=True)
    train_horizon: bool = eqx.field(default=True, static=True)
    train_start: bool = eqx.field(default=False, static=True)

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("steps", self.steps)
        if not (is_real(self.horizon) and self.horizon > 0):
            raise ValueError(f"horizon must be a time above 0, got {self.horizon!r}.")
        chosen(self.readout, self.field, self.width)
        if math.isfinite(self.scheme.reach):
            limit = stable_step(self.field, horizon=self.horizon, reach=self.scheme.reach)
            warn_beyond(self.horizon / self.steps, limit, self.field, self.scheme, "DynamicalLayer")

    def build(self, inputs: int, *, key: PRNGKeyArray, dtype: Any, width: int | None = None) -> NeuronFlow:
        """The layer with fresh weights, for rows of `inputs` columns; `width` in the place of its own."""
        width = self.width if width is None else width
        wires, *keys = jax.random.split(key, 1 + len(self.field.parameters))
        dynamics: dict[str, Array | Frozen] = {}
        for each, (name, parameter) in zip(keys, self.field.parameters.items(), strict=True):
            raw = parameter.draw(width, key=each, dtype=dtype)
            dynamics[name] = raw if self.train_dynamics else Frozen(raw)
        start = jnp.tile(jnp.asarray(self.field.start, dtype)[:, None], (1, width))
        horizon = _horizon(self.horizon).draw(width, key=key, dtype=dtype)
        return NeuronFlow(
            self.drive.build(inputs, width, key=wires, dtype=dtype),
            dynamics,
            start if self.train_start else Frozen(start),
            horizon if self.train_horizon else Frozen(horizon[:1]),
            self.field,
            self.scheme,
            self.readout,
            chosen(self.readout, self.field, width),
            self.horizon,
            self.steps,
            self.checkpoint,
        )


def _horizon(start: float) -> Parameter:
    return Parameter(start, 0.0, LONGEST * start)


def _opened(raw: Array | Frozen) -> Array:
    return raw.value if isinstance(raw, Frozen) else raw
