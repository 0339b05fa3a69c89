"""The coarsest mesh of a solid, which follows all its surfaces and meets the planes at which laws jump."""

import importlib
import itertools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...domain import AbstractShape, Ball, Box, Difference, Intersection, Union
from ...domain.surface import Rectangle
from .spaces import Spaces
from .tetmesh import TetMesh
from .tetrahedra import Tetrahedra, tetrahedra

ACROSS = 5
"""Edges along the side of a cube of the same volume."""
CELLS_ACROSS = 4
"""Cells along the side of a cube, each of 24 tetrahedra."""
SPHERE_STEP = 0.6
"""Edges on a sphere are at most this many radii long."""
TRIES, FINER = 6, 0.8

Cuts = Mapping[str, tuple[float, ...]]


def coarsest_solid(shape: AbstractShape, cuts: Cuts) -> Tetrahedra:
    """A coarse mesh of a solid, none of whose tetrahedra is turned over by the curve of its surface, nor any of its
    refinement; `cuts` has, by coordinate, planes that its faces meet."""
    surfaces, planes = shape.pieces(), _planes(shape, cuts)
    if isinstance(shape, Box):
        return tetrahedra(box_mesh(shape, cuts), surfaces, planes)
    for times in itertools.count():
        found = tetrahedra(shape_mesh(shape, cuts, FINER**times), surfaces, planes)
        if times == TRIES or not (turned(found) or turned(found.refined())):
            return found
    raise AssertionError


def _planes(shape: AbstractShape, cuts: Cuts) -> tuple[Rectangle, ...]:
    out = []
    for axis, name in enumerate(shape.space):
        for place in cuts.get(name, ()):
            lower, upper = (list(map(float, end)) for end in shape.bounds)
            lower[axis] = upper[axis] = place
            out.append(Rectangle((f"{name} = {place:g}",), tuple(lower), tuple(upper), axis, 1.0))
    return tuple(out)


def turned(found: Tetrahedra) -> bool:
    """Whether the map to some quadratic tetrahedron is not one to one."""
    slopes = Spaces(found.quadratic(), (2,)).jacobians()
    return bool((slopes * np.sign(slopes[:, :1]) <= 0).any())


def box_mesh(box: Box, cuts: Cuts) -> TetMesh:
    """Cells cut in 24 by the planes through their centre and their edges, so that a symmetric problem keeps its
    symmetry."""
    widths = [b - a for a, b in (box.interval(name) for name in box.space)]
    size = math.prod(widths) ** (1 / 3) / CELLS_ACROSS
    lines = []
    for name in box.space:
        a, b = box.interval(name)
        stops = (a, *cuts.get(name, ()), b)
        parts = [
            np.linspace(low, high, 1 + max(1, round((high - low) / size)))
            for low, high in itertools.pairwise(stops)
        ]
        line = np.concatenate([part[:-1] for part in parts] + [[b]])
        lines.append(line if len(line) > 2 else np.linspace(a, b, 3))
    grid = np.stack(np.meshgrid(*lines, indexing="ij"), axis=-1)
    shape = grid.shape[:3]
    number = np.arange(math.prod(shape)).reshape(shape)
    points, count = [grid.reshape(-1, 3)], number.size

    def added(places: np.ndarray) -> np.ndarray:
        nonlocal count
        numbers = count + np.arange(places[..., 0].size).reshape(places.shape[:3])
        points.append(places.reshape(-1, 3))
        count += numbers.size
        return numbers

    def ends(array: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
        return array.take(range(array.shape[axis] - 1), axis), array.take(range(1, array.shape[axis]), axis)

    def centred(places: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
        for axis in axes:
            low, high = ends(places, axis)
            places = (low + high) / 2
        return places

    centre = added(centred(grid, (0, 1, 2)))
    cells = []
    for axis in range(3):
        across = tuple(other for other in range(3) if other != axis)
        face = added(centred(grid, across))
        around = number
        low, high = ends(around, across[0])
        ring = [*ends(low, across[1]), *reversed(ends(high, across[1]))]
        corners = [ends(corner, axis) for corner in ring]
        for side, middle in enumerate(ends(face, axis)):
            for i in range(4):
                one, other = corners[i][side], corners[(i + 1) % 4][side]
                cells.append(np.stack([centre.ravel(), middle.ravel(), one.ravel(), other.ravel()]))
    return TetMesh(np.concatenate(points).T.copy(), np.concatenate(cells, axis=1))


def shape_mesh(shape: AbstractShape, cuts: Cuts, share: float) -> TetMesh:
    """A mesh by Netgen (Schöberl, 1997) on the geometry of Open CASCADE, `share` of its usual size."""
    occ = _open_cascade()
    size = share * shape.measure ** (1 / 3) / ACROSS
    solid = _solid(shape, size, share)
    for axis, name in enumerate(shape.space):
        stops = cuts.get(name, ())
        if stops:
            solid = occ.Glue([solid * slab for slab in _slabs(shape, axis, stops)])
    found = occ.OCCGeometry(solid).GenerateMesh(maxh=size)
    points = np.asarray(found.Coordinates())
    cells = found.Elements3D().NumPy()["nodes"][:, :4].astype(int) - 1
    used, cells = np.unique(cells, return_inverse=True)
    return TetMesh(points[used].T.copy(), cells.reshape(-1, 4).T.copy())


def _open_cascade() -> Any:
    """Its import takes half a second, and is of no use to other domains."""
    return importlib.import_module("netgen.occ")


def _solid(shape: AbstractShape, size: float, share: float) -> Any:
    """The body in the terms of Open CASCADE."""
    occ = _open_cascade()
    if isinstance(shape, Ball):
        sphere = occ.Sphere(occ.Pnt(*shape.center), shape.radius)
        for face in sphere.faces:
            face.maxh = min(size, share * SPHERE_STEP * shape.radius)
        return sphere
    if isinstance(shape, Box):
        return occ.Box(occ.Pnt(*shape.lower), occ.Pnt(*shape.upper))
    assert isinstance(shape, Union | Intersection | Difference)
    left, right = _solid(shape.left, size, share), _solid(shape.right, size, share)
    if isinstance(shape, Union):
        return left + right
    return left * right if isinstance(shape, Intersection) else left - right


def _slabs(shape: AbstractShape, axis: int, stops: tuple[float, ...]) -> list[Any]:
    """Boxes that reach beyond a shape and meet at `stops` along an axis."""
    occ = _open_cascade()
    lower, upper = np.asarray(shape.bounds[0]), np.asarray(shape.bounds[1])
    lower, upper = lower - (upper - lower), upper + (upper - lower)
    out = []
    for low, high in itertools.pairwise((lower[axis], *stops, upper[axis])):
        a, b = lower.copy(), upper.copy()
        a[axis], b[axis] = low, high
        out.append(occ.Box(occ.Pnt(*map(float, a)), occ.Pnt(*map(float, b))))
    return out
