"""Values at equidistant nodes of an interval, with what its conditions say of the ends."""

from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...domain import Box
from .._base import AbstractNumerical
from . import cweno
from .prescribed import Prescribed

GHOSTS = 3


@dataclass(frozen=True)
class Nodes:
    """Nodes from end to end; a periodic interval lacks the last one, which is the first."""

    domain: Box
    given: Prescribed
    x: np.ndarray
    width: float

    @classmethod
    def of(cls, domain: Box, given: Prescribed, cells: int) -> "Nodes":
        low, high = domain.interval(domain.space[0])
        x = np.linspace(low, high, cells + 1)
        return cls(domain, given, x[:-1] if domain.space[0] in given.periodic else x, (high - low) / cells)

    @property
    def periodic(self) -> bool:
        return self.domain.space[0] in self.given.periodic

    def points(self, t: float) -> Array:
        """The nodes at a time, as points (n, 2) of the problem."""
        return jnp.stack([jnp.asarray(self.x), jnp.full(len(self.x), t)], axis=1)

    def _ends(self) -> list[tuple[int, Any]]:
        """The nodes at ends where the field is prescribed, and what is."""
        ends = [(0, "lower"), (len(self.x) - 1, "upper")]
        walls = ((k, self.given.walls.get((self.domain.space[0], side))) for k, side in ends)
        return [(k, next(iter(wall.values()))) for k, wall in walls if wall]

    def walled(self, u: Array, t: Any) -> Array:
        """The values, those at the ends as prescribed."""
        for k, value in self._ends():
            u = u.at[k].set(value(jnp.stack([jnp.asarray(self.x[k]), jnp.asarray(t, float)])))
        return u

    def held(self, rate: Array) -> Array:
        """Rates of change, none at the ends that are prescribed."""
        for k, _ in self._ends():
            rate = rate.at[k].set(0.0)
        return rate

    def padded(self, u: Array) -> Array:
        """The values with three more beyond each end, in a straight line where it is not periodic."""
        if self.periodic:
            return jnp.concatenate([u[-GHOSTS:], u, u[:GHOSTS]])
        k = jnp.arange(1.0, GHOSTS + 1)
        return jnp.concatenate([u[0] - k[::-1] * (u[1] - u[0]), u, u[-1] + k * (u[-1] - u[-2])])


class History(AbstractNumerical):
    """Values at nodes and times, between them to fourth order, and no further than beside a kink."""

    def __init__(self, nodes: Nodes, states: np.ndarray, start: float, end: float, field: str):
        self.nodes, self.states, self.start, self.end, self.field = nodes, states, start, end, field

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        last = len(self.states) - 1
        place = (points[:, 1] - self.start) / (self.end - self.start) * last
        k = np.clip(np.floor(place).astype(int), 0, last - 1)
        along = (points[:, 0] - self.nodes.domain.lower[0]) / self.nodes.width
        cells = self.states.shape[1] - 2 * GHOSTS - (not self.nodes.periodic)
        i = np.clip(np.floor(along).astype(int), 0, cells - 1)

        def at(time: np.ndarray) -> np.ndarray:
            row = np.clip(time, 0, last)
            a, b, c, d = (self.states[row, i + GHOSTS + step] for step in (-1, 0, 1, 2))
            return cweno.between(a, b, c, d, along - i)

        before, low, high, after = (at(k + step) for step in (-1, 0, 1, 2))
        outer = np.where(k == 0, 3 * low - 3 * high + after, before)
        after = np.where(k == last - 1, 3 * high - 3 * low + before, after)
        return {self.field: cweno.between(outer, low, high, after, place - k)}
