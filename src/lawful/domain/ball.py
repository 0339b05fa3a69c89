"""Disks in the plane and balls in space."""

import math
from typing import Any

import equinox as eqx
import numpy as np
from jaxtyping import Float

from .._names import listed
from ._base import Bounds, Coordinates, Region
from .coordinates import check_named, checked_coordinates, checked_number, checked_part
from .curve import Arc
from .piece import AbstractPiece, Unit
from .shape import AbstractBody
from .surface import Sphere


class AbstractRound(AbstractBody):
    """The points within `radius` of a centre."""

    center: eqx.AbstractVar[tuple[float, ...]]
    radius: eqx.AbstractVar[float]

    @property
    def bounds(self) -> Bounds:
        return tuple(c - self.radius for c in self.center), tuple(c + self.radius for c in self.center)

    def signed_distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        return np.linalg.norm(points - np.asarray(self.center)[None], axis=1) - self.radius


class Disk(AbstractRound):
    """The points of a plane within `radius` of a centre: `Disk(x=0.3, y=0.3, radius=0.1)`.

    Its boundary is one part, `name`. The signed distance is exact. Raises `ValueError` for a centre that is not
    two numbers, and for a radius that is not above 0.
    """

    center: tuple[float, ...] = eqx.field(static=True)
    radius: float = eqx.field(static=True)
    name: str = eqx.field(static=True)
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True)

    def __init__(self, /, *unnamed: Any, radius: float, name: str = "circle", **center: float):
        check_named(unnamed, "Disk(x=0, y=0, radius=1)")
        self.coordinates, self.center = _checked_center(center, "Disk", "x=0, y=0", 2)
        self.radius, self.name = _checked_radius(radius, "Disk"), checked_part(name, "Disk")
        self.time = None

    @property
    def measure(self) -> float:
        return math.pi * self.radius**2

    def pieces(self) -> tuple[AbstractPiece, ...]:
        x, y = self.center
        return (Arc((self.name,), (x, y), self.radius, 1.0),)

    def interior(self) -> Region:
        def place(unit: Unit) -> Coordinates:
            return np.asarray(self.center)[None] + self.radius * concentric(unit)

        return Region("interior", 2, place)


class Ball(AbstractRound):
    """The points of space within `radius` of a centre: `Ball(x=0, y=0, z=0, radius=1)`.

    Its boundary is one part, `name`. The signed distance is exact. Raises `ValueError` for a centre that is not
    three numbers, and for a radius that is not above 0.
    """

    center: tuple[float, ...] = eqx.field(static=True)
    radius: float = eqx.field(static=True)
    name: str = eqx.field(static=True)
    coordinates: tuple[str, ...] = eqx.field(static=True)
    time: str | None = eqx.field(static=True)

    def __init__(self, /, *unnamed: Any, radius: float, name: str = "sphere", **center: float):
        check_named(unnamed, "Ball(x=0, y=0, z=0, radius=1)")
        self.coordinates, self.center = _checked_center(center, "Ball", "x=0, y=0, z=0", 3)
        self.radius, self.name = _checked_radius(radius, "Ball"), checked_part(name, "Ball")
        self.time = None

    @property
    def measure(self) -> float:
        return 4 / 3 * math.pi * self.radius**3

    def pieces(self) -> tuple[AbstractPiece, ...]:
        return (Sphere((self.name,), self.center, self.radius),)

    def interior(self) -> Region:
        def place(unit: Unit) -> Coordinates:
            """The first number gives the height h by its share of the volume, 3 h - h^3 = 4 u - 2, the others
            the place in the disk at that height."""
            height = 2 * np.sin(np.arcsin(np.clip(2 * unit[:, :1] - 1, -1, 1)) / 3)
            ring = np.sqrt(np.maximum(1 - height**2, 0.0)) * concentric(unit[:, 1:])
            return np.asarray(self.center)[None] + self.radius * np.concatenate([ring, height], axis=1)

        return Region("interior", 3, place)


def concentric(unit: Unit) -> Coordinates:
    """The unit square onto the unit disk: areas are kept, and near points stay near (Shirley and Chiu 1997)."""
    a, b = 2 * unit[:, 0] - 1, 2 * unit[:, 1] - 1
    steep = np.abs(b) > np.abs(a)
    radius = np.where(steep, b, a)
    share = np.divide(np.where(steep, a, b), radius, out=np.zeros_like(a), where=radius != 0)
    angle = np.where(steep, math.pi / 2 - math.pi / 4 * share, math.pi / 4 * share)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _checked_center(
    center: dict[str, Any], kind: str, example: str, dimension: int
) -> tuple[tuple[str, ...], tuple[float, ...]]:
    if len(center) != dimension:
        count = {2: "two", 3: "three"}[dimension]
        raise ValueError(
            f"{kind} takes the {count} coordinates of its centre by name, as in {kind}({example}, radius=1); "
            f"got {listed(center)}."
        )
    names = checked_coordinates(center)
    return names, tuple(checked_number(value, f"{kind}: the centre {c}") for c, value in center.items())


def _checked_radius(radius: Any, kind: str) -> float:
    number = checked_number(radius, f"{kind}: the radius")
    if number <= 0:
        raise ValueError(f"{kind}: the radius must be above 0, got {radius!r}.")
    return number
