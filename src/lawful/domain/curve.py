"""Boundaries in the plane: straight lines and arcs of circles."""

import abc
import math

import equinox as eqx
import numpy as np
from jaxtyping import Float

from ._base import Coordinates
from .piece import AbstractPiece, Unit

Point = tuple[float, float]


class AbstractCurve(AbstractPiece):
    """A piece in the plane, run through at constant speed by s in [0, 1]; it can be cut."""

    @property
    @abc.abstractmethod
    def closed(self) -> bool:
        """Whether it ends where it begins."""

    @abc.abstractmethod
    def at(self, s: Float[np.ndarray, " draws"]) -> Coordinates:
        """The points at s."""

    @abc.abstractmethod
    def along(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        """The s of points of the curve; what is not on it may get any number."""

    @abc.abstractmethod
    def ends(self) -> Coordinates:
        """The first and the last point; none for a closed curve."""

    @abc.abstractmethod
    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        """The corners of the smallest box around it."""

    @abc.abstractmethod
    def between(self, first: float, last: float, *, turned: bool) -> "AbstractCurve":
        """The stretch first <= s <= last, its outward side turned over if `turned`."""


class Segment(AbstractCurve):
    """The line from `start` to `end`; outward is right of it, times `side` = +-1."""

    names: tuple[str, ...] = eqx.field(static=True)
    start: Point = eqx.field(static=True)
    end: Point = eqx.field(static=True)
    side: float = eqx.field(static=True)

    @property
    def closed(self) -> bool:
        return False

    @property
    def measure(self) -> float:
        return math.dist(self.start, self.end)

    @property
    def _run(self) -> np.ndarray:
        return np.subtract(self.end, self.start)

    def place(self, unit: Unit) -> Coordinates:
        return self.at(unit[:, 0])

    def at(self, s: Float[np.ndarray, " draws"]) -> Coordinates:
        # both ends are met exactly
        return (1 - s)[:, None] * np.asarray(self.start)[None] + s[:, None] * np.asarray(self.end)[None]

    def along(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        return (points - np.asarray(self.start)[None]) @ self._run / (self._run @ self._run)

    def ends(self) -> Coordinates:
        return np.asarray([self.start, self.end])

    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        return np.minimum(self.start, self.end), np.maximum(self.start, self.end)

    def normals(self, points: Coordinates) -> Coordinates:
        dx, dy = self._run / self.measure
        return np.repeat(self.side * np.asarray([[dy, -dx]]), len(points), axis=0)

    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        return np.linalg.norm(points - self.at(np.clip(self.along(points), 0, 1)), axis=1)

    def between(self, first: float, last: float, *, turned: bool) -> "Segment":
        (ax, ay), (bx, by) = self.at(np.asarray([first, last])).tolist()
        return Segment(self.names, (ax, ay), (bx, by), -self.side if turned else self.side)


class Arc(AbstractCurve):
    """The points of a circle from the angle `begin` on over `sweep` radians; outward is away from the
    centre, times `side` = +-1."""

    names: tuple[str, ...] = eqx.field(static=True)
    center: Point = eqx.field(static=True)
    radius: float = eqx.field(static=True)
    side: float = eqx.field(static=True)
    begin: float = eqx.field(static=True, default=0.0)
    sweep: float = eqx.field(static=True, default=2 * math.pi)

    @property
    def closed(self) -> bool:
        return self.sweep == 2 * math.pi

    @property
    def measure(self) -> float:
        return self.radius * self.sweep

    def place(self, unit: Unit) -> Coordinates:
        return self.at(unit[:, 0])

    def at(self, s: Float[np.ndarray, " draws"]) -> Coordinates:
        angle = self.begin + self.sweep * s
        away = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return np.asarray(self.center)[None] + self.radius * away

    def along(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        away = points - np.asarray(self.center)[None]
        return np.mod(np.arctan2(away[:, 1], away[:, 0]) - self.begin, 2 * math.pi) / self.sweep

    def ends(self) -> Coordinates:
        return np.empty((0, 2)) if self.closed else self.at(np.asarray([0.0, 1.0]))

    def extent(self) -> tuple[np.ndarray, np.ndarray]:
        tops = np.asarray(self.center)[None] + self.radius * np.asarray([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
        reached = np.concatenate([self.ends(), tops[self.along(tops) <= 1]])
        return reached.min(axis=0), reached.max(axis=0)

    def normals(self, points: Coordinates) -> Coordinates:
        away = points - np.asarray(self.center)[None]
        return self.side * away / np.linalg.norm(away, axis=1)[:, None]

    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        away = np.linalg.norm(points - np.asarray(self.center)[None], axis=1)
        ring = np.abs(away - self.radius)
        if self.closed:
            return ring
        ends = [np.linalg.norm(points - end[None], axis=1) for end in self.ends()]
        return np.where(self.along(points) <= 1, ring, np.minimum(*ends))

    def between(self, first: float, last: float, *, turned: bool) -> "Arc":
        side = -self.side if turned else self.side
        begin, sweep = self.begin + first * self.sweep, (last - first) * self.sweep
        return Arc(self.names, self.center, self.radius, side, begin, sweep)


def crossings(one: AbstractCurve, other: AbstractCurve) -> Coordinates:
    """Where the lines and circles of two curves meet; points beyond their ends may be among them."""
    if isinstance(one, Segment) and isinstance(other, Segment):
        return _two_lines(one, other)
    if isinstance(one, Arc) and isinstance(other, Arc):
        return _two_circles(one, other)
    line, circle = (one, other) if isinstance(one, Segment) else (other, one)
    assert isinstance(line, Segment)
    assert isinstance(circle, Arc)
    return _line_and_circle(line, circle)


def _two_lines(one: Segment, other: Segment) -> Coordinates:
    p, q = np.asarray(one.start), np.asarray(other.start)
    a, b = np.subtract(one.end, one.start), np.subtract(other.end, other.start)
    across = a[0] * b[1] - a[1] * b[0]
    if abs(across) <= 1e-14 * np.linalg.norm(a) * np.linalg.norm(b):
        return np.empty((0, 2))
    s = ((q - p)[0] * b[1] - (q - p)[1] * b[0]) / across
    return (p + s * a)[None]


def _line_and_circle(line: Segment, circle: Arc) -> Coordinates:
    start, center = np.asarray(line.start), np.asarray(circle.center)
    run = np.subtract(line.end, line.start) / line.measure
    foot = start + ((center - start) @ run) * run
    half = circle.radius**2 - float((foot - center) @ (foot - center))
    if half < 0:
        return np.empty((0, 2))
    return np.stack([foot - math.sqrt(half) * run, foot + math.sqrt(half) * run])


def _two_circles(one: Arc, other: Arc) -> Coordinates:
    gap = np.subtract(other.center, one.center)
    apart = float(np.linalg.norm(gap))
    if apart <= 1e-14 * max(one.radius, other.radius):
        return np.empty((0, 2))
    toward = gap / apart
    share = (apart**2 + one.radius**2 - other.radius**2) / (2 * apart)
    half = one.radius**2 - share**2
    if half < 0:
        return np.empty((0, 2))
    foot = np.asarray(one.center) + share * toward
    up = math.sqrt(half) * np.asarray([-toward[1], toward[0]])
    return np.stack([foot - up, foot + up])
