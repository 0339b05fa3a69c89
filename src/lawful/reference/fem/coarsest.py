"""The coarsest mesh of a shape in the plane, which follows all its pieces and meets all its corners."""

import itertools
import math

import numpy as np
import skfem

from ...domain import AbstractShape, Box
from ...domain.curve import AbstractCurve, Arc, Segment
from .curves import bounding_curves, nearest
from .mesh import Triangulation, triangulation
from .spaces import Spaces

ACROSS = 6
"""Cells along the side of a square of the same area."""
ARC_STEP = 0.5
"""Edges along an arc are at most this many radii long."""
REPAIRS = 8


def coarsest(shape: AbstractShape) -> Triangulation:
    """A coarse mesh of a shape in the plane, in which no triangle is turned over by the curve of its edge."""
    curves = bounding_curves(shape)
    mesh = box_mesh(shape) if isinstance(shape, Box) else shape_mesh(shape, curves)
    found = triangulation(mesh, curves)
    for _ in range(REPAIRS):
        spaces = Spaces(found.quadratic(), (2,))
        slopes = spaces.jacobians()
        turned = np.flatnonzero((slopes * np.sign(slopes.sum(axis=1, keepdims=True)) <= 0).any(axis=1))
        if not len(turned):
            break
        found = found.refined(turned)
    return found


def box_mesh(box: Box) -> skfem.MeshTri:
    """Rectangles cut in four by their diagonals, so that a symmetric problem keeps its symmetry."""
    (a, b), (c, d) = (box.interval(name) for name in box.space)
    size = math.sqrt((b - a) * (d - c)) / ACROSS
    nx, ny = (max(2, round(side / size)) for side in (b - a, d - c))
    x, y = np.linspace(a, b, nx + 1), np.linspace(c, d, ny + 1)
    grid = np.stack(np.meshgrid(x, y, indexing="ij"), axis=-1)
    centres = (grid[:-1, :-1] + grid[1:, 1:]) / 2
    number = np.arange((nx + 1) * (ny + 1)).reshape(nx + 1, ny + 1)
    centre = number.size + np.arange(nx * ny).reshape(nx, ny)
    around = [number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]]
    triangles = [np.stack([around[i].ravel(), around[(i + 1) % 4].ravel(), centre.ravel()]) for i in range(4)]
    points = np.concatenate([grid.reshape(-1, 2), centres.reshape(-1, 2)])
    return skfem.MeshTri(points.T.copy(), np.concatenate(triangles, axis=1))


def shape_mesh(shape: AbstractShape, curves: tuple[AbstractCurve, ...]) -> skfem.MeshTri:
    """A mesh by Netgen (Schöberl, 1997); vertices on the boundary are then moved onto the exact curves."""
    from netgen.geom2d import SplineGeometry  # half a second, and of no use to other domains

    size = math.sqrt(shape.measure) / (1.25 * ACROSS)
    extent = float(np.max(np.subtract(shape.bounds[1], shape.bounds[0])))
    geometry = SplineGeometry()
    corners: list[np.ndarray] = []
    numbers: list[int] = []

    def numbered(place: np.ndarray) -> int:
        for corner, number in zip(corners, numbers, strict=True):
            if np.linalg.norm(corner - place) < 1e-9 * extent:
                return number
        corners.append(place)
        numbers.append(geometry.AddPoint(*(float(c) for c in place)))
        return numbers[-1]

    for curve in curves:
        # both kinds of curve have their inside on the left where `side` is 1
        assert isinstance(curve, Segment | Arc)
        sides = {"leftdomain": int(curve.side > 0), "rightdomain": int(curve.side <= 0)}
        if isinstance(curve, Segment):
            geometry.Append(["line", *(numbered(end) for end in curve.ends())], maxh=size, **sides)
            continue
        parts = max(1, math.ceil(curve.sweep / (math.pi / 2) - 1e-9))
        stops = curve.begin + curve.sweep * np.linspace(0.0, 1.0, parts + 1)
        if curve.closed:
            stops[-1] = stops[0] + 2 * math.pi
        for first, last in itertools.pairwise(stops):
            middle, half = (first + last) / 2, (last - first) / 2
            ends = [numbered(on_circle(curve, angle, curve.radius)) for angle in (first, last)]
            # the tangents at both ends meet here
            meeting = on_circle(curve, middle, curve.radius / math.cos(half))
            control = geometry.AddPoint(*(float(c) for c in meeting))
            step = min(size, ARC_STEP * curve.radius)
            geometry.Append(["spline3", ends[0], control, ends[1]], maxh=step, **sides)
    found = geometry.GenerateMesh(maxh=size)
    points = np.asarray(found.Coordinates())[:, :2]
    triangles = found.Elements2D().NumPy()["nodes"][:, :3].astype(int) - 1
    used, triangles = np.unique(triangles, return_inverse=True)
    mesh = skfem.MeshTri(points[used].T.copy(), triangles.reshape(-1, 3).T.copy())
    places = mesh.p.copy()
    edge = mesh.boundary_nodes()
    places[:, edge] = snapped(places[:, edge].T, curves, extent).T
    return skfem.MeshTri(places, mesh.t)


def on_circle(arc: Arc, angle: float, radius: float) -> np.ndarray:
    return np.asarray(arc.center) + radius * np.array([math.cos(angle), math.sin(angle)])


def snapped(points: np.ndarray, curves: tuple[AbstractCurve, ...], extent: float) -> np.ndarray:
    """Points (n, 2) moved to the nearest place of the nearest curve, or to its end where that is as near."""
    which = np.argmin([curve.distance(points) for curve in curves], axis=0)
    out = points.copy()
    for number, curve in enumerate(curves):
        here = which == number
        out[here] = nearest(curve, points[here])
    for end in (end for curve in curves for end in curve.ends()):
        out[np.linalg.norm(points - end, axis=1) < 1e-7 * extent] = end
    return out
