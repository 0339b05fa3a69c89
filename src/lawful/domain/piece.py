"""A smooth piece of a boundary, and the region that several of them make up."""

import abc

import equinox as eqx
import numpy as np
from jaxtyping import Float

from ._base import Coordinates, Region

Unit = Float[np.ndarray, "draws k"]


class AbstractPiece(eqx.Module):
    """A smooth piece of the boundary of a plane or solid shape, with an outward side.

    `names` has the parts it belongs to, the smallest first.
    """

    names: eqx.AbstractVar[tuple[str, ...]]

    @property
    @abc.abstractmethod
    def measure(self) -> float:
        """Its length or area."""

    @abc.abstractmethod
    def place(self, unit: Unit) -> Coordinates:
        """Points of [0, 1]^(d-1) on the piece, evenly by length or area."""

    @abc.abstractmethod
    def normals(self, points: Coordinates) -> Coordinates:
        """The outward unit normals at points of the piece."""

    @abc.abstractmethod
    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        """How far points are from the piece."""


def share_out(shares: Float[np.ndarray, " pieces"], along: Float[np.ndarray, " draws"]):
    """Numbers in [0, 1] to pieces, in proportion to their shares: which piece, and how far along it, in [0, 1]."""
    ends = np.cumsum(shares) / np.sum(shares)
    starts = np.concatenate([[0.0], ends[:-1]])
    below = np.minimum(along, np.nextafter(1.0, 0.0))
    pick = np.minimum(np.searchsorted(ends, below, side="right"), len(ends) - 1)
    width = ends[pick] - starts[pick]
    return pick, np.clip((along - starts[pick]) / np.where(width > 0, width, 1.0), 0.0, 1.0)


def region_of(name: str, pieces: tuple[AbstractPiece, ...], dimension: int) -> Region:
    """The pieces as one region of a space of `dimension` coordinates, each with its share of the points."""
    shares = np.array([piece.measure for piece in pieces])

    def place(unit: Unit) -> Coordinates:
        pick, rest = share_out(shares, unit[:, 0])
        within = np.column_stack([rest, unit[:, 1:]])
        points = np.empty((len(unit), dimension))
        for i, piece in enumerate(pieces):
            points[pick == i] = piece.place(within[pick == i])
        return points

    def normals(points: Coordinates) -> Coordinates:
        nearest = np.argmin([piece.distance(points) for piece in pieces], axis=0)
        out = np.empty_like(points)
        for i, piece in enumerate(pieces):
            out[nearest == i] = piece.normals(points[nearest == i])
        return out

    return Region(name, dimension - 1, place, normals)
