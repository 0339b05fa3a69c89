"""Fixed points of vector fields, and which kind each is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float

from ...nn.continuous import AbstractField
from ...nn.continuous.fields._base import bound
from ...nn.schemes import RushLarsen
from .flow import Flow, values

DIFFERENT, RESIDUAL = 1e-6, 1e-9
STARTS, ITERATIONS = 64, 60
TIME, STEPS = 20.0, 400
COUPLED_ROWS = 16
ROUNDING = 1e-10


@dataclass(frozen=True, eq=False)
class Equilibria:
    """States with F(z, I) = 0, a row each, and the eigenvalues of dF/dz there; there may be others."""

    components: tuple[str, ...]
    current: float
    states: Float[np.ndarray, "found components"]
    eigenvalues: Complex[np.ndarray, "found components"]

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of each: node, focus or saddle, and whether it is stable."""
        return tuple(kind_of(values) for values in self.eigenvalues)


def kind_of(eigenvalues: Complex[np.ndarray, " components"]) -> str:
    """The kind of a fixed point, named by the eigenvalue of the largest real part where its parts differ in sign.

    Stable where all Re lambda < 0, unstable where all Re lambda > 0, a saddle between; a focus turns, a centre turns
    and neither attracts nor repels.
    """
    real = np.real(eigenvalues)
    leading = eigenvalues[int(np.argmax(real))]
    turns = abs(np.imag(leading)) > ROUNDING * np.abs(eigenvalues).max()
    if turns and abs(np.real(leading)) < ROUNDING * abs(leading):
        return "centre"
    if np.all(real < 0):
        return "stable focus" if turns else "stable node"
    if np.all(real > 0):
        return "unstable focus" if turns else "unstable node"
    return "saddle focus" if turns else "saddle"


def equilibria(
    field: AbstractField, current: float, *, params: Mapping[str, Any] | None = None
) -> Equilibria:
    """Search the fixed points of one neuron at a current, by Newton's method from 64 states.

    Half of them lie on a solution from the field's start, the others around it; what differs by less than 1e-6
    counts as one. Raises `ValueError` for coupled neurons and names of parameters that the field does not have.
    """
    one_neuron(field)
    return searched(field, float(current), values(field, params, 1))


def searched(field: AbstractField, current: float, p: dict[str, Array]) -> Equilibria:
    """The same with parameters (1, 1) each."""
    states, eigenvalues = _search_each(field, jnp.asarray([[current]], jnp.float64), p)
    found, values = _distinct(states[0], eigenvalues[0])
    return Equilibria(field.components, current, found, values)


def equilibria_of(flow: Flow, currents: Float[np.ndarray, " neurons"]) -> tuple[Equilibria, ...]:
    """The fixed points of each neuron of a layer that is not coupled, at a current each."""
    field = flow.dynamics
    if flow.coupled or not isinstance(field, AbstractField):
        raise ValueError(f"the neurons of {flow.name} ({flow.field}) are coupled: take resting_states.")
    states, eigenvalues = _search_each(field, jnp.asarray(currents)[None], flow.parameters)
    pairs = (_distinct(z, e) for z, e in zip(states, eigenvalues, strict=True))
    return tuple(
        Equilibria(flow.components, float(I), *pair) for I, pair in zip(currents, pairs, strict=True)
    )


def resting_states(flow: Flow) -> Equilibria:
    """Fixed points of a whole layer, all neurons together, from the ends of its paths at 16 of its rows.

    Each is searched at the current of the row it starts from, and counts by itself; `current` is NaN.
    """
    ends = flow.trajectory()[-1]
    rows = np.unique(np.linspace(0, len(ends) - 1, min(COUPLED_ROWS, len(ends))).round().astype(int))
    drive = jnp.zeros((len(rows), flow.neurons)) if flow.current is None else flow.current[rows]
    flat = np.moveaxis(ends[rows], 2, 1).reshape(len(rows), -1)
    states, slopes, missed = (np.asarray(a) for a in _search_layer(flow, jnp.asarray(flat), drive))
    kept = np.isfinite(missed) & (missed < RESIDUAL * (1 + np.linalg.norm(states, axis=1)))
    found = states[kept]
    if flow.current is None:
        first = _first_of_each(found)
        found, slopes = found[first], slopes[kept][first]
    else:
        slopes = slopes[kept]
    width = flat.shape[1]
    eigenvalues = np.linalg.eigvals(slopes).astype(complex).reshape(-1, width)
    names = tuple(f"{c}{n}" for c in flow.components for n in range(flow.neurons))
    return Equilibria(names, float("nan"), found.reshape(-1, width), eigenvalues)


