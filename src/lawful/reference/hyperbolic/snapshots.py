"""Cell averages at stored times, read at any place and time."""

import numpy as np

from .._base import AbstractNumerical
from . import cweno
from .cells import GHOSTS, Cells

AT_ONCE = 20_000


class Snapshots(AbstractNumerical):
    """States (times, m, cells with ghosts...) at equidistant times.

    Between them by four neighbouring times, in space by the polynomial of the cell, so that a
    jump is as wide as in the states, and a cell wider between two times.
    """

    def __init__(self, cells: Cells, states: np.ndarray, start: float, end: float):
        self.cells, self.states, self.start, self.end = cells, states, start, end

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        parts = [self._some(points[i : i + AT_ONCE]) for i in range(0, len(points), AT_ONCE)]
        found = np.concatenate(parts) if parts else np.zeros((0, len(self.cells.conserved)))
        return {f: found[:, i] for i, f in enumerate(self.cells.conserved)}

    def _some(self, points: np.ndarray) -> np.ndarray:
        """Values (points, m)."""
        last = len(self.states) - 1
        place = (points[:, -1] - self.start) / (self.end - self.start) * last
        k = np.clip(np.floor(place).astype(int), 0, last - 1)
        at, where, reach = [], [], []
        for axis, n in enumerate(self.cells.counts):
            low, high = self.cells.domain.interval(self.cells.domain.space[axis])
            x = (points[:, axis] - low) / (high - low) * n
            cell = np.clip(np.floor(x).astype(int), 0, n - 1)
            at.append(x - cell - 0.5)
            where.append(cell)
            reach.append(np.arange(-2, 3))
        times = [
            self._at(time, where, at) for time in (np.maximum(k - 1, 0), k, k + 1, np.minimum(k + 2, last))
        ]
        before, low, high, after = times
        first, final = (k == 0)[:, None], (k == last - 1)[:, None]
        outer = np.where(first, 3 * low - 3 * high + after, before)
        after = np.where(final, 3 * high - 3 * low + before, after)
        return cweno.between(outer, low, high, after, (place - k)[:, None])

    def _at(self, time: np.ndarray, where: list[np.ndarray], at: list[np.ndarray]) -> np.ndarray:
        """The values (points, m) of the polynomials at stored times."""
        offsets = np.meshgrid(*(np.arange(-2, 3),) * len(where), indexing="ij")
        index = tuple(
            w[:, *(None,) * len(where)] + GHOSTS + o[None] for w, o in zip(where, offsets, strict=True)
        )
        stencil = self.states[time[:, *(None,) * len(where)], :, *index]
        # (points, 5..., m): the polynomials of one axis after the other
        for theta in reversed(at):
            stencil = np.moveaxis(stencil, -2, 0)
            shape = (-1,) + (1,) * (stencil.ndim - 2)
            stencil = cweno.value(cweno.polynomial(*stencil), theta.reshape(shape))
        return stencil
