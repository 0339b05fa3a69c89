"""Functions prescribed on walls and at the start: where they agree, and whether they are smooth."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from .domain import AbstractDomain, Box
from .problem import Problem

Parameters = Mapping[str, Any]
Target = Callable[[Array, Parameters], Array]
"""(coordinates of the problem, parameters) -> the value prescribed there."""


def at_face(domain: Box, point: Array, face: tuple[str, str]) -> Array:
    axis = domain.coordinates.index(face[0])
    return point.at[axis].set((domain.lower if face[1] == "lower" else domain.upper)[axis])


def rate_of(domain: AbstractDomain, base: Target) -> Target:
    """The derivative of a function of the coordinates by time."""
    assert domain.time is not None
    axis = domain.coordinates.index(domain.time)

    def rate(point: Array, p: Parameters) -> Array:
        along = jnp.zeros_like(point).at[axis].set(1)
        return jax.jvp(lambda x: base(x, p), (point,), (along,))[1]

    return rate


def agree(domain: Box, walls: Mapping[tuple[str, str], Target], parameters: Parameters) -> bool:
    """Whether the walls prescribe one value where they meet."""
    lower, upper = np.asarray(domain.lower), np.asarray(domain.upper)
    points = jnp.asarray(
        lower + np.random.default_rng(2).random((8, len(domain.coordinates))) * (upper - lower)
    )
    pairs = [(a, b) for a in walls for b in walls if a[0] < b[0]]

    def at_corner(point: Array, one: tuple[str, str], other: tuple[str, str]) -> tuple[Array, Array]:
        corner = at_face(domain, at_face(domain, point, one), other)
        return jnp.asarray(walls[one](corner, parameters)), jnp.asarray(walls[other](corner, parameters))

    def look(point: Array) -> tuple[list[Array], list[tuple[Array, Array]]]:
        sizes = [abs(target(at_face(domain, point, face), parameters)) for face, target in walls.items()]
        return sizes, [at_corner(point, *pair) for pair in pairs]

    sizes, corners = jax.jit(jax.vmap(look))(points)
    floor = 1e-8 * float(np.max(sizes))
    return all(np.allclose(a, b, rtol=1e-8, atol=floor) for a, b in corners)


Meeting = tuple[np.ndarray, Target]
"""Points on the boundary at the first time, and what is prescribed there."""


def start_points(domain: AbstractDomain, count: int = 64) -> np.ndarray:
    """Some points inside the domain at its first time, the same at every call."""
    region = domain.interior()
    points = region.place(np.random.default_rng(3).random((count, region.dimension)))
    assert domain.time is not None
    axis = domain.coordinates.index(domain.time)
    points[:, axis] = domain.bounds[0][axis]
    return points


def smooth_starts(
    problem: Problem, starts: Mapping[int, Target], meetings: list[Meeting], parameters: Parameters
) -> dict[int, Target]:
    """The initial values, and rates, that are smooth, agree with the walls where they meet them, and, where a
    periodic condition holds, join smoothly: others a network would have to undo. A rate needs its value."""
    domain = problem.domain
    kept: dict[int, Target] = {}
    for times in sorted(starts):
        walls = [(points, base if times == 0 else rate_of(domain, base)) for points, base in meetings]
        if len(kept) == times and _smooth(problem, starts[times], walls, parameters):
            kept[times] = starts[times]
    return kept


def _smooth(problem: Problem, target: Target, walls: list[Meeting], parameters: Parameters) -> bool:
    """Whether one initial function is smooth, joins across periodic ends, and equals what walls prescribe."""
    domain = problem.domain
    lower, upper = (np.asarray(end) for end in domain.bounds)
    points = start_points(domain)

    def close(a: Array, b: Array, scale: float, share: float) -> bool:
        return bool(np.abs(np.asarray(a) - np.asarray(b)).max() <= share * scale)

    values = jax.jit(jax.vmap(lambda x: target(x, parameters)))
    slopes = jax.jit(jax.vmap(jax.grad(lambda x: target(x, parameters))))
    size = float(np.abs(values(points)).max())
    if not np.isfinite(np.asarray(values(points))).all() or not np.isfinite(np.asarray(slopes(points))).all():
        return False
    for name in domain.space:
        axis = domain.coordinates.index(name)
        width = upper[axis] - lower[axis]
        line = np.repeat(points[:1], 4001, axis=0)
        line[:, axis] = np.linspace(lower[axis], upper[axis], 4001)
        inside = domain.contains(line)
        stretch = inside[1:] & inside[:-1]
        steps = np.abs(np.diff(np.asarray(values(line))))[stretch].max(initial=0.0)
        rates = np.asarray(slopes(line))[:, axis]
        expected = np.abs(rates[inside]).max(initial=0.0) * width / 4000
        kinks = np.abs(np.diff(rates))[stretch].max(initial=0.0) * width
        if not steps <= 2 * expected + 1e-9 * size or not kinks <= 0.3 * max(size, expected * 4000):
            return False
        if any(b.joins and (name, "lower") in b.faces for b in problem.conditions.values()):
            assert isinstance(domain, Box)
            ends = [
                np.asarray([at_face(domain, jnp.asarray(x), (name, s)) for x in points])
                for s in ("lower", "upper")
            ]
            steep = max(size, width * float(np.abs(slopes(points)).max()))
            if not close(values(ends[0]), values(ends[1]), size, 1e-6):
                return False
            if not close(slopes(ends[0])[:, axis] * width, slopes(ends[1])[:, axis] * width, steep, 1e-3):
                return False
    for corners, base in walls:
        wall = jax.vmap(lambda x, base=base: jnp.asarray(base(x, parameters)))(jnp.asarray(corners))
        if not close(values(corners), wall, max(size, float(np.abs(wall).max())), 1e-6):
            return False
    return True
