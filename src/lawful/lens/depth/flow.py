"""Layers in continuous depth as the lens sees them: a vector field, the states it starts from, a time."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..._names import did_you_mean, listed
from ...nn import schemes
from ...nn.continuous import AbstractField, AbstractMap, Coupling
from ...nn.continuous.fields._base import bound
from ...nn.continuous.layer import NeuronFlow
from ...nn.continuous.neural_ode import Branch, NeuralFlow, system_of
from ...nn.continuous.readout import read
from ...nn.continuous.resnet import ResidualMap
from ...nn.continuous.stack import FlowNetwork


class Flow(eqx.Module):
    """A layer at rows: z' = F(z, I) from `start` over `horizon`, in `steps` steps of `scheme`, in float64.

    - `start`: one array (rows, neurons) a component; `current` (rows, neurons), None where F takes none.
    - `parameters`: (1, neurons) each, or (neurons, neurons) of a coupling.
    - `horizon` (1, neurons): the time each neuron takes.
    """

    name: str = eqx.field(static=True)
    components: tuple[str, ...] = eqx.field(static=True)
    dynamics: AbstractField | Branch
    parameters: dict[str, Array]
    current: Float[Array, "rows neurons"] | None
    start: tuple[Float[Array, "rows neurons"], ...]
    horizon: Float[Array, "1 neurons"]
    scheme: schemes.AbstractScheme
    steps: int = eqx.field(static=True)

    @property
    def field(self) -> str:
        """The kind of the vector field."""
        return "tanh(z W + b) V + c" if isinstance(self.dynamics, Branch) else type(self.dynamics).__name__

    @property
    def coupled(self) -> bool:
        """Whether neurons see each other within the layer."""
        return isinstance(self.dynamics, Branch) or self.dynamics.coupled

    @property
    def neurons(self) -> int:
        return int(self.horizon.shape[1])

    @property
    def system(self) -> schemes.System:
        """The field with current and parameters bound."""
        if isinstance(self.dynamics, Branch):
            return system_of(self.dynamics)
        drive = jnp.zeros_like(self.start[0]) if self.current is None else self.current
        return bound(self.dynamics, drive, self.parameters)

    def refined(self, factor: int) -> "Flow":
        """The same flow in `factor` times the steps."""
        return dataclasses.replace(self, steps=self.steps * factor)

    def trajectory(self) -> Float[np.ndarray, "steps rows neurons components"]:
        """The states after 0, 1, ..., `steps` steps."""
        return np.stack([np.asarray(z) for z in _trajectory(self)], axis=-1)


@eqx.filter_jit
def _trajectory(flow: Flow) -> tuple[Array, ...]:
    return flow.scheme.trajectory(flow.system, flow.start, flow.horizon, flow.steps)


def flow(
    field: AbstractField,
    current: Any,
    *,
    params: Mapping[str, Any] | None = None,
    start: Mapping[str, Any] | None = None,
    horizon: Any,
    steps: int = 400,
    scheme: schemes.AbstractScheme | None = None,
) -> Flow:
    """A flow from a field and numbers: currents (rows,) or (rows, neurons), one neuron where they are (rows,).

    `params` are values by name, a number or one a neuron, by default those at which the field begins; `start` holds
    components of the initial state, numbers or (rows, neurons); `scheme` None is `RungeKutta4()`. Raises `ValueError`
    for names that the field does not have.
    """
    drive = jnp.asarray(current, jnp.float64)
    drive = drive[:, None] if drive.ndim == 1 else drive
    if drive.ndim != 2:
        raise ValueError(f"current has the shape {drive.shape}; give (rows,) or (rows, neurons).")
    begun = dict(zip(field.components, field.start, strict=True))
    _known("start", start or {}, begun, field)
    states = begun | dict(start or {})
    return Flow(
        type(field).__name__,
        field.components,
        field,
        values(field, params, drive.shape[1]),
        drive,
        tuple(jnp.broadcast_to(jnp.asarray(states[n], jnp.float64), drive.shape) for n in field.components),
        jnp.broadcast_to(jnp.asarray(horizon, jnp.float64).reshape(1, -1), (1, drive.shape[1])),
        scheme or schemes.RungeKutta4(),
        steps,
    )


def values(field: AbstractField, params: Mapping[str, Any] | None, neurons: int) -> dict[str, Array]:
    """Parameters by name, (1, neurons) or (neurons, neurons) each; raises `ValueError` for an unknown name."""
    given = dict(params or {})
    _known("params", given, field.parameters, field)
    found = {}
    for name, parameter in field.parameters.items():
        raw = parameter.draw(neurons, key=jax.random.key(0), dtype=jnp.float64)
        value = jnp.asarray(given.get(name, parameter.value(raw)), jnp.float64)
        shape = (neurons, neurons) if isinstance(parameter, Coupling) else (1, neurons)
        found[name] = jnp.broadcast_to(value if value.ndim == 2 else value.reshape(1, -1), shape)
    return found


def _known(what: str, given: Mapping[str, Any], known: Mapping[str, Any], field: AbstractField) -> None:
    for name in given:
        if name not in known:
            raise ValueError(
                f"{what}: {type(field).__name__} has no {name!r}.{did_you_mean(name, known)} It has {listed(known)}."
            )


def flows(model: Any, X: Any = None, *, factor: int = 1) -> tuple[Flow, ...]:
    """The layers of a network in continuous depth at the rows `X`, at `factor` times the steps of training.

    A fitted estimator takes rows as its `predict` does, a network rows (rows, inputs) as they come in; flows are
    returned as they are. Layers are numbered from 1. Raises `ValueError` for a network without a vector field.
    """
    if isinstance(model, Flow):
        return (model.refined(factor),)
    if isinstance(model, tuple):
        return tuple(one.refined(factor) for one in model)
    network, x = opened(model, X)
    network = network.refined(factor)
    if isinstance(network, FlowNetwork):
        found = []
        for i, layer in enumerate(network.layers):
            found.append(_of_layer(f"layer {i + 1}", layer, x))
            x = handed(layer, x)
        return tuple(found)
    if isinstance(network, NeuralFlow):
        start = network.lift(x)
        return (_of_branch("layer 1", network.branch, start, network.horizon, network.scheme, network.steps),)
    if isinstance(network, ResidualMap):
        found, state = [], network.lift(x)
        for i, branch in enumerate(network.branches):
            one = _of_branch(f"block {i + 1}", branch, state, 1.0, schemes.ExplicitEuler(), network.steps)
            found.append(one)
            state = jnp.asarray(one.trajectory()[-1, :, :, 0])
        return tuple(found)
    raise ValueError(
        f"a {type(network).__name__} has no layers that follow a vector field; the lens on continuous depth takes "
        "DynPMNN, NeuralODE and ResNet."
    )


@eqx.filter_jit
def handed(layer: NeuronFlow, x: Array) -> Array:
    """What a layer hands on, by a loop over its steps: steps written out take XLA long to compile."""
    driven, system = layer._begun(x)
    states = layer.scheme.trajectory(system, driven.state, layer.horizon, layer.steps)
    kept = states if layer.readout.throughout else tuple(z[-1] for z in states)
    return read(layer.readout, layer.names, layer.field, kept)


def opened(model: Any, X: Any) -> tuple[AbstractMap, Array]:
    """The network in float64, and rows as it sees them."""
    if X is None:
        raise ValueError(
            "give rows: the states of a network depend on what comes in, as in hidden_paths(model, X)."
        )
    from ...learn import AbstractEstimator

    if isinstance(model, AbstractEstimator):
        x, network = model._scaled(X), model.map_
    else:
        x, network = np.asarray(X, np.float64), model
    if x.ndim != 2:
        raise ValueError(f"rows have the shape {x.shape}; give (rows, inputs).")
    double = jax.tree.map(lambda a: a.astype(jnp.float64) if eqx.is_inexact_array(a) else a, network)
    return double, jnp.asarray(x, jnp.float64)


def _of_layer(name: str, layer: NeuronFlow, x: Array) -> Flow:
    driven, _ = layer._begun(x)
    wide = (1, driven.state[0].shape[1])
    return Flow(
        name,
        layer.field.components,
        layer.field,
        layer._values(),
        driven.current,
        driven.state,
        jnp.broadcast_to(layer.horizon, wide),
        layer.scheme,
        layer.steps,
    )


def _of_branch(
    name: str, branch: Branch, start: Array, horizon: float, scheme: schemes.AbstractScheme, steps: int
) -> Flow:
    wide = jnp.full((1, start.shape[1]), horizon, start.dtype)
    return Flow(name, ("z",), branch, {}, None, (start,), wide, scheme, steps)
