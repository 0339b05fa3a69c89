"""Shapes in the plane and in space, and what unions, intersections and differences make of them."""

import abc
from functools import lru_cache

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Float

from .._names import listed
from ._base import AbstractDomain, Bounds, Coordinates, Region
from .cells import Cells
from .coordinates import no_part
from .curve import AbstractCurve
from .cutting import cut_curves, cut_surfaces
from .piece import AbstractPiece, region_of

Distances = Float[np.ndarray, " points"]


class AbstractShape(AbstractDomain):
    """A set in the plane or in space; `a | b` is the union, `a & b` the intersection, `a - b` what is left of a."""

    @abc.abstractmethod
    def signed_distance(self, points: Coordinates) -> Distances:
        """How far points (n, d) are from the boundary: negative inside, positive outside."""

    @abc.abstractmethod
    def pieces(self) -> tuple[AbstractPiece, ...]:
        """The smooth pieces of the boundary."""

    @property
    @abc.abstractmethod
    def measure(self) -> float:
        """The length, area or volume."""

    def __or__(self, other: "AbstractShape") -> "Union":
        return Union(self, other)

    def __and__(self, other: "AbstractShape") -> "Intersection":
        return Intersection(self, other)

    def __sub__(self, other: "AbstractShape") -> "Difference":
        return Difference(self, other)


class AbstractBody(AbstractShape):
    """A shape without time whose boundary is that of its pieces: all shapes but boxes."""

    def contains(self, points: Coordinates, slack: float = 1e-9) -> Bool[np.ndarray, " points"]:
        return self.signed_distance(points) <= slack * size_of(self)

    def parts(self) -> tuple[str, ...]:
        named = dict.fromkeys(name for piece in self.pieces() for name in piece.names)
        return (*named, "walls")

    def sides(self, name: str) -> tuple[str, ...]:
        if name not in self.parts():
            raise no_part(name, self.parts())
        return tuple(dict.fromkeys(p.names[0] for p in self.pieces() if name == "walls" or name in p.names))

    def part(self, name: str) -> Region:
        self.sides(name)
        there = tuple(piece for piece in self.pieces() if name == "walls" or name in piece.names)
        return region_of(name, there, len(self.coordinates))

    def start(self) -> Region:
        raise _without_time("start")

    def end(self) -> Region:
        raise _without_time("end")


def _without_time(name: str) -> ValueError:
    return ValueError(f"this domain has no time; multiply it by Time(t=(0, 1)) to {name} it.")


def size_of(shape: AbstractShape) -> float:
    """The widest side of the box around a shape."""
    lower, upper = shape.bounds
    return float(np.max(np.subtract(upper, lower)))


class AbstractCombination(AbstractBody):
    """Two shapes made into one. Parts of the boundaries keep their names, and equal names become one part."""

    left: eqx.AbstractVar[AbstractShape]
    right: eqx.AbstractVar[AbstractShape]

    def pieces(self) -> tuple[AbstractPiece, ...]:
        return _cut(self)

    @property
    def measure(self) -> float:
        lower, upper = self.bounds
        return float(np.prod(np.subtract(upper, lower))) * _filled(self).share

    def interior(self) -> Region:
        lower, upper = (np.asarray(end)[None] for end in self.bounds)
        cells = _filled(self)
        return Region(
            "interior", len(self.coordinates), lambda unit: lower + (upper - lower) * cells.place(unit)
        )


class Union(AbstractCombination):
    """What lies in `left` or in `right`.

    Its signed distance is the smaller of theirs: exact outside; inside a lower bound of the depth.
    """

    left: AbstractShape
    right: AbstractShape
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True, default=None)

    def __init__(self, left: AbstractShape, right: AbstractShape):
        self.left, self.right = left, right
        self.coordinates = _matched(left, right, "|")
        self.time = None

    @property
    def bounds(self) -> Bounds:
        (a, b), (c, d) = self.left.bounds, self.right.bounds
        return tuple(map(min, a, c)), tuple(map(max, b, d))

    def signed_distance(self, points: Coordinates) -> Distances:
        return np.minimum(self.left.signed_distance(points), self.right.signed_distance(points))


class Intersection(AbstractCombination):
    """What lies in `left` and in `right`; raises `ValueError` where that is nothing.

    Its signed distance is the larger of theirs: exact inside; outside a lower bound of the distance.
    """

    left: AbstractShape
    right: AbstractShape
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True, default=None)

    def __init__(self, left: AbstractShape, right: AbstractShape):
        self.left, self.right = left, right
        self.coordinates = _matched(left, right, "&")
        self.time = None
        (a, b), (c, d) = left.bounds, right.bounds
        if any(high <= low for low, high in zip(map(max, a, c), map(min, b, d), strict=True)) or not _exists(
            self
        ):
            raise ValueError(
                f"the intersection of a {_kind(left)} and a {_kind(right)} is empty: the two do not overlap; "
                "move or enlarge one of them."
            )

    @property
    def bounds(self) -> Bounds:
        (a, b), (c, d) = self.left.bounds, self.right.bounds
        return _tightened(self, (tuple(map(max, a, c)), tuple(map(min, b, d))))

    def signed_distance(self, points: Coordinates) -> Distances:
        return np.maximum(self.left.signed_distance(points), self.right.signed_distance(points))


