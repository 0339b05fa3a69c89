"""Polygons in the plane."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Float

from .._names import listed
from ._base import Bounds, Coordinates, Region
from .coordinates import check_named, checked_coordinates, checked_number, checked_part
from .curve import Point, Segment
from .piece import AbstractPiece
from .shape import AbstractBody
from .slabs import Slabs

THIN = 1e-12
"""Areas and distances below this, in units of the polygon's size, are nothing."""


class Polygon(AbstractBody):
    """The plane figure with these corners, in order, either way round: `Polygon(x=[0, 2, 0], y=[0, 0, 1])`.

    Edge k leads from corner k to the next one and is the part `edge<k>`, counted from 1, or has the k-th of
    `names`. The signed distance is exact. Raises `ValueError` for fewer than three corners, corners that repeat,
    edges that cross or touch, and a polygon without area.
    """

    vertices: tuple[Point, ...] = eqx.field(static=True)
    names: tuple[str, ...] = eqx.field(static=True)
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True)

    def __init__(self, /, *points: Any, names: Sequence[str] | None = None, **corners: Any):
        check_named(points, "Polygon(x=[0, 2, 0], y=[0, 0, 1])")
        self.coordinates, self.vertices = _checked_corners(corners)
        count = len(self.vertices)
        given = tuple(f"edge{k}" for k in range(1, count + 1)) if names is None else tuple(names)
        if len(given) != count:
            raise ValueError(
                f"Polygon: there are {count} edges and {len(given)} names; give one a name an edge, in order."
            )
        self.names = tuple(checked_part(name, "Polygon") for name in given)
        self.time = None
        _check_outline(self.vertices)

    @property
    def bounds(self) -> Bounds:
        corners = np.asarray(self.vertices)
        return tuple(corners.min(axis=0).tolist()), tuple(corners.max(axis=0).tolist())

    @property
    def measure(self) -> float:
        return abs(_area(self.vertices))

    def signed_distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        nearest = np.full(len(points), np.inf)
        inside = np.zeros(len(points), bool)
        for edge in self.pieces():
            assert isinstance(edge, Segment)
            nearest = np.minimum(nearest, edge.distance(points))
            (ax, ay), (bx, by) = edge.start, edge.end
            if ay != by:  # a ray to the right of each point crosses the outline oddly often from inside
                level = (ay > points[:, 1]) != (by > points[:, 1])
                inside ^= level & (points[:, 0] < ax + (points[:, 1] - ay) * (bx - ax) / (by - ay))
        return np.where(inside, -nearest, nearest)

    def pieces(self) -> tuple[AbstractPiece, ...]:
        side = math.copysign(1.0, _area(self.vertices))
        return tuple(
            Segment((name,), start, end, side)
            for (start, end), name in zip(_edges(self.vertices), self.names, strict=True)
        )

    def interior(self) -> Region:
        return Region("interior", 2, Slabs(self.vertices).place)


def _edges(vertices: tuple[Point, ...]) -> list[tuple[Point, Point]]:
    return [*zip(vertices, vertices[1:] + vertices[:1], strict=True)]


def _area(vertices: tuple[Point, ...]) -> float:
    """The area, positive for corners in counter-clockwise order, by corners relative to the first."""
    relative = [(x - vertices[0][0], y - vertices[0][1]) for x, y in vertices]
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in itertools.pairwise(relative)) / 2


def _checked_corners(corners: dict[str, Any]) -> tuple[tuple[str, ...], tuple[Point, ...]]:
    if len(corners) != 2:
        raise ValueError(
            "Polygon takes its corners as two lists by coordinate, as in Polygon(x=[0, 1, 0], y=[0, 0, 1]); "
            f"got {listed(corners)}."
        )
    names = checked_coordinates(corners)
    columns = []
    for name, values in corners.items():
        if isinstance(values, str) or not isinstance(values, Sequence | np.ndarray):
            raise ValueError(f"Polygon: {name} must be a list of numbers, one a corner; got {values!r}.")
        plain = values.tolist() if isinstance(values, np.ndarray) else values
        columns.append([checked_number(value, f"Polygon: each {name}") for value in plain])
    if len(columns[0]) != len(columns[1]):
        raise ValueError(
            f"Polygon: {names[0]} has {len(columns[0])} corners and {names[1]} {len(columns[1])}; both need one "
            "number a corner."
        )
    return names, tuple(zip(*columns, strict=True))


def _check_outline(vertices: tuple[Point, ...]) -> None:
    count = len(vertices)
    if count < 3:
        raise ValueError(f"Polygon: a polygon has at least three corners, got {count}.")
    size = float(np.ptp(np.asarray(vertices), axis=0).max())
    for i, j in itertools.combinations(range(count), 2):
        if math.dist(vertices[i], vertices[j]) <= THIN * size:
            hint = "; the outline closes by itself" if (i, j) == (0, count - 1) else ""
            raise ValueError(
                f"Polygon: the corners {i + 1} and {j + 1} are the same, {vertices[i]}; leave one out{hint}."
            )
    edges = _edges(vertices)
    for i, j in itertools.combinations(range(count), 2):
        neighbours = j == i + 1 or (i, j) == (0, count - 1)
        if not neighbours and _touch(*edges[i], *edges[j], THIN * size):
            raise ValueError(
                f"Polygon: edge {i + 1} and edge {j + 1} cross or touch; list the corners in order around the figure."
            )
    if abs(_area(vertices)) <= THIN * size**2:
        raise ValueError("Polygon: its area is zero, since all corners lie on one line; move one of them.")
    for i in range(count):
        (a, b), (_, c) = edges[i], edges[(i + 1) % count]
        if _turn(a, b, c) == 0 and (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0:
            raise ValueError(
                f"Polygon: edge {i + 1} and edge {(i + 1) % count + 1} run back over each other; leave out the "
                f"corner {b} between them."
            )


def _turn(a: Point, b: Point, c: Point) -> float:
    """Positive where a, b, c turn left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _touch(a: Point, b: Point, c: Point, d: Point, near: float) -> bool:
    """Whether two edges cross, or an end of one lies on the other."""
    if _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0:
        return True
    one, other = Segment((), a, b, 1.0), Segment((), c, d, 1.0)
    ends = (one.distance(np.asarray([c, d])), other.distance(np.asarray([a, b])))
    return bool(np.min(ends) <= near)
