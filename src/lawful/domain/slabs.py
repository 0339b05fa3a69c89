"""A map of the unit square onto a polygon that keeps areas."""

import numpy as np

from ._base import Coordinates
from .piece import Unit, share_out


class Slabs:
    """A polygon, cut at the first coordinate of each corner into slabs of trapezia.

    `place` takes the first number to the place across by its share of the area, and the second to the place
    along the line that crosses the polygon there (Rosenblatt 1952); both in closed form, so that areas are
    kept exactly.
    """

    def __init__(self, vertices: tuple[tuple[float, float], ...]):
        corners = np.asarray(vertices)
        starts, ends = corners, np.roll(corners, -1, axis=0)
        self.cuts = np.unique(corners[:, 0])
        self.heights: list[np.ndarray] = []
        """By slab, where its edges are at its left and right end; of shape (2, edges), edges from low to high."""
        for left, right in zip(self.cuts, self.cuts[1:], strict=False):
            low, high = np.minimum(starts, ends)[:, 0], np.maximum(starts, ends)[:, 0]
            (a, b) = (part[(low <= left) & (high >= right)] for part in (starts, ends))
            slope = (b - a)[:, 1] / (b - a)[:, 0]
            at = np.stack([a[:, 1] + slope * (x - a[:, 0]) for x in (left, right)])
            self.heights.append(at[:, np.argsort(at.sum(axis=0))])
        self.across = np.stack([(h[:, 1::2] - h[:, ::2]).sum(axis=1) for h in self.heights])
        """By slab, the length of the polygon along its left and right end."""

    def place(self, unit: Unit) -> Coordinates:
        """Points of the unit square to points of the polygon."""
        widths = np.diff(self.cuts)
        pick, share = share_out(self.across.sum(axis=1) * widths, unit[:, 0])
        left, right = self.across[pick].T
        # the root of (left t + (right - left) t^2 / 2) = share (left + right) / 2
        below = left + np.sqrt(left**2 + share * (right**2 - left**2))
        t = np.clip(share * (left + right) / np.where(below > 0, below, 1.0), 0, 1)
        points = np.stack([self.cuts[pick] + t * widths[pick], np.empty(len(unit))], axis=1)
        for slab, heights in enumerate(self.heights):
            rows = np.flatnonzero(pick == slab)
            at = (1 - t[rows])[:, None] * heights[:1] + t[rows][:, None] * heights[1:]
            lengths = np.maximum(at[:, 1::2] - at[:, ::2], 0.0)
            ends = np.cumsum(lengths, axis=1)
            wanted = unit[rows, 1] * ends[:, -1]
            interval = np.minimum((ends[:, :-1] < wanted[:, None]).sum(axis=1), lengths.shape[1] - 1)
            each = np.arange(len(rows))
            before = (ends - lengths)[each, interval]
            points[rows, 1] = np.minimum(at[each, 2 * interval] + wanted - before, at[each, 2 * interval + 1])
        return points
