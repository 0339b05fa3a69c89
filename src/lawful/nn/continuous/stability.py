"""The longest step that an explicit scheme can take of a field, and the warning beyond it."""

import functools
import math
import warnings
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..schemes._base import AbstractScheme, State, System
from ..schemes.rush_larsen import RushLarsen
from .fields import AbstractField
from .fields._base import bound

RESOLVED = 400
"""Steps of the accurate flow along which rates are looked at."""
LOOKED_AT = 40
"""States of that flow whose rates are computed."""


class UnstableStepWarning(UserWarning):
    """A step is longer than the scheme bears, so that what is computed is no solution of the equation."""


def fastest_decay(system: System, states: State) -> float:
    """max |lambda| over the eigenvalues with Re lambda < 0 of the Jacobian at `states`, (states, points, neurons).

    Eigenvalues of each neuron for itself, or of all neurons together where they are coupled.
    """
    count, (points, width) = len(states), states[0].shape[1:]

    def derivative(*z: Array) -> Array:
        if system.coupled:

            def flat(row: Array) -> Array:
                parts = jnp.split(row[None], count, axis=1)
                return jnp.concatenate(system.rate(tuple(parts)), 1)[0]

            return jax.vmap(jax.jacfwd(flat))(jnp.concatenate(z, 1))
        columns = []
        for j in range(count):
            tangent = tuple(jnp.ones_like(x) if i == j else jnp.zeros_like(x) for i, x in enumerate(z))
            columns.append(jnp.stack(jax.jvp(system.rate, (z,), (tangent,))[1], -1))
        return jnp.stack(columns, -1).reshape(points * width, count, count)

    matrices = np.asarray(jax.lax.map(lambda z: derivative(*z), states))
    if not np.isfinite(matrices).all():
        return math.inf
    values = np.linalg.eigvals(matrices)
    decaying = np.abs(values[values.real < 0])
    return float(decaying.max()) if decaying.size else 0.0


def accurate(system: System, state: State, horizon: Any, steps: int = RESOLVED) -> State:
    """The solution at about forty times, (times, points, neurons), by steps that no decay makes unstable."""
    found = RushLarsen().trajectory(system, state, horizon, steps)
    return tuple(z[:: max(1, steps // LOOKED_AT)] for z in found)


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
        system = bound(field, current, p)
        rate = fastest_decay_at_rows(field, p, current, accurate(system, state, horizon))
    return reach / rate if rate > 0 else math.inf


def fastest_decay_at_rows(field: AbstractField, p: dict[str, Array], current: Array, states: State) -> float:
    """`fastest_decay`, where coupled fields are looked at row by row with the current of each."""
    if not field.coupled:
        return fastest_decay(bound(field, current, p), states)
    rows = range(0, current.shape[0], max(1, current.shape[0] // 8))
    return max(
        fastest_decay(bound(field, current[i : i + 1], p), tuple(z[:, i : i + 1] for z in states))
        for i in rows
    )


def warn_beyond(step: float, limit: float, field: AbstractField, scheme: AbstractScheme, where: str) -> None:
    """Warn where a step is longer than the stable one, naming both."""
    if step > limit:
        warnings.warn(
            f"{where}: steps of {step:.3g} with {type(scheme).__name__}() are longer than the stable step of "
            f"{type(field).__name__}, {limit:.3g}, so the layer is no solution of its equation; take at least "
            f"{math.ceil(step / limit)} times the steps, a shorter horizon, or SemiImplicit().",
            UnstableStepWarning,
            stacklevel=3,
        )
