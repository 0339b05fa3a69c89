"""The pieces that bound a domain in the plane: which one a place lies on, and the nearest place on it."""

import numpy as np

from ...domain import AbstractDomain, AbstractShape, Box, SpaceTime
from ...domain.curve import AbstractCurve, Arc
from ...domain.piece import AbstractPiece


def shape_of(domain: AbstractDomain) -> AbstractShape | None:
    """The shape in the plane or in space that a domain is, at each time; None where it is no such shape."""
    shape = domain.shape if isinstance(domain, SpaceTime) else domain
    if not isinstance(shape, AbstractShape) or len(shape.space) not in (2, 3):
        return None
    if isinstance(shape, Box) and shape.time is not None:
        return Box(**{c: shape.interval(c) for c in shape.space})
    return shape


def bounding_curves(shape: AbstractShape) -> tuple[AbstractCurve, ...]:
    """The curves that the boundary consists of."""
    return tuple(piece for piece in shape.pieces() if isinstance(piece, AbstractCurve))


def nearest(curve: AbstractCurve, points: np.ndarray) -> np.ndarray:
    """The places nearest to points (n, 2) on a line, or on the whole circle of an arc."""
    if not isinstance(curve, Arc):
        return curve.at(np.clip(curve.along(points), 0.0, 1.0))
    center = np.asarray(curve.center)
    away = points - center
    return center + curve.radius * away / np.linalg.norm(away, axis=1, keepdims=True)


def belongs(curve: AbstractPiece, part: str) -> bool:
    """Whether a piece is in the part of the boundary of that name."""
    return part == "walls" or part in curve.names
