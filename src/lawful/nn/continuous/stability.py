"""The longest step that an explicit scheme can take of a field, and the warning beyond it."""

import functools
import inspect
import math
import warnings
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..schemes._base import AbstractScheme, State
from ..schemes.rush_larsen import RushLarsen
from .fields import AbstractField
from .fields._base import bound

OWN = {"lawful", "equinox", "jaxtyping", "beartype"}
"""Packages in which a warning does not stand: it names the line that asked for the layer."""
RESOLVED = 400
"""Steps of the accurate flow along which rates are looked at."""
TIMES, COUPLED_TIMES, COUPLED_ROWS = 40, 10, 4
"""States of that flow whose rates are computed; fewer where each takes a matrix of all neurons."""


class UnstableStepWarning(UserWarning):
    """A step is longer than the scheme bears, so that what is computed is no solution of the equation."""


def fastest_decay(
    field: AbstractField, p: dict[str, Array], current: Array, state: State, horizon: Any
) -> float:
    """max |lambda| over the eigenvalues lambda, Re lambda < 0, of the Jacobian along accurate solutions.

    Eigenvalues of each neuron for itself, or of all neurons together where they are coupled. Infinite where the
    solution is not finite.
    """
    if field.coupled:
        current, state = current[:COUPLED_ROWS], tuple(z[:COUPLED_ROWS] for z in state)
    matrices = np.asarray(_jacobians(field, p, current, state, horizon))
    if not np.isfinite(matrices).all():
        return math.inf
    values = np.linalg.eigvals(matrices)
    decaying = np.abs(values[values.real < 0])
    return float(decaying.max()) if decaying.size else 0.0


@eqx.filter_jit
def _jacobians(
    field: AbstractField, p: dict[str, Array], current: Array, state: State, horizon: Any
) -> Array:
    """The Jacobians at some times of the solution by short steps that no decay makes unstable."""
    system = bound(field, current, p)
    every = RESOLVED // (COUPLED_TIMES if field.coupled else TIMES)
    states = tuple(z[::every] for z in RushLarsen().trajectory(system, state, horizon, RESOLVED))
    look = _of_all if field.coupled else _of_each
    return jax.lax.map(lambda z: look(field, p, current, z), states)


def _of_each(field: AbstractField, p: dict[str, Array], current: Array, state: State) -> Array:
    columns = []
    for j in range(len(state)):
        tangent = tuple(jnp.ones_like(x) if i == j else jnp.zeros_like(x) for i, x in enumerate(state))
        found = jax.jvp(bound(field, current, p).rate, (state,), (tangent,))[1]
        columns.append(jnp.stack(found, -1))
    return jnp.stack(columns, -1)


def _of_all(field: AbstractField, p: dict[str, Array], current: Array, state: State) -> Array:
    def flat(row: Array, drive: Array) -> Array:
        parts = tuple(jnp.split(row[None], len(state), axis=1))
        return jnp.concatenate(bound(field, drive[None], p).rate(parts), 1)[0]

    return jax.vmap(jax.jacfwd(flat))(jnp.concatenate(state, 1), current)


@functools.lru_cache(maxsize=64)
def stable_step(
    field: AbstractField, *, drive: float = 1.0, horizon: float = 20.0, reach: float = 2.0
) -> float:
    """The longest step of an explicit scheme that damps every decay of `field` for currents in [-drive, drive].

    h <= reach / max |lambda|, over the eigenvalues lambda, Re lambda < 0, of the Jacobian along accurate solutions
    from the field's start up to `horizon`, with the field's first parameters. `reach` is 2 for Euler's and Heun's
    methods. For FitzHugh-Nagumo it is 2/(V^2 - 1) with V the largest |v|. Infinite where nothing decays.
    """
    with jax.ensure_compile_time_eval():
        width = 8 if field.coupled else 1
        lanes = jnp.linspace(-drive, drive, 21)[:, None]
        current = jnp.broadcast_to(lanes, (21, width))
        keys = jax.random.split(jax.random.key(0), max(1, len(field.parameters)))
        p = {}
        for key, (name, parameter) in zip(keys, field.parameters.items(), strict=False):
            value = parameter.value(parameter.draw(width, key=key, dtype=current.dtype))
            p[name] = value[None] if value.ndim == 1 else value
        state = tuple(jnp.full_like(current, z) for z in field.start)
        rate = fastest_decay(field, p, current, state, horizon)
    return reach / rate if rate > 0 else math.inf


def warn_beyond(step: float, limit: float, field: AbstractField, scheme: AbstractScheme, where: str) -> None:
    """Warn where a step is longer than the stable one, naming both."""
    if step > limit:
        warnings.warn(
            f"{where}: steps of {step:.3g} with {type(scheme).__name__}() are longer than the stable step of "
            f"{type(field).__name__}, {limit:.3g}, so the layer is no solution of its equation; take at least "
            f"{math.ceil(step / limit)} times the steps, a shorter horizon, or SemiImplicit().",
            UnstableStepWarning,
            stacklevel=_callers_level(),
        )


def _callers_level() -> int:
    """How far up the first caller stands that is neither lawful nor what it is built on, seen from `warn_beyond`."""
    level, frame = 0, inspect.currentframe()
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in OWN:
        level, frame = level + 1, frame.f_back
    return level