def one_neuron(field: AbstractField) -> None:
    """Refuse a field whose neurons see each other."""
    if field.coupled:
        raise ValueError(
            f"the neurons of {type(field).__name__} are coupled, so that none has fixed points of its own; look at a "
            "whole layer by resting_states(flow)."
        )


def pointwise(field: AbstractField) -> Callable[[Array, Array, dict[str, Array]], Array]:
    """The field as F(z, I; p) of one neuron: z (components,), I a number, parameters (1, 1) each."""

    def rate(z: Array, current: Array, p: dict[str, Array]) -> Array:
        found = field.rate(tuple(z.reshape(-1, 1, 1)), current.reshape(1, 1), p)
        return jnp.stack([jnp.reshape(part, ()) for part in found])

    return rate


def typical(
    field: AbstractField, current: Array, p: dict[str, Array]
) -> Float[Array, "times lanes components"]:
    """States of the field's own solution from its start, by a scheme that no decay makes unstable."""
    system = bound(field, current, p)
    start = tuple(jnp.full_like(current, z) for z in field.start)
    states = RushLarsen().trajectory(system, start, TIME, STEPS)
    return jnp.stack([z[:, 0] for z in states], axis=-1)


@eqx.filter_jit
def _searched(field: AbstractField, current: Array, p: dict[str, Array], noise: Array) -> tuple[Array, ...]:
    rate = pointwise(field)
    path = typical(field, current, p)[:: STEPS // (STARTS // 2)][: STARTS // 2]
    spread = jnp.maximum(
        jnp.ptp(path, axis=0), 1.0
    )  # a solution that begins at rest tells nothing of its size
    around = jnp.mean(path, axis=0)[None] + 2 * spread[None] * noise[:, None]
    starts = jnp.concatenate([path, jnp.where(jnp.isfinite(around), around, 0.0)])

    def newton(z: Array, I: Array, own: dict[str, Array]) -> tuple[Array, Array, Array]:
        def step(z: Array, _: None) -> tuple[Array, None]:
            slope = jax.jacfwd(rate)(z, I, own)
            return z - jnp.linalg.solve(slope, rate(z, I, own)), None

        z, _ = jax.lax.scan(step, z, length=ITERATIONS)
        return z, jax.jacfwd(rate)(z, I, own), jnp.linalg.norm(rate(z, I, own))

    by_neuron = jax.vmap(jax.vmap(newton, (0, None, None)), (1, 0, dict.fromkeys(p, 2)))
    return by_neuron(starts, current[0], {name: value[None] for name, value in p.items()})


def _search_each(field: AbstractField, current: Array, p: dict[str, Array]) -> tuple[list[Any], list[Any]]:
    """Ends of the searches that converged, and the eigenvalues there, of each neuron."""
    noise = np.random.default_rng(0).standard_normal((STARTS // 2, len(field.components)))
    ends, slopes, missed = (np.asarray(a) for a in _searched(field, current, p, jnp.asarray(noise)))
    states, eigenvalues = [], []
    for z, slope, residual in zip(ends, slopes, missed, strict=True):
        kept = np.isfinite(residual) & (residual < RESIDUAL * (1 + np.linalg.norm(z, axis=1)))
        states.append(z[kept])
        eigenvalues.append(np.linalg.eigvals(slope[kept]).astype(complex).reshape(z[kept].shape))
    return states, eigenvalues


@eqx.filter_jit
def _search_layer(flow: Flow, starts: Array, drive: Array) -> tuple[Array, Array, Array]:
    count = len(flow.components)

    def newton(z: Array, own: Array) -> tuple[Array, Array, Array]:
        def rate(z: Array) -> Array:
            state = tuple(jnp.split(z[None], count, axis=1))
            system = flow.system if flow.current is None else _driven(flow, own[None])
            return jnp.concatenate(system.rate(state), axis=1)[0]

        def step(z: Array, _: None) -> tuple[Array, None]:
            return z - jnp.linalg.solve(jax.jacfwd(rate)(z), rate(z)), None

        z, _ = jax.lax.scan(step, z, length=ITERATIONS)
        return z, jax.jacfwd(rate)(z), jnp.linalg.norm(rate(z))

    return jax.vmap(newton)(starts, drive)


def _driven(flow: Flow, current: Array) -> Any:
    field = flow.dynamics
    assert isinstance(field, AbstractField)
    return bound(field, current, flow.parameters)


def _distinct(states: np.ndarray, eigenvalues: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first = _first_of_each(states)
    order = sorted(first, key=lambda k: states[k, 0])
    return states[order], eigenvalues[order]


def _first_of_each(states: np.ndarray) -> list[int]:
    found: list[int] = []
    for k, z in enumerate(states):
        if all(np.linalg.norm(z - states[j]) > DIFFERENT * (1 + np.linalg.norm(z)) for j in found):
            found.append(k)
    return found
