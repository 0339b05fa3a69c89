"""Points and weights for integrals over space."""

import numpy as np

from .domain import AbstractDomain, AbstractShape, Box, SpaceTime
from .sampling import Sobol

NODES = {0: 1, 1: 200, 2: 40, 3: 16}
"""Gauss-Legendre nodes along each side of a box, by the number of coordinates of space."""
EVEN = 2**14
"""Points for shapes that are no boxes."""


def quadrature(domain: AbstractDomain) -> tuple[np.ndarray, np.ndarray]:
    """Points over all coordinates, at the first time, and their weights; in up to three coordinates of space.

    The Gauss-Legendre rule for boxes; for other shapes Sobol points of equal weight, good to about 1e-4 of the
    largest value times the volume.
    """
    if isinstance(domain, Box):
        return _gauss(domain)
    shape = domain.shape if isinstance(domain, SpaceTime) else domain
    assert isinstance(shape, AbstractShape)
    places = shape.interior().place(Sobol().draw(EVEN, len(shape.coordinates), np.random.default_rng(11)))
    points = np.tile(np.asarray(domain.bounds[0]), (EVEN, 1))
    points[:, : places.shape[1]] = places
    return points, np.full(EVEN, shape.measure / EVEN)


def _gauss(box: Box) -> tuple[np.ndarray, np.ndarray]:
    axes = [box.coordinates.index(c) for c in box.space]
    lower, widths = np.asarray(box.lower), np.subtract(box.upper, box.lower)
    nodes, weights = np.polynomial.legendre.leggauss(NODES[len(axes)])
    share = np.meshgrid(*[weights / 2] * len(axes), indexing="ij")
    weight = np.prod([s.ravel() for s in share], axis=0) if axes else np.ones(1)
    unit = np.meshgrid(*[(nodes + 1) / 2] * len(axes), indexing="ij")
    points = np.tile(lower, (len(weight), 1))
    for axis, along in zip(axes, unit, strict=True):
        points[:, axis] += widths[axis] * along.ravel()
    return points, weight * np.prod(widths[axes])
