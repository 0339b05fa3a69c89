"""A box divided into equal cells, with ghost cells beyond its walls."""

import functools
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...domain import Box
from .prescribed import Prescribed

GHOSTS = 3
"""Cells beyond each wall: the polynomial of the first of them reads two more."""
Places = tuple[Any, ...]
"""The coordinates of space, each an array of the shape of the places."""


@dataclass(frozen=True)
class Cells:
    """Cells of a box, and what its conditions say of the states beyond the walls.

    States are arrays (m, cells...) of the averages of `conserved` fields. A wall where all fields are prescribed has
    them outside; where some are, the others are mirrored, and those odd about what is prescribed, as at
    a reflecting wall; where none is, waves leave.
    """

    domain: Box
    counts: tuple[int, ...]
    conserved: tuple[str, ...]
    given: Prescribed

    @property
    def widths(self) -> tuple[float, ...]:
        ends = (self.domain.interval(c) for c in self.domain.space)
        return tuple((b - a) / n for (a, b), n in zip(ends, self.counts, strict=True))

    def along(self, axis: int, at: Any) -> Any:
        """The coordinate of one axis, `at` widths of a cell from its lower end."""
        return self.domain.interval(self.domain.space[axis])[0] + self.widths[axis] * at

    def periodic(self, axis: int) -> bool:
        return self.domain.space[axis] in self.given.periodic

    def averages(self, order: int = 5) -> Array:
        """The averages at the first time, by Gauss quadrature."""
        nodes, weights = np.polynomial.legendre.leggauss(order)
        d = len(self.counts)
        # cells along the first axes, the nodes within each along the last
        at = [np.arange(n)[:, None] + 0.5 + nodes / 2 for n in self.counts]
        axes = [self.along(a, x).ravel() for a, x in enumerate(at)]
        points = self._points(tuple(np.meshgrid(*axes, indexing="ij")), self._first_time)
        shape = [k for n in self.counts for k in (n, order)]
        share = functools.reduce(np.multiply.outer, [weights / 2] * d)

        @jax.jit
        def averaged(points: Array) -> Array:
            values = jnp.stack([jax.vmap(self.given.start[f])(points) for f in self.conserved])
            values = values.reshape(len(values), *shape)
            return jnp.tensordot(values, share, (tuple(range(2, 2 * d + 1, 2)), tuple(range(d))))

        return averaged(points)

    @property
    def _first_time(self) -> float:
        assert self.domain.time is not None
        return self.domain.interval(self.domain.time)[0]

    def _points(self, places: Places, t: Any) -> Array:
        columns = [jnp.ravel(p) for p in places]
        return jnp.stack([*columns, jnp.full_like(columns[0], t)], axis=1)

    def outside(self, axis: int, side: str, inner: Array, places: Places, t: Any) -> Array:
        """The states (m, ...) beyond a wall, for those inside of it, at places of the wall."""
        walls = self.given.walls.get((self.domain.space[axis], side), {})
        points = self._points(places, t)
        out = []
        for i, field in enumerate(self.conserved):
            if field not in walls:
                out.append(inner[i])
                continue
            there = jax.vmap(walls[field])(points).reshape(inner[i].shape)
            out.append(there if len(walls) == len(self.conserved) else 2 * there - inner[i])
        return jnp.stack(out)

    def wall(self, axis: int, side: str, others: Places) -> Places:
        """Places of a wall, from the other coordinates there."""
        there = jnp.full_like(others[axis], self.domain.interval(self.domain.space[axis])[side == "upper"])
        return (*others[:axis], there, *others[axis + 1 :])

    def padded(self, q: Array, t: Any) -> Array:
        """The states with ghost cells on all sides."""
        for axis in range(len(self.counts)):
            q = self._padded_along(q, axis, t)
        return q

    def _padded_along(self, q: Array, axis: int, t: Any) -> Array:
        n = self.counts[axis]

        def cells(first: int, last: int, step: int = 1) -> Array:
            return q[(slice(None),) * (axis + 1) + (np.arange(first, last, step),)]

        if self.periodic(axis):
            return jnp.concatenate([cells(n - GHOSTS, n), q, cells(0, GHOSTS)], axis=axis + 1)
        ends = []
        for side in ("lower", "upper"):
            walls = self.given.walls.get((self.domain.space[axis], side), {})
            if side == "lower":
                inner = cells(GHOSTS - 1, -1, -1) if walls else cells(0, 1)
            else:
                inner = cells(n - 1, n - 1 - GHOSTS, -1) if walls else cells(n - 1, n)
            inner = inner if walls else jnp.repeat(inner, GHOSTS, axis=axis + 1)
            shape = inner.shape[1:]
            axes = [
                np.clip(np.arange(count) - (count - self.counts[a]) / 2 + 0.5, 0, self.counts[a])
                for a, count in enumerate(shape)
            ]
            others = tuple(
                jnp.asarray(p)
                for p in np.meshgrid(*(self.along(a, x) for a, x in enumerate(axes)), indexing="ij")
            )
            ends.append(self.outside(axis, side, inner, self.wall(axis, side, others), t))
        return jnp.concatenate([ends[0], q, ends[1]], axis=axis + 1)
