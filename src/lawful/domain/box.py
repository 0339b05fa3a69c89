"""Boxes of any dimension, with or without time."""

import math
from typing import Any, overload

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Float

from .._names import check_names
from ._base import Coordinates, Region
from .coordinates import check_named, checked_coordinates, checked_intervals, no_part
from .curve import Segment
from .piece import AbstractPiece
from .shape import AbstractBody, AbstractShape
from .spacetime import SpaceTime
from .surface import Rectangle


class Box(AbstractShape):
    """A product of intervals, one a coordinate of space: `Box(x=(0, 1), y=(-1, 1))`.

    `box * Time(t=(0, 2))` adds time. Boundary parts are the coordinates' names (`x`, both ends),
    `x.lower`, `x.upper`, and `walls` (all of them). Raises `ValueError` for an interval that is not
    two increasing finite numbers, and for names that cannot be told apart in handles.
    """

    coordinates: tuple[str, ...] = eqx.field(static=True)
    lower: tuple[float, ...] = eqx.field(static=True)
    upper: tuple[float, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True)

    def __init__(self, /, *unnamed: Any, **intervals: tuple[float, float]):
        check_named(unnamed, "Box(x=(0, 1), y=(-1, 1))")
        if not intervals:
            raise ValueError("Box() has no coordinate; name each with its interval, such as Box(x=(0, 1)).")
        self.coordinates = checked_coordinates(intervals)
        self.lower, self.upper = checked_intervals(intervals)
        self.time = None

    @classmethod
    def _of(
        cls,
        coordinates: tuple[str, ...],
        lower: tuple[float, ...],
        upper: tuple[float, ...],
        time: str | None,
    ) -> "Box":
        box = cls(**{c: (a, b) for c, a, b in zip(coordinates, lower, upper, strict=True)})
        object.__setattr__(box, "time", time)
        return box

    def __add__(self, other: object) -> "Box":
        raise TypeError("domains are multiplied, as in Box(x=(0, 1)) * Time(t=(0, 1)).")

    @overload
    def __mul__(self, other: "Box") -> "Box": ...

    @overload
    def __mul__(self, other: AbstractBody) -> SpaceTime: ...

    def __mul__(self, other: "Box | AbstractBody") -> "Box | SpaceTime":
        if isinstance(other, AbstractBody):
            return self._under(other)
        if not isinstance(other, Box):
            raise TypeError(f"a Box is multiplied by another Box or by Time(t=(0, 1)), got {other!r}.")
        if self.time and other.time:
            raise ValueError(f"two times, {self.time} and {other.time}; a domain has at most one.")
        names = check_names((*self.coordinates, *other.coordinates), "the domain")
        last = self.time or other.time
        ends = dict(zip(names, (*self._pairs(), *other._pairs()), strict=True))
        ordered = (*(name for name in names if name != last), *((last,) if last else ()))
        lower, upper = zip(*(ends[name] for name in ordered), strict=True)
        return Box._of(ordered, lower, upper, last)

    def __rmul__(self, other: AbstractBody) -> SpaceTime:
        if not isinstance(other, AbstractBody):
            raise TypeError(f"a Box is multiplied by another Box or by Time(t=(0, 1)), got {other!r}.")
        return self._under(other)

    def _under(self, shape: AbstractBody) -> SpaceTime:
        if self.time is None or len(self.coordinates) > 1:
            raise ValueError(
                f"a {type(shape).__name__} is multiplied by an interval of time, such as Time(t=(0, 1)), and not by a "
                "Box; combine it with a Box of the same coordinates by |, & or -."
            )
        return SpaceTime(shape, self)

    def _pairs(self) -> tuple[tuple[float, float], ...]:
        return tuple(zip(self.lower, self.upper, strict=True))

    @property
    def bounds(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return self.lower, self.upper

    @property
    def measure(self) -> float:
        return math.prod(b - a for a, b in self._pairs())

    def interval(self, name: str) -> tuple[float, float]:
        """The two ends of a coordinate."""
        at = self.coordinates.index(name)
        return self.lower[at], self.upper[at]

    def contains(self, points: Coordinates, slack: float = 1e-6) -> Bool[np.ndarray, " points"]:
        lower, upper = np.asarray(self.lower)[None], np.asarray(self.upper)[None]
        off = slack * (upper - lower)
        return np.all((points >= lower - off) & (points <= upper + off), axis=1)

    def signed_distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        """How far points (n, d) are from the faces, in time too: negative inside, positive outside. Exact."""
        lower, upper = np.asarray(self.lower)[None], np.asarray(self.upper)[None]
        beyond = np.maximum(lower - points, points - upper)
        return np.linalg.norm(np.maximum(beyond, 0.0), axis=1) + np.minimum(beyond.max(axis=1), 0.0)

    def pieces(self) -> tuple[AbstractPiece, ...]:
        """The edges of a plane box, or the faces of one in space."""
        faces = [(axis, c, side) for axis, c in enumerate(self.space) for side in ("lower", "upper")]
        if len(self.space) == 2:
            (a, b), (c, d) = self.lower[:2], self.upper[:2]
            runs = [((a, d), (a, b)), ((c, b), (c, d)), ((a, b), (c, b)), ((c, d), (a, d))]
            return tuple(
                Segment((f"{name}.{side}", name), start, end, 1.0)
                for (_, name, side), (start, end) in zip(faces, runs, strict=True)
            )
        if len(self.space) != 3:
            raise ValueError(f"only boxes of two or three coordinates have pieces, got {len(self.space)}.")
        return tuple(
            Rectangle(
                (f"{c}.{side}", c), self.lower[:3], self.upper[:3], axis, 1.0 if side == "upper" else -1.0
            )
            for axis, c, side in faces
        )

    def interior(self) -> Region:
        return Region("interior", len(self.coordinates), self._scaled)

    def _scaled(self, unit: Coordinates) -> Coordinates:
        lower, upper = np.asarray(self.lower), np.asarray(self.upper)
        return lower + (upper - lower) * unit

    def parts(self) -> tuple[str, ...]:
        sides = tuple(f"{c}.{side}" for c in self.space for side in ("lower", "upper"))
        return (*self.space, *sides, "walls") if self.space else ()

    def faces(self, name: str) -> tuple[tuple[str, str], ...]:
        """The faces of a part, as (coordinate, side)."""
        if name not in self.parts():
            raise no_part(name, self.parts())
        every = ((c, side) for c in self.space for side in ("lower", "upper"))
        return tuple(f for f in every if name in ("walls", f[0], ".".join(f)))

    def sides(self, name: str) -> tuple[str, ...]:
        return tuple(f"{c}.{side}" for c, side in self.faces(name))

    def part(self, name: str) -> Region:
        faces = self.faces(name)
        widths = np.asarray(self.upper) - np.asarray(self.lower)
        axes = [self.coordinates.index(c) for c, _ in faces]
        inside = [a for a, c in enumerate(self.coordinates) if c != self.time]
        areas = np.array([math.prod(widths[a] for a in inside if a != axis) for axis in axes])
        edges = np.concatenate([[0.0], np.cumsum(areas) / areas.sum()])
        edges[-1] = 1.0

        def place(unit: Float[np.ndarray, "draws k"]) -> Coordinates:
            """The first number picks the face by its area, and what is left of it the place along the face,
            with the other numbers; ends of an interval are all taken."""
            if unit.shape[1] == 0:
                unit = np.linspace(0, 1, 2 * len(faces) + 1)[1::2, None]
            pick = np.clip(np.searchsorted(edges, unit[:, 0], side="right") - 1, 0, len(faces) - 1)
            rest = np.clip((unit[:, 0] - edges[pick]) / (edges[pick + 1] - edges[pick]), 0.0, 1.0)
            within = np.column_stack([rest, unit[:, 1:]])[:, : len(self.coordinates) - 1]
            points = np.empty((len(unit), len(self.coordinates)))
            for i, (axis, (_, side)) in enumerate(zip(axes, faces, strict=True)):
                rows = pick == i
                full = np.insert(within[rows], axis, 1.0 if side == "upper" else 0.0, axis=1)
                points[rows] = self._scaled(full)
                points[rows, axis] = (self.upper if side == "upper" else self.lower)[axis]
            return points

        def normals(points: Coordinates) -> Coordinates:
            out = np.zeros_like(points)
            left = np.ones(len(points), bool)
            for axis, (_, side) in zip(axes, faces, strict=True):
                end = self.upper[axis] if side == "upper" else self.lower[axis]
                rows = left & (points[:, axis] == end)
                out[rows, axis] = 1.0 if side == "upper" else -1.0
                left &= ~rows
            return out

        return Region(name, len(self.coordinates) - 1, place, normals)

    def start(self) -> Region:
        return self._at_time("start", 0.0)

    def end(self) -> Region:
        return self._at_time("end", 1.0)

    def _at_time(self, name: str, share: float) -> Region:
        if self.time is None:
            raise ValueError(f"this domain has no time; multiply it by Time(t=(0, 1)) to {name} it.")
        axis = self.coordinates.index(self.time)

        def place(unit: Float[np.ndarray, "points k"]) -> Coordinates:
            return self._scaled(np.insert(unit, axis, share, axis=1))

        return Region(name, len(self.coordinates) - 1, place)


def Time(*unnamed: Any, **interval: tuple[float, float]) -> Box:
    """An interval of time, `Time(t=(0, 1))`: alone the domain of an ordinary differential equation,
    or a factor of a `Box`. Raises `ValueError` as `Box` does.
    """
    check_named(unnamed, "Time(t=(0, 1))")
    if len(interval) != 1:
        raise ValueError(f"Time takes one coordinate, such as Time(t=(0, 1)); got {len(interval)}.")
    checked_intervals(interval)
    (name, (start, end)), *_ = interval.items()
    return Box._of((name,), (float(start),), (float(end),), name)
