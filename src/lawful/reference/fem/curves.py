"""The curves that bound a domain in the plane, and the names of the parts that they belong to."""

from dataclasses import dataclass

import numpy as np

from ...domain import AbstractDomain, Box


@dataclass(frozen=True)
class Segment:
    """The straight line from `start` to `end`."""

    start: tuple[float, float]
    end: tuple[float, float]
    parts: frozenset[str]

    def nearest(self, points: np.ndarray) -> np.ndarray:
        """The places on it nearest to points (n, 2)."""
        a, b = np.asarray(self.start), np.asarray(self.end)
        along = np.clip(((points - a) @ (b - a)) / ((b - a) @ (b - a)), 0.0, 1.0)
        return a + along[:, None] * (b - a)


@dataclass(frozen=True)
class Ring:
    """The whole circle of `radius` about `center`."""

    center: tuple[float, float]
    radius: float
    parts: frozenset[str]

    def nearest(self, points: np.ndarray) -> np.ndarray:
        """The places on it nearest to points (n, 2)."""
        away = points - np.asarray(self.center)
        distance = np.linalg.norm(away, axis=1)
        outward = np.where(distance[:, None] > 0, away / np.maximum(distance, 1e-300)[:, None], [[1.0, 0.0]])
        return np.asarray(self.center) + self.radius * outward


Curve = Segment | Ring


def bounding_curves(domain: AbstractDomain) -> tuple[Curve, ...]:
    """The curves that the boundary of a domain in the plane lies on."""
    assert isinstance(domain, Box)
    return box_sides(domain)


def box_sides(box: Box) -> tuple[Segment, ...]:
    (a, b), (c, d) = (box.interval(name) for name in box.space)
    ends = {
        (box.space[0], "lower"): ((a, c), (a, d)),
        (box.space[0], "upper"): ((b, c), (b, d)),
        (box.space[1], "lower"): ((a, c), (b, c)),
        (box.space[1], "upper"): ((a, d), (b, d)),
    }
    return tuple(
        Segment(start, end, frozenset(p for p in box.parts() if face in box.faces(p)))
        for face, (start, end) in ends.items()
    )
