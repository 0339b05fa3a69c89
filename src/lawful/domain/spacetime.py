"""A shape over an interval of time."""

import equinox as eqx
import numpy as np
from jaxtyping import Bool

from ._base import AbstractDomain, Bounds, Coordinates, Region
from .coordinates import checked_coordinates
from .piece import Unit
from .shape import AbstractBody


class SpaceTime(AbstractDomain):
    """A shape at all times of an interval: `Disk(x=0, y=0, radius=1) * Time(t=(0, 2))`.

    Time is the last coordinate; the parts of the boundary are those of the shape. Raises `ValueError` where both
    have a coordinate of one name.
    """

    shape: AbstractBody
    interval: AbstractDomain
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True)

    def __init__(self, shape: AbstractBody, interval: AbstractDomain):
        self.shape, self.interval = shape, interval
        self.coordinates = checked_coordinates((*shape.coordinates, *interval.coordinates))
        self.time = interval.time

    @property
    def bounds(self) -> Bounds:
        (a, b), (begin, end) = self.shape.bounds, self.interval.bounds
        return (*a, *begin), (*b, *end)

    def contains(self, points: Coordinates, slack: float = 1e-9) -> Bool[np.ndarray, " points"]:
        return self.shape.contains(points[:, :-1], slack) & self.interval.contains(points[:, -1:], slack)

    def interior(self) -> Region:
        return self._over_time(self.shape.interior())

    def parts(self) -> tuple[str, ...]:
        return self.shape.parts()

    def sides(self, name: str) -> tuple[str, ...]:
        return self.shape.sides(name)

    def part(self, name: str) -> Region:
        return self._over_time(self.shape.part(name))

    def _over_time(self, region: Region) -> Region:
        times, across = self.interval.interior(), region.normals

        def place(unit: Unit) -> Coordinates:
            return np.concatenate([region.place(unit[:, :-1]), times.place(unit[:, -1:])], axis=1)

        def normals(points: Coordinates) -> Coordinates:
            assert across is not None
            return np.concatenate([across(points[:, :-1]), np.zeros((len(points), 1))], axis=1)

        return Region(region.name, region.dimension + 1, place, None if across is None else normals)

    def start(self) -> Region:
        return self._at_time("start", self.interval.bounds[0][0])

    def end(self) -> Region:
        return self._at_time("end", self.interval.bounds[1][0])

    def _at_time(self, name: str, time: float) -> Region:
        region = self.shape.interior()

        def place(unit: Unit) -> Coordinates:
            return np.concatenate([region.place(unit), np.full((len(unit), 1), time)], axis=1)

        return Region(name, region.dimension, place)
