"""A vector field that is known in part and learnt in part."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from ..._names import check_names, did_you_mean, listed
from ...nn._base import Frozen
from ...nn.continuous._base import Linear
from ...nn.continuous.feed_forward import FeedForward, FeedForwardMap
from ...nn.continuous.fields.custom import Custom
from ...nn.schemes import State, System

Known = Callable[..., Mapping[str, Any]]


class VectorField(eqx.Module):
    """f(z) = known(z; p) + A s + b + N(s), s = (z - mean) / size, in the components that are learnt.

    z (points, components); A s + b and N count in units of `rates`, those of the data. The affine part is what holds
    where no data have been.
    """

    affine: Linear
    network: FeedForwardMap
    raw: dict[str, Array]
    known: Custom | None
    mean: Frozen
    size: Frozen
    rates: Frozen
    learnt: Frozen

    def __call__(self, z: Array) -> Array:
        scaled = (z - self.mean.value[None]) / self.size.value[None]
        learnt = self.affine(scaled) + self.network(scaled)
        found = learnt * (self.rates.value * self.learnt.value)[None]
        return found if self.known is None else found + _known_rates(self.known, z, self.parameters)

    @property
    def parameters(self) -> dict[str, Array]:
        """The unknown numbers of the known part, within their ranges."""
        return (
            {} if self.known is None else {n: self.known.parameters[n].value(r) for n, r in self.raw.items()}
        )

    def system(self) -> System:
        """The field as the schemes see it, on a state of one array."""

        def rate(state: State) -> State:
            return (self(state[0]),)

        def decay(state: State) -> State:
            return (jnp.zeros_like(state[0]),)

        def implicit(state: State, h: Any) -> State:
            return (state[0] + h * self(state[0]),)

        return System("a vector field", rate, decay, implicit, True)


def described(
    components: tuple[str, ...],
    known: Known | None,
    params: Mapping[str, Any],
    learnt: tuple[str, ...] | None,
) -> tuple[Custom | None, np.ndarray]:
    """The known part, and 1 for each component that has a learnt one; raises `ValueError` for unknown names."""
    check_names(components, "components")
    for name in learnt or ():
        if name not in components:
            raise ValueError(
                f"learnt: {name!r} is no component.{did_you_mean(name, components)} Components: {listed(components)}."
            )
    if known is None and params:
        raise ValueError(f"params {listed(params)} belong to a known part; give it as known=.")
    part = None if known is None else Custom(known, start=dict.fromkeys(components, 0.0), params=params)
    return part, np.array([1.0 if learnt is None or name in learnt else 0.0 for name in components])


def fresh(
    t: np.ndarray,
    y: np.ndarray,
    hidden: tuple[int, ...],
    known: Custom | None,
    learnt: np.ndarray,
    *,
    key: PRNGKeyArray,
) -> VectorField:
    """A field to begin with, in the units of the data y (trajectories, times, components).

    The network begins at nothing, and the affine part at what the slopes of the data say by least squares, less the
    known part; where that has parameters to be found, which could be mistaken for it, at nothing as well. So the
    network learns what is not affine, and the affine part goes on where there are no data.
    """
    flat = y.reshape(-1, y.shape[-1])
    slopes = (np.diff(y, axis=1) / np.diff(t)[None, :, None]).reshape(flat.shape[0] - y.shape[0], -1)
    middles = ((y[:, 1:] + y[:, :-1]) / 2).reshape(slopes.shape)

    def frozen(values: np.ndarray) -> Frozen:
        return Frozen(jnp.asarray(values))

    def positive(values: np.ndarray) -> np.ndarray:
        return np.where(values > 0, values, 1.0)

    count = y.shape[-1]
    network = FeedForward(hidden, "tanh").build(count, count, key=key, dtype=jnp.float64)
    network = eqx.tree_at(lambda n: n.readout, network, jax.tree.map(jnp.zeros_like, network.readout))
    parameters = {} if known is None else known.parameters
    raw = {name: p.draw(1, key=key, dtype=jnp.float64) for name, p in parameters.items()}
    rates, mean, size = positive(np.sqrt(np.mean(slopes**2, 0))), flat.mean(0), positive(flat.std(0))
    rows = np.column_stack([(middles - mean) / size, np.ones(len(middles))])
    left = slopes if known is None or parameters else slopes - np.asarray(_known_rates(known, middles, {}))
    first = np.zeros((count + 1, count)) if parameters else np.linalg.lstsq(rows, left / rates)[0]
    affine = Linear(count, count, key=key, dtype=jnp.float64)
    affine = eqx.tree_at(
        lambda a: (a.weight, a.bias), affine, (jnp.asarray(first[:-1]), jnp.asarray(first[-1]))
    )
    return VectorField(
        affine, network, raw, known, frozen(mean), frozen(size), frozen(rates), frozen(learnt)
    )  # fmt: skip


def _known_rates(known: Custom, z: Any, parameters: Mapping[str, Array]) -> Array:
    """The rates (points, components) of the known part: a component a "neuron" of width 1, columns of z."""
    state = tuple(jnp.asarray(z)[:, i : i + 1] for i in range(z.shape[1]))
    values = {name: p.reshape(1, 1) for name, p in parameters.items()}
    return jnp.concatenate(known.rate(state, jnp.zeros_like(state[0]), values), 1)


def checked(t: Any, y: Any, components: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Times that increase, and trajectories (trajectories, times, components) of finite numbers."""
    times, values = np.asarray(t, float), np.asarray(y, float)
    if values.ndim == 2:
        values = values[None]
    if times.ndim != 1 or times.size < 2 or not (np.diff(times) > 0).all():
        raise ValueError(
            f"t must be a row of at least 2 increasing times, got an array of shape {times.shape}."
        )
    if values.ndim != 3 or values.shape[1:] != (times.size, len(components)):
        raise ValueError(
            f"y must have the shape ({times.size}, {len(components)}), a row a time and a column for each of "
            f"{listed(components)}, or trajectories of it along a first axis; got {values.shape}."
        )
    if not (np.isfinite(times).all() and np.isfinite(values).all()):
        raise ValueError("t and y must be finite numbers; leave out the times that were not observed.")
    return times, values


def split(field: VectorField) -> tuple[Any, Any]:
    """What training moves, and the rest."""
    return eqx.partition(field, eqx.is_inexact_array, is_leaf=lambda x: isinstance(x, Frozen))


def key_of(seed: int) -> PRNGKeyArray:
    """The random key of a seed."""
    return jax.random.key(seed)
