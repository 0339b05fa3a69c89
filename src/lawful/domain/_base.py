"""What a domain offers: coordinates, an interior to draw from, named parts of its boundary."""

import abc
from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import numpy as np
from jaxtyping import Float

Coordinates = Float[np.ndarray, "points d"]


@dataclass(frozen=True)
class Region:
    """A set that points can be drawn from: `place` maps points of the unit cube [0,1]^dimension into it.

    `dimension` counts the random numbers a point takes, and where it is 0 all points of the set are
    placed at once; `normals`, on a boundary, gives the outward
    unit normals over all coordinates of the domain.
    """

    name: str
    dimension: int
    place: Callable[[Float[np.ndarray, "draws k"]], Coordinates]
    normals: Callable[[Coordinates], Coordinates] | None = None


class AbstractDomain(eqx.Module):
    """Where a law holds."""

    coordinates: eqx.AbstractVar[tuple[str, ...]]
    time: eqx.AbstractVar[str | None]

    @property
    @abc.abstractmethod
    def bounds(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The corners of the smallest box around the domain."""

    @abc.abstractmethod
    def interior(self) -> Region:
        """The whole domain, time included."""

    @abc.abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The names that `Boundary(on=...)` knows."""

    @abc.abstractmethod
    def part(self, name: str) -> Region:
        """A part of the boundary in space, over all times."""

    @abc.abstractmethod
    def start(self) -> Region:
        """The domain at its first time."""

    @abc.abstractmethod
    def end(self) -> Region:
        """The domain at its last time."""
