"""How flows stretch small differences along depth: the tangent maps of layers and of the whole stack."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.figure import Figure

from ...nn import schemes
from ...nn.continuous.neural_ode import NeuralFlow, system_of
from ...nn.continuous.resnet import ResidualMap
from ...nn.continuous.stack import FlowNetwork
from ..drawing import colour, sheet, styled
from .flow import Flow, flows, handed, opened

FACTOR = 8


@dataclass(frozen=True, eq=False)
class FlowExponents:
    """Of one layer: (1/T) log of the singular values of dz(T)/dz(0), largest first, NaN where lost in rounding.

    - `exponents`: (rows, neurons, components) where each neuron is by itself, (rows, 1, neurons x components) where
      they are coupled.
    - `growth`: log of the largest singular value along the layer, (rows, steps + 1, neurons or 1).
    - `times` (steps + 1, neurons or 1).
    """

    name: str
    field: str
    coupled: bool
    exponents: Float[np.ndarray, "rows units directions"]
    growth: Float[np.ndarray, "rows steps units"]
    times: Float[np.ndarray, "steps units"]

    @property
    def largest(self) -> float:
        """The mean over rows and neurons of the largest exponent: above 0, differences grow."""
        return float(self.exponents[..., 0].mean())


@dataclass(frozen=True, eq=False)
class DepthExponents:
    """Exponents of each layer's flow, and of the map through all layers up to each.

    `stack[l]` (rows, r): (1/l) log of the singular values of the derivative of the states handed on by layer l by the
    inputs, which counts layers and includes the weights between them; empty for flows by themselves.
    """

    layers: tuple[FlowExponents, ...]
    stack: tuple[Float[np.ndarray, "rows directions"], ...]

    def plot(self) -> Figure:
        """The exponents of each layer, the growth along it, and the exponents of the stack."""
        with styled():
            figure = sheet(9.6, 3.0)
            left, middle, right = figure.subplots(1, 3)
            for k, layer in enumerate(self.layers):
                means = layer.exponents.mean(0)
                ranks = np.arange(1, means.shape[1] + 1)
                left.plot(ranks, means.T, ".-", color=colour(k), lw=0.6, ms=3, alpha=0.6)
                left.plot([], [], color=colour(k), label=layer.name)
                share = np.linspace(0, 1, layer.growth.shape[1])
                low, mid, high = np.quantile(layer.growth.max(axis=2), [0.1, 0.5, 0.9], axis=0)
                middle.plot(share, mid, color=colour(k), label=layer.name)
                middle.fill_between(share, low, high, color=colour(k), alpha=0.2, lw=0)
            for k, values in enumerate(self.stack):
                ranks = np.arange(1, values.shape[1] + 1)
                right.plot(ranks, values.mean(0), ".-", color=colour(k), label=f"to {self.layers[k].name}")
            titles = (
                ("rank", "exponent, per unit of time", "flows: mean over rows, a line a neuron"),
                (
                    "share of the horizon",
                    "log of the largest stretching",
                    "largest of the layer, 80 % of rows",
                ),
                ("rank", "exponent, per layer", "the stack, from its inputs"),
            )
            for axes, (x, y, title) in zip((left, middle, right), titles, strict=True):
                axes.axhline(0, color="0.4", lw=0.8, ls=":")
                axes.set(xlabel=x, ylabel=y, title=title)
                if axes.get_legend_handles_labels()[0]:
                    axes.legend(fontsize=7)
            for axes in (left, right):
                axes.xaxis.get_major_locator().set_params(integer=True)
        return figure


def lyapunov_along_depth(model: Any, X: Any = None, *, factor: int = FACTOR) -> DepthExponents:
    """Finite-time Lyapunov exponents of layers in continuous depth at rows, at `factor` times the steps of training.

    The tangent map of a flow is propagated with it, a direction at a time; T is each neuron's own horizon, their mean
    where neurons are coupled. T is a few units of time: this is no limit. `model` is a fitted estimator or a network
    with rows `X`, or flows. Raises `ValueError` for a network without a vector field.
    """
    layers = tuple(exponents_of(one) for one in flows(model, X, factor=factor))
    if X is None:
        return DepthExponents(layers, ())
    network, x = opened(model, X)
    network = network.refined(factor)
    maps = [_through(count + 1) for count in range(len(layers))]
    stack = []
    for count, through in enumerate(maps):
        slopes = np.asarray(_jacobians(network, through, x))
        stack.append(_logs(slopes) / (count + 1))
    return DepthExponents(layers, tuple(stack))


def exponents_of(flow: Flow) -> FlowExponents:
    """The exponents of one flow."""
    # (steps, rows, units, outputs, directions): outputs of each direction of the initial state
    slopes = np.asarray(_tangents(flow))
    times = np.linspace(0, 1, flow.steps + 1)[:, None] * np.asarray(flow.horizon)
    if flow.coupled:
        times = times.mean(1, keepdims=True)
    logs = _logs(slopes[-1])
    if logs.shape[-1] == 2 and isinstance(flow.scheme, schemes.AbstractStepper):
        # the lesser of two is known from the area even where it is lost in rounding beside the greater
        logs = np.stack([logs[..., 0], np.asarray(_area(flow)) - logs[..., 0]], axis=-1)
    growth = np.log(np.linalg.norm(slopes, ord=2, axis=(-2, -1)))
    return FlowExponents(
        flow.name, flow.field, flow.coupled, logs / times[-1][None, :, None], np.moveaxis(growth, 0, 1), times
    )


def _logs(matrices: np.ndarray) -> np.ndarray:
    """log of the singular values, NaN below rounding of the largest."""
    sigma = np.linalg.svd(matrices, compute_uv=False)
    lost = sigma <= matrices.shape[-1] * np.finfo(float).eps * sigma[..., :1]
    return np.where(lost, np.nan, np.log(np.where(lost, 1.0, sigma)))


@eqx.filter_jit
def _tangents(flow: Flow) -> Array:
    count, n = len(flow.components), flow.neurons
    rows = flow.start[0].shape[0]
    if not flow.coupled:
        columns = [_tangent(flow, jnp.eye(count)[j][:, None] * jnp.ones((1, n))) for j in range(count)]
        return jnp.stack(columns, axis=-1)
    directions = jnp.eye(count * n).reshape(count * n, count, n)
    found = jax.lax.map(
        lambda d: _tangent(flow, d), directions
    )  # (directions, steps, rows, neurons, components)
    flat = jnp.moveaxis(found, -1, -2).reshape(count * n, flow.steps + 1, rows, 1, count * n)
    return jnp.moveaxis(flat, 0, -1)


@eqx.filter_jit
def _area(flow: Flow) -> Float[Array, "rows neurons"]:
    """log |det dz(T)/dz(0)| of neurons with two components, the sum over steps."""
    states = flow.scheme.trajectory(flow.system, flow.start, flow.horizon, flow.steps)
    scheme, h = flow.scheme, flow.horizon / flow.steps
    assert isinstance(scheme, schemes.AbstractStepper)

    def one(x: Array, y: Array) -> Array:
        ones, zeros = jnp.ones_like(x), jnp.zeros_like(x)

        def step(x: Array, y: Array) -> tuple[Array, ...]:
            return scheme.step(flow.system, (x, y), h)

        a, c = jax.jvp(step, (x, y), (ones, zeros))[1]
        b, d = jax.jvp(step, (x, y), (zeros, ones))[1]
        return jnp.log(jnp.abs(a * d - b * c))

    return jnp.sum(jax.lax.map(lambda z: one(*z), tuple(z[:-1] for z in states)), axis=0)


def _tangent(flow: Flow, direction: Array) -> Float[Array, "steps rows neurons components"]:
    """The derivative of the states by the initial one along `direction` (components, neurons), at all steps."""
    system, scheme, start = flow.system, flow.scheme, flow.start
    tangent = tuple(jnp.broadcast_to(d[None], z.shape) for d, z in zip(direction, start, strict=True))
    if isinstance(scheme, schemes.AbstractStepper):
        march: Callable[..., Any] = lambda *z: scheme.trajectory(system, z, flow.horizon, flow.steps)  # noqa: E731
        return jnp.stack(jax.jvp(march, start, tangent)[1], axis=-1)
    # a solver that cannot be differentiated forward is given the variational equation beside the state
    count = len(start)

    def rate(z: tuple[Array, ...]) -> tuple[Array, ...]:
        value, slope = jax.jvp(lambda *s: system.rate(s), z[:count], z[count:])
        return (*value, *slope)

    beside = system._replace(rate=rate)
    found = scheme.trajectory(beside, (*start, *tangent), flow.horizon, flow.steps)
    return jnp.stack(found[count:], axis=-1)


def _through(count: int) -> Callable[[Any, Array], Array]:
    """The states that layer number `count` hands on, as a function of a network and one row."""

    def through(network: Any, row: Array) -> Array:
        x = row[None]
        if isinstance(network, FlowNetwork):
            for layer in network.layers[:count]:
                x = handed(layer, x)
            return x[0]
        x, horizon, scheme = network.lift(x), 1.0, schemes.ExplicitEuler()
        branches = network.branches[:count] if isinstance(network, ResidualMap) else (network.branch,)
        if isinstance(network, NeuralFlow):
            horizon, scheme = network.horizon, network.scheme
        for branch in branches:
            x = scheme.trajectory(system_of(branch), (x,), horizon, network.steps)[0][-1]
        return x[0]

    return through


@eqx.filter_jit
def _jacobians(network: Any, through: Callable[[Any, Array], Array], x: Array) -> Array:
    # forward costs less, but solvers of diffrax bear no forward derivative
    used = jax.tree.leaves(network, is_leaf=lambda part: isinstance(part, schemes.AbstractScheme))
    parts = [part for part in used if isinstance(part, schemes.AbstractScheme)]
    ahead = all(isinstance(part, schemes.AbstractStepper) for part in parts)
    slope = jax.jacfwd if ahead else jax.jacrev
    return jax.vmap(slope(lambda row: through(network, row)))(x)
