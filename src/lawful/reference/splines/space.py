"""Smooth piecewise polynomials on an interval, and the Gauss points at which laws are collocated."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.interpolate import BSpline

from ..sparse import Sparse


@dataclass(frozen=True)
class Mesh:
    """Breakpoints x_0 < ... < x_K along one coordinate, and the number of Gauss points between two. Every mesh that is
    made of it keeps those that are `fixed`."""

    name: str
    breakpoints: tuple[float, ...]
    gauss: int
    periodic: bool
    fixed: tuple[float, ...] = ()

    @classmethod
    def even(
        cls,
        name: str,
        interval: tuple[float, float],
        elements: int,
        gauss: int,
        periodic: bool,
        fixed: tuple[float, ...] = (),
    ) -> "Mesh":
        """The same number of even elements in each part between fixed breakpoints."""
        ends = (interval[0], *fixed, interval[1])
        parts = [np.linspace(a, b, elements + 1) for a, b in itertools.pairwise(ends)]
        return cls(name, interval, gauss, periodic, fixed).replaced(parts)

    @property
    def elements(self) -> int:
        return len(self.breakpoints) - 1

    @cached_property
    def gauss_points(self) -> np.ndarray:
        """Shape (elements * gauss,), increasing."""
        return self.within(self.gauss)

    def beside(self, end: str, count: int) -> np.ndarray:
        """The end "lower" or "upper", and the middles between the Gauss points next to it: `count` places."""
        gauss, edge = self.gauss_points, self.breakpoints[0 if end == "lower" else -1]
        near = gauss[:count] if end == "lower" else gauss[::-1][:count]
        return np.concatenate([[edge], (near[:-1] + near[1:]) / 2])

    def within(self, count: int) -> np.ndarray:
        """So many Gauss-Legendre points in each element."""
        nodes, _ = np.polynomial.legendre.leggauss(count)
        edges = np.asarray(self.breakpoints)
        return (edges[:-1, None] + np.diff(edges)[:, None] * (nodes + 1) / 2).ravel()

    def inside(self, count: int) -> np.ndarray:
        """So many Gauss-Legendre points in each element, and the ends."""
        edges = np.asarray(self.breakpoints)
        return np.concatenate([edges[:1], self.within(count), edges[-1:]])

    def gauss_and(self, count: int) -> np.ndarray:
        """The Gauss points, and where the ends are not joined `count` evenly spread middles between two of them."""
        gauss = self.gauss_points
        if self.periodic or count == 0:
            return gauss
        at = np.round(np.arange(1, count + 1) / (count + 1) * len(gauss)).astype(int)
        return np.concatenate([gauss, (gauss[at - 1] + gauss[at]) / 2])

    def refined(self, factor: float) -> "Mesh":
        """The same density of breakpoints, `factor` times as many elements."""
        counts = [max(round((len(part) - 1) * factor), len(part)) for part in self.parts]
        return self.replaced([_spread(part, count) for part, count in zip(self.parts, counts, strict=True)])

    @property
    def parts(self) -> list[np.ndarray]:
        """The breakpoints between fixed ones, these included."""
        edges = np.asarray(self.breakpoints)
        at = [0, *np.searchsorted(edges, self.fixed), self.elements]
        return [edges[a : b + 1] for a, b in itertools.pairwise(at)]

    def replaced(self, parts: Sequence[np.ndarray]) -> "Mesh":
        """With other breakpoints between the fixed ones, and around a circle, if the number of Gauss points is odd, one
        more where that of elements were even: where their product is even, the integral of the highest Legendre
        polynomials is a zigzag without a slope at any Gauss point, and flows without divergence would not be
        determined."""
        if self.periodic and self.gauss % 2 and sum(len(part) - 1 for part in parts) % 2 == 0:
            longest = max(range(len(parts)), key=lambda k: len(parts[k]))
            parts = [_spread(part, len(part)) if k == longest else part for k, part in enumerate(parts)]
        edges = np.concatenate([*(part[:-1] for part in parts), parts[-1][-1:]])
        return replace(self, breakpoints=tuple(edges.tolist()))


def _spread(edges: np.ndarray, count: int) -> np.ndarray:
    """As many elements as `count`, as dense as those between `edges`."""
    elements = len(edges) - 1
    out = np.interp(np.linspace(0, elements, count + 1), np.arange(elements + 1), edges)
    out[[0, -1]] = edges[[0, -1]]
    return out


@dataclass(frozen=True)
class SplineSpace:
    """Splines of smoothness C^(d-1) and degree gauss + d - 1, d = `conditions`.

    As many coefficients as Gauss points and `conditions` (or, where periodic, as Gauss points), so that a law
    of order d collocated at the Gauss points and d conditions at the ends determine a spline. The error
    falls as h^(gauss + d) (de Boor and Swartz 1973, SIAM J. Numer. Anal. 10). A field held at no end, such
    as a pressure, is continuous and of one degree less in the middle element, and so has no coefficient too many.
    """

    mesh: Mesh
    conditions: int

    @property
    def _smooth(self) -> int:
        """The number of derivatives, the value included, that are continuous."""
        return max(self.conditions, 1)

    @property
    def degree(self) -> int:
        return self.mesh.gauss + self._smooth - 1

    @cached_property
    def _knots(self) -> np.ndarray:
        edges = np.asarray(self.mesh.breakpoints)
        ends = self.degree + 1
        inner = np.repeat(edges[1:-1], self.mesh.gauss)
        return np.concatenate([np.repeat(edges[0], ends), inner, np.repeat(edges[-1], ends)])

    @property
    def size(self) -> int:
        free = self.mesh.elements * self.mesh.gauss
        return free if self.mesh.periodic else free + self.conditions

    @cached_property
    def _wrap(self) -> Sparse | None:
        """From the free coefficients to all of them, where some follow from the others: derivatives that
        agree at both ends, or one degree less in the middle."""
        edges = np.asarray(self.mesh.breakpoints)
        if self.mesh.periodic:
            ends = edges[[0, -1]]
            rows = np.stack([np.diff(self._plain(ends, k).toarray(), axis=0)[0] for k in range(self._smooth)])
            follow = np.arange(rows.shape[1] - self._smooth, rows.shape[1])
        elif self.conditions == 0:
            middle = (edges[self.mesh.elements // 2] + edges[self.mesh.elements // 2 + 1]) / 2
            rows = self._plain(np.asarray([middle]), self.degree).toarray()
            follow = np.asarray([int(np.argmax(np.abs(rows[0])))])
        else:
            return None
        rows = rows / np.abs(rows).max(axis=1, keepdims=True)
        free = np.delete(np.arange(rows.shape[1]), follow)
        last = -np.linalg.solve(rows[:, follow], rows[:, free])
        last[np.abs(last) < 1e-14] = 0.0
        out = np.zeros((rows.shape[1], len(free)))
        out[free, np.arange(len(free))] = 1.0
        out[follow] = last
        return sp.csr_array(out)

    def _plain(self, x: np.ndarray, order: int) -> Sparse:
        """The matrix of a derivative, the ends not joined."""
        knots, degree = self._knots, self.degree
        if order > degree:
            return sp.csr_array((len(x), len(knots) - degree - 1))
        inside = np.clip(x, knots[0], knots[-1])
        values: Sparse = sp.csr_array(
            BSpline.design_matrix(inside, knots[order : len(knots) - order], degree - order)
        )
        for k in range(order, 0, -1):
            values = values @ _differences(knots[k - 1 : len(knots) - k + 1], degree - k + 1)
        return values.tocsr()

    def matrix(self, x: np.ndarray, order: int = 0) -> Sparse:
        """The derivative of that order at places x (m,), from the coefficients: shape (m, size)."""
        if self.mesh.periodic:
            low, high = self.mesh.breakpoints[0], self.mesh.breakpoints[-1]
            x = np.where((x < low) | (x > high), low + np.mod(x - low, high - low), x)
        plain = self._plain(np.asarray(x, float), order)
        return plain if self._wrap is None else (plain @ self._wrap).tocsr()


def _differences(knots: np.ndarray, degree: int) -> Sparse:
    """From the coefficients of a spline to those of its derivative."""
    count = len(knots) - degree - 1
    widths = knots[1 + degree : count + degree] - knots[1:count]
    with np.errstate(divide="ignore"):
        rates = np.where(widths > 0, degree / widths, 0.0)
    offsets: Any = [0, 1]
    matrix: Sparse = sp.diags_array([-rates, rates], offsets=offsets, shape=(count - 1, count))
    return matrix.tocsr()
