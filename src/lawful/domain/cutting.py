"""Which stretches of the boundaries of several shapes bound what they are combined to."""

from collections.abc import Callable

import equinox as eqx
import numpy as np
from jaxtyping import Float

from ._base import Coordinates
from .cells import Cells
from .curve import AbstractCurve, crossings
from .piece import AbstractPiece, Unit

Signed = Callable[[Coordinates], Float[np.ndarray, " points"]]
ASIDE, SAME = 1e-8, 1e-9
"""In units of the size of the whole: how far to either side of a boundary one looks; and below which distance two
boundaries coincide, or a stretch is no stretch."""

STRETCHED = 1.5
"""A cell of a surface reaches no farther from its centre than this times its farthest corner."""


def cut_curves(curves: tuple[AbstractCurve, ...], signed: Signed, size: float) -> tuple[AbstractCurve, ...]:
    """The stretches of plane curves that have the set {signed < 0} on one side and not on the other.

    Each curve is cut where it meets the others; the middle of a stretch speaks for all of it. Of stretches that
    coincide the first is kept.
    """
    kept: list[AbstractCurve] = []
    for i, curve in enumerate(curves):
        others = [other for j, other in enumerate(curves) if j != i]
        places = [np.concatenate([crossings(curve, other), other.ends()]) for other in others]
        meets = np.concatenate([np.empty((0, 2)), *places])
        s = np.sort(curve.along(meets[curve.distance(meets) <= SAME * size]))
        s = _apart(np.clip(s, 0, 1), SAME * size / curve.measure)
        if curve.closed:
            stretches = [*zip(s, [*s[1:], s[0] + 1], strict=True)] if len(s) else [(0.0, 1.0)]
        else:
            s = _apart(np.concatenate([[0.0], s, [1.0]]), SAME * size / curve.measure)
            stretches = [*zip(s[:-1], [*s[1:-1], 1.0], strict=True)]
        for first, last in stretches:
            middle = curve.at(np.asarray([(first + last) / 2]))
            within, beyond = _either_side(curve, middle, signed, size)
            if within[0] == beyond[0] or any(k.distance(middle)[0] <= SAME * size for k in kept):
                continue
            kept.append(curve.between(float(first), float(last), turned=bool(beyond[0])))
    return tuple(kept)


class Patch(AbstractPiece):
    """What is kept of a surface in space: where the set is inside of it only (`side` = 1), or outside of it
    only (-1)."""

    names: tuple[str, ...] = eqx.field(static=True)
    whole: AbstractPiece
    side: float = eqx.field(static=True)
    cells: Cells = eqx.field(static=True)

    @property
    def measure(self) -> float:
        return self.whole.measure * self.cells.share

    def place(self, unit: Unit) -> Coordinates:
        return self.whole.place(self.cells.place(unit))

    def normals(self, points: Coordinates) -> Coordinates:
        return self.side * self.whole.normals(points)

    def distance(self, points: Coordinates) -> Float[np.ndarray, " points"]:
        return self.whole.distance(points)


def cut_surfaces(
    surfaces: tuple[AbstractPiece, ...], signed: Signed, size: float
) -> tuple[AbstractPiece, ...]:
    """The same for surfaces in space, whose parts are found by testing points."""
    kept: list[AbstractPiece] = []
    for i, surface in enumerate(surfaces):
        others = surfaces[:i] + surfaces[i + 1 :]

        def sure(
            unit: Unit,
            cell: float,
            surface: AbstractPiece = surface,
            others: tuple[AbstractPiece, ...] = others,
        ) -> np.ndarray:
            centres = surface.place(unit)
            corners = [unit + cell / 2 * np.asarray([[a, b]]) for a in (-1, 1) for b in (-1, 1)]
            reach = np.max([np.linalg.norm(surface.place(c) - centres, axis=1) for c in corners], axis=0)
            return np.min([other.distance(centres) for other in others], axis=0) > STRETCHED * reach

        for side in (1.0, -1.0):

            def inside(
                unit: Unit, surface: AbstractPiece = surface, side: float = side, i: int = i
            ) -> np.ndarray:
                points = surface.place(unit)
                within, beyond = _either_side(surface, points, signed, size)
                bounds = within & ~beyond if side > 0 else beyond & ~within
                for other in surfaces[:i]:  # what coincides with an earlier surface is left to that one
                    near = bounds & (other.distance(points) <= SAME * size)
                    if near.any():
                        bounds[near] = ~np.logical_xor(*_either_side(other, points[near], signed, size))
                return bounds

            cells = Cells(inside, 2, sure)
            if cells.share > 0:
                kept.append(Patch(surface.names, surface, side, cells))
    return tuple(kept)


def _either_side(piece: AbstractPiece, points: Coordinates, signed: Signed, size: float):
    """Whether the set is just inside, and just outside, of points of a boundary."""
    aside = ASIDE * size * piece.normals(points)
    return signed(points - aside) < 0, signed(points + aside) < 0


def _apart(s: np.ndarray, least: float) -> np.ndarray:
    """Growing numbers less those that hardly differ from the one before."""
    return s[np.concatenate([[True], np.diff(s) > least])] if len(s) else s