class Difference(AbstractCombination):
    """What lies in `left` and not in `right`; raises `ValueError` where that is nothing.

    Its signed distance is the larger of the left one and of the right one's negative: exact inside where both are,
    and a lower bound of the distance outside.
    """

    left: AbstractShape
    right: AbstractShape
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True, default=None)

    def __init__(self, left: AbstractShape, right: AbstractShape):
        self.left, self.right = left, right
        self.coordinates = _matched(left, right, "-")
        self.time = None
        if not _exists(self):
            raise ValueError(
                f"nothing is left of a {_kind(left)} less a {_kind(right)} that covers it; make the second one "
                "smaller, or change their order."
            )

    @property
    def bounds(self) -> Bounds:
        return _tightened(self, self.left.bounds)

    def signed_distance(self, points: Coordinates) -> Distances:
        return np.maximum(self.left.signed_distance(points), -self.right.signed_distance(points))


def _kind(shape: AbstractShape) -> str:
    return type(shape).__name__


def _matched(left: AbstractShape, right: AbstractShape, sign: str) -> tuple[str, ...]:
    """The coordinates that both have; raises `TypeError` or `ValueError` for shapes that cannot be combined."""
    for shape in (left, right):
        if not isinstance(shape, AbstractShape):
            raise TypeError(f"{sign} combines shapes such as Box, Disk, Ball and Polygon; got {shape!r}.")
        if shape.time is not None:
            raise ValueError(
                f"{sign} combines shapes in space, and one of these has the time {shape.time}; combine the shapes "
                "first and multiply by Time(...) afterwards."
            )
    if left.coordinates != right.coordinates:
        raise ValueError(
            f"{sign} combines shapes of the same coordinates in the same order; got {listed(left.coordinates)} beside "
            f"{listed(right.coordinates)}."
        )
    if len(left.coordinates) not in (2, 3):
        raise ValueError(
            f"{sign} combines shapes of two or three coordinates; got {listed(left.coordinates)}."
        )
    return left.coordinates


def _primitives(shape: AbstractShape) -> tuple[AbstractPiece, ...]:
    """The pieces of all shapes that a shape is combined of, uncut."""
    if isinstance(shape, AbstractCombination):
        return _primitives(shape.left) + _primitives(shape.right)
    return shape.pieces()


@lru_cache(maxsize=64)
def _cut(shape: AbstractCombination) -> tuple[AbstractPiece, ...]:
    """The pieces of a combination."""
    found, size = _primitives(shape), max(size_of(shape.left), size_of(shape.right))
    curves = tuple(piece for piece in found if isinstance(piece, AbstractCurve))
    if len(shape.coordinates) == 2:
        return cut_curves(curves, shape.signed_distance, size)
    return cut_surfaces(found, shape.signed_distance, size)


@lru_cache(maxsize=16)
def _filled(shape: AbstractCombination) -> Cells:
    """The part of its bounds that a combination fills."""
    lower, upper = (np.asarray(end)[None] for end in shape.bounds)
    widths = upper - lower

    def inside(unit: Coordinates) -> Bool[np.ndarray, " points"]:
        return shape.signed_distance(lower + widths * unit) < 0

    def sure(unit: Coordinates, cell: float) -> Bool[np.ndarray, " points"]:
        # the signed distance of a combination is never larger than the distance from its boundary
        reach = cell * float(np.linalg.norm(widths)) / 2
        return np.abs(shape.signed_distance(lower + widths * unit)) > reach

    return Cells(inside, len(shape.coordinates), sure)


def _tightened(shape: AbstractCombination, loose: Bounds) -> Bounds:
    """The smallest box around a plane shape; in space, where that is not known, the one given."""
    if len(shape.coordinates) == 3:
        return loose
    curves = [piece.extent() for piece in shape.pieces() if isinstance(piece, AbstractCurve)]
    lower, upper = np.min([low for low, _ in curves], axis=0), np.max([high for _, high in curves], axis=0)
    return tuple(lower.tolist()), tuple(upper.tolist())


def _exists(shape: AbstractCombination) -> bool:
    return bool(shape.pieces()) if len(shape.coordinates) == 2 else _filled(shape).share > 0
