"""Orbits that attract, found by integration: how far they reach."""

from dataclasses import dataclass

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...nn.continuous import AbstractField, stable_step
from ...nn.continuous.fields._base import bound
from ...nn.schemes import RungeKutta4

CURRENTS, TURNS, SETTLED = 61, 40, 2 / 3
SHARE = 0.2
"""Steps in the longest stable one."""
MOST_STEPS = 40_000
MOVING = 1e-2


@dataclass(frozen=True, eq=False)
class Orbits:
    """At some currents the `least` and the `largest` value of each component once the start is forgotten."""

    current: Float[np.ndarray, " currents"]
    least: Float[np.ndarray, "currents components"]
    largest: Float[np.ndarray, "currents components"]


def orbits(
    field: AbstractField, p: dict[str, Array], limits: tuple[float, float], *, slowest: float
) -> Orbits | None:
    """Follow solutions from the field's start over 40 turns of the rate `slowest`, and keep those that go on moving.

    Only orbits that attract that start are found: where rest attracts as well, an orbit may be missed. None where all
    solutions come to rest, or where the equation is so stiff that this takes more than 40,000 steps.
    """
    drive = np.linspace(*limits, CURRENTS)
    time = TURNS * 2 * np.pi / slowest
    step = SHARE * stable_step(field, drive=max(map(abs, limits)), reach=RungeKutta4().reach)
    steps = int(np.ceil(time / min(step, 0.05 / slowest)))
    if steps > MOST_STEPS:
        return None
    least, largest = (
        np.asarray(a) for a in _extent(field, jnp.asarray(drive)[:, None], p, time / steps, steps)
    )
    moving = np.any(largest - least > MOVING * np.ptp(largest, axis=0)[None], axis=1)
    moving &= np.all(np.isfinite(largest) & np.isfinite(least), axis=1)
    return Orbits(drive[moving], least[moving], largest[moving]) if moving.any() else None


@eqx.filter_jit
def _extent(
    field: AbstractField, drive: Array, p: dict[str, Array], h: Array | float, steps: int
) -> tuple[Array, Array]:
    system, scheme = bound(field, drive, p), RungeKutta4()

    def advance(z: tuple[Array, ...], _: None) -> tuple[tuple[Array, ...], None]:
        return scheme.step(system, z, h), None

    def watch(carry: tuple, _: None) -> tuple[tuple, None]:
        z, least, largest = carry
        z = scheme.step(system, z, h)
        return (z, _each(jnp.minimum, least, z), _each(jnp.maximum, largest, z)), None

    start = tuple(jnp.full_like(drive, value) for value in field.start)
    begun, _ = jax.lax.scan(advance, start, length=int(SETTLED * steps))
    (_, least, largest), _ = jax.lax.scan(watch, (begun, begun, begun), length=steps - int(SETTLED * steps))
    return tuple(jnp.concatenate(part, axis=1) for part in (least, largest))  # pyright: ignore[reportReturnType]


def _each(rule: object, first: tuple[Array, ...], second: tuple[Array, ...]) -> tuple[Array, ...]:
    return tuple(rule(a, b) for a, b in zip(first, second, strict=True))  # pyright: ignore
