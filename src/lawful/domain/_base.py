"""What a domain offers: coordinates, an interior to draw from, named parts of its boundary."""

import abc
from collections.abc import Callable
from dataclasses import dataclass

import equinox as eqx
import numpy as np
from jaxtyping import Bool, Float

Coordinates = Float[np.ndarray, "points d"]
Bounds = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Region:
    """A set that points can be drawn from: `place` maps points of the unit cube [0,1]^dimension into it.

    The map spreads points evenly by length, area or volume, is the same at every call, and takes near points
    to near points but for jumps across holes and between pieces: samplers that move a point within the cube rely
    on that. `dimension` counts the random numbers a point takes, and where it is 0 all points of the set are
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
    def space(self) -> tuple[str, ...]:
        """The coordinates that are not time."""
        return tuple(c for c in self.coordinates if c != self.time)

    @property
    @abc.abstractmethod
    def bounds(self) -> Bounds:
        """The corners of a box around the domain, the smallest where nothing else is said."""

    @abc.abstractmethod
    def interior(self) -> Region:
        """The whole domain, time included."""

    @abc.abstractmethod
    def contains(self, points: Coordinates, slack: float = 1e-9) -> Bool[np.ndarray, " points"]:
        """Whether each point lies in the domain, or off it by at most `slack` of its widths."""

    @abc.abstractmethod
    def parts(self) -> tuple[str, ...]:
        """The names that `Boundary(on=...)` knows."""

    @abc.abstractmethod
    def sides(self, name: str) -> tuple[str, ...]:
        """The smallest named parts that the part `name` is made of: `x.lower` and `x.upper` for `x`.

        Raises `ValueError` for a name that is not among the parts.
        """

    @abc.abstractmethod
    def part(self, name: str) -> Region:
        """A part of the boundary in space, over all times."""

    @abc.abstractmethod
    def start(self) -> Region:
        """The domain at its first time."""

    @abc.abstractmethod
    def end(self) -> Region:
        """The domain at its last time."""
