"""A map of the unit cube onto a part of it that is known only by a test of points."""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Bool, Float

Unit = Float[np.ndarray, "draws k"]
Inside = Callable[[Unit], Bool[np.ndarray, " draws"]]

CELLS = {1: 4096, 2: 128, 3: 32}
"""Cells along each side, by dimension."""
PROBES = {1: 16, 2: 12, 3: 5}
"""Probes along each side of a cell that the edge of the set may cross."""
TRIES = 60
CHUNK = 400_000


class Cells:
    """The set {inside} within the cube [0, 1]^k, by regular cells and the share of each that lies in the set.

    `place` maps the cube into the set: the first number picks a column of cells by its share and the place along it,
    the next ones a cell in the column (Rosenblatt 1952), and what is left of them the place in the cell. In
    cells that lie wholly in the set the density is even; in the others a point outside is moved on by the golden
    sequence (its generalisation to k dimensions) until it is inside, so that there the density is even on average
    over a cell. `sure(centres, cell)` may mark cells that the edge surely does not cross, to save probes.
    """

    def __init__(
        self,
        inside: Inside,
        dimension: int,
        sure: Callable[[Unit, float], Bool[np.ndarray, " draws"]] | None = None,
    ):
        self.inside, self.dimension = inside, dimension
        self.count = CELLS[dimension]
        shape = (self.count,) * dimension
        cells = np.stack([i.ravel() for i in np.indices(shape)], axis=1)
        centres = (cells + 0.5) / self.count
        crossed = np.ones(len(cells), bool)
        if sure is not None:
            crossed = ~sure(centres, 1 / self.count)
        share = np.zeros(len(cells))
        share[~crossed] = inside(centres[~crossed])
        self._witness = centres.copy()
        each = PROBES[dimension] ** dimension
        at = np.flatnonzero(crossed)
        for first in range(0, len(at), max(1, CHUNK // each)):
            some = at[first : first + max(1, CHUNK // each)]
            probes = (cells[some][:, None] + _lattice(dimension)[None]) / self.count
            seen = inside(probes.reshape(-1, dimension)).reshape(len(some), each)
            share[some] = seen.mean(axis=1)
            self._witness[some] = probes[np.arange(len(some)), np.argmax(seen, axis=1)]
        self.share = float(share.mean())
        """The share of the cube that the set fills."""
        if self.share > 0:
            self._cumulated = [_cumulated(share.reshape(shape), axis) for axis in range(dimension)]

    def place(self, unit: Unit) -> Unit:
        """Points of the cube to points of the set."""
        row = np.zeros(len(unit), int)
        local = np.empty_like(unit)
        cell = np.empty(unit.shape, int)
        for axis, (ends, along) in enumerate(zip(self._cumulated, unit.T, strict=True)):
            below = np.minimum(along, np.nextafter(1.0, 0.0))
            # each row of `ends` grows from 0 to 1; shifted by its number the rows form one growing list
            shifted = (ends + np.arange(len(ends))[:, None]).ravel()
            at = np.searchsorted(shifted, below + row, side="right") - row * self.count
            cell[:, axis] = at = np.clip(at, 0, self.count - 1)
            start = np.where(at > 0, ends[row, at - 1], 0.0)
            width = ends[row, at] - start
            local[:, axis] = np.clip((along - start) / np.where(width > 0, width, 1.0), 0.0, 1.0)
            row = row * self.count + at
        points = (cell + local) / self.count
        astray = np.flatnonzero(~self.inside(points))
        for _ in range(TRIES):
            if not len(astray):
                return points
            local[astray] = np.mod(local[astray] + _golden(self.dimension), 1.0)
            points[astray] = (cell[astray] + local[astray]) / self.count
            astray = astray[~self.inside(points[astray])]
        points[astray] = self._witness[row[astray]]
        return points


def _cumulated(share: np.ndarray, axis: int) -> np.ndarray:
    """By cell of the axes before, the cumulated share along this axis, up to 1; of shape (rows, count)."""
    sums = share.sum(axis=tuple(range(axis + 1, share.ndim))).reshape(-1, share.shape[axis])
    ends = np.cumsum(sums, axis=1)
    whole = ends[:, -1:]
    return ends / np.where(whole > 0, whole, 1.0)


def _lattice(dimension: int) -> np.ndarray:
    line = (np.arange(PROBES[dimension]) + 0.5) / PROBES[dimension]
    return np.stack([m.ravel() for m in np.meshgrid(*[line] * dimension, indexing="ij")], axis=1)


def _golden(dimension: int) -> np.ndarray:
    """1/g, 1/g^2, ... with g the root above 1 of g^(k+1) = g + 1."""
    g = 2.0
    for _ in range(60):
        g = (1 + g) ** (1 / (dimension + 1))
    return np.asarray([math.pow(g, -power) for power in range(1, dimension + 1)])[None]
