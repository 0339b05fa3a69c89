"""Boundaries in space: rectangles along the coordinates, and spheres."""

import math

import equinox as eqx
import numpy as np
from jaxtyping import Float

from ._base import Coordinates
from .piece import AbstractPiece, Unit


class Rectangle(AbstractPiece):
    """The face of the box from `lower` to `upper` on which coordinate `axis` is at one end: at the upper one
    for `side` = 1, at the lower one for -1."""

    names: tuple[str, ...] = eqx.field(static=True)
    lower: tuple[float, ...] = eqx.field(static=True)
    upper: tuple[float, ...] = eqx.field(static=True)
    axis: int = eqx.field(static=True)
    side: float = eqx.field(static=True)

    @property
    def _corners(self) -> tuple[np.ndarray, np.ndarray]:
        lower, upper = np.asarray(self.lower), np.asarray(self.upper)
        lower[self.axis] = upper[self.axis] = (upper if self.side > 0 else lower)[self.axis]
        return lower, upper

    @property
    def measure(self) -> float:
        return float(np.prod(np.delete(np.subtract(self.upper, self.lower), self.axis)))

    def place(self, unit: Unit) -> Coordinates:
        lower, upper = self._corners
        return lower[None] + (upper - lower)[None] * np.insert(unit, self.axis, 0.0, axis=1)

    def normals(self, points: Coordinates) -> Coordinates:
        out = np.zeros_like(points)
        out[:, self.axis] = self.side
        return out

    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        lower, upper = self._corners
        return np.linalg.norm(points - np.clip(points, lower[None], upper[None]), axis=1)


class Sphere(AbstractPiece):
    """The points at `radius` from `center`; by height and angle, which keeps areas (Archimedes)."""

    names: tuple[str, ...] = eqx.field(static=True)
    center: tuple[float, ...] = eqx.field(static=True)
    radius: float = eqx.field(static=True)

    @property
    def measure(self) -> float:
        return 4 * math.pi * self.radius**2

    def place(self, unit: Unit) -> Coordinates:
        height, angle = 2 * unit[:, 0] - 1, 2 * math.pi * unit[:, 1]
        ring = np.sqrt(np.maximum(1 - height**2, 0.0))
        away = np.stack([ring * np.cos(angle), ring * np.sin(angle), height], axis=1)
        return np.asarray(self.center)[None] + self.radius * away

    def normals(self, points: Coordinates) -> Coordinates:
        away = points - np.asarray(self.center)[None]
        return away / np.linalg.norm(away, axis=1)[:, None]

    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        return np.abs(np.linalg.norm(points - np.asarray(self.center)[None], axis=1) - self.radius)
