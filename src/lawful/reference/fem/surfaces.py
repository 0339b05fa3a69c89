"""The surfaces that bound a solid: how far off places are, and the nearest places on one or on several at once."""

from collections.abc import Sequence

import numpy as np

from ...domain.cutting import Patch
from ...domain.piece import AbstractPiece
from ...domain.surface import Rectangle, Sphere

STEPS = 30


def heights(surface: AbstractPiece, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The signed distances of points (n, 3) from the whole plane or sphere of a surface, and their gradients."""
    whole = surface.whole if isinstance(surface, Patch) else surface
    if isinstance(whole, Sphere):
        away = points - np.asarray(whole.center)
        distance = np.linalg.norm(away, axis=1)
        return distance - whole.radius, away / distance[:, None]
    assert isinstance(whole, Rectangle)
    at = (whole.upper if whole.side > 0 else whole.lower)[whole.axis]
    slope = np.zeros_like(points)
    slope[:, whole.axis] = 1.0
    return points[:, whole.axis] - at, slope


def onto(surfaces: Sequence[AbstractPiece], points: np.ndarray) -> np.ndarray:
    """Points (n, 3) moved to where all the surfaces meet, by shortest steps of Newton's method: for one plane or
    sphere, to the nearest place on it."""
    for _ in range(STEPS):
        found = [heights(surface, points) for surface in surfaces]
        off = np.stack([height for height, _ in found], axis=1)
        slopes = np.stack([slope for _, slope in found], axis=1)
        step = (np.linalg.pinv(slopes, rcond=1e-6) @ off[..., None])[..., 0]
        points = points - step
        if not (np.abs(step) > 1e-15 * (1 + np.abs(points))).any():
            break
    return points
