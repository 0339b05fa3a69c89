"""Disks, balls, polygons and combinations: even points, areas, lengths, normals, distances."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from lawful.domain import AbstractShape, Ball, Box, Disk, Polygon
from lawful.sampling import Sobol

SQUARE = Box(x=(0, 2), y=(0, 2))
CUBE = Box(x=(0, 1), y=(0, 1), z=(0, 1))
FAR = 0.4  # from the middle of the square to the middle of a hole


def four_holes() -> AbstractShape:
    shape = SQUARE
    for x in (1 - FAR, 1 + FAR):
        for y in (1 - FAR, 1 + FAR):
            shape = shape - Disk(x=x, y=y, radius=0.25, name="hole")
    return shape


@dataclass(frozen=True)
class Known:
    """A shape, the means of its coordinates and of their squares, and the measures of its parts."""

    shape: AbstractShape
    measure: float
    mean: tuple[float, ...]
    square: tuple[float, ...]
    parts: Mapping[str, float]


def triangle_square(a: float, b: float, c: float) -> float:
    return (a * a + b * b + c * c + (a + b + c) ** 2) / 12


def less(whole: tuple[float, float], part: tuple[float, float]) -> float:
    """The mean over a set less a part of it, from (measure, mean) of both."""
    return (whole[0] * whole[1] - part[0] * part[1]) / (whole[0] - part[0])


LENS_AREA = 2 * math.pi / 3 - math.sqrt(3) / 2
SHAPES = {
    "disk": Known(
        Disk(x=1, y=-2, radius=0.5),
        math.pi / 4,
        (1, -2),
        (1 + 1 / 16, 4 + 1 / 16),
        {"circle": math.pi, "walls": math.pi},
    ),
    "ball": Known(
        Ball(x=0, y=1, z=2, radius=2, name="rind"),
        32 * math.pi / 3,
        (0, 1, 2),
        (0.8, 1.8, 4.8),
        {"rind": 16 * math.pi, "walls": 16 * math.pi},
    ),
    "triangle": Known(
        Polygon(x=[0, 3, 0], y=[0, 0, 4]),
        6,
        (1, 4 / 3),
        (triangle_square(0, 3, 0), triangle_square(0, 0, 4)),
        {"edge1": 3, "edge2": 5, "edge3": 4, "walls": 12},
    ),
    "clockwise, one name for two edges": Known(
        Polygon(x=[0, 0, 3], y=[0, 4, 0], names=["left", "rest", "rest"]),
        6,
        (1, 4 / 3),
        (triangle_square(0, 3, 0), triangle_square(0, 0, 4)),
        {"left": 4, "rest": 8, "walls": 12},
    ),
    "an L, not convex": Known(
        Polygon(x=[0, 2, 2, 1, 1, 0], y=[0, 0, 1, 1, 2, 2]),
        3,
        (5 / 6, 5 / 6),
        (less((4, 4 / 3), (1, 7 / 3)), less((4, 4 / 3), (1, 7 / 3))),
        {"edge1": 2, "edge4": 1, "walls": 8},
    ),
    "the same L of two boxes with a common side": Known(
        Box(x=(0, 2), y=(0, 1)) | Box(x=(0, 1), y=(1, 2)),
        3,
        (5 / 6, 5 / 6),
        (less((4, 4 / 3), (1, 7 / 3)), less((4, 4 / 3), (1, 7 / 3))),
        {"x.lower": 2, "x.upper": 2, "y.lower": 2, "y.upper": 2, "x": 4, "walls": 8},
    ),
    "four holes of one name": Known(
        four_holes(),
        4 - math.pi / 4,
        (1, 1),
        (less((4, 4 / 3), (math.pi / 4, 1 + FAR**2 + 1 / 64)),) * 2,
        {"hole": 2 * math.pi, "x": 4, "y.lower": 2, "walls": 8 + 2 * math.pi},
    ),
    "a corner bitten off": Known(
        SQUARE - Disk(x=0, y=0, radius=1),
        4 - math.pi / 4,
        (less((4, 1), (math.pi / 4, 4 / (3 * math.pi))),) * 2,
        (less((4, 4 / 3), (math.pi / 4, 1 / 4)),) * 2,
        {"x.lower": 1, "x.upper": 2, "circle": math.pi / 2, "walls": 6 + math.pi / 2},
    ),
    "a hole filled again": Known(
        (SQUARE - Disk(x=1, y=1, radius=0.5)) | Disk(x=1, y=1, radius=0.7),
        4,
        (1, 1),
        (4 / 3, 4 / 3),
        {"x": 4, "walls": 8},
    ),
    "a cube with a ball inside taken out": Known(
        CUBE - Ball(x=0.5, y=0.5, z=0.5, radius=0.4),
        1 - 4 / 3 * math.pi * 0.064,
        (0.5, 0.5, 0.5),
        (less((1, 1 / 3), (4 / 3 * math.pi * 0.064, 0.25 + 0.032)),) * 3,
        {"sphere": 0.64 * math.pi, "x.lower": 1, "walls": 6 + 0.64 * math.pi},
    ),
    "half a ball": Known(
        Ball(x=0, y=0, z=0, radius=1) & Box(x=(-2, 2), y=(-2, 2), z=(0, 2)),
        2 / 3 * math.pi,
        (0, 0, 3 / 8),
        (0.2, 0.2, 0.2),
        {"sphere": 2 * math.pi, "z.lower": math.pi, "walls": 3 * math.pi},
    ),
}

over = pytest.mark.parametrize("known", SHAPES.values(), ids=SHAPES)


def drawn(region, count: int = 8192) -> np.ndarray:
    return region.place(Sobol().draw(count, region.dimension, np.random.default_rng(1)))


@over
def test_points_of_the_interior_are_even(known: Known) -> None:
    points = drawn(known.shape.interior())
    assert known.shape.contains(points, 0.0).all()
    np.testing.assert_allclose(points.mean(axis=0), known.mean, atol=2e-3)
    np.testing.assert_allclose((points**2).mean(axis=0), known.square, atol=4e-3)


@over
def test_areas_lengths_and_volumes(known: Known) -> None:
    assert known.shape.measure == pytest.approx(known.measure, rel=2e-4 if len(known.mean) == 2 else 1e-3)
    for part, size in known.parts.items():
        pieces = [p for p in known.shape.pieces() if part == "walls" or part in p.names]
        assert sum(p.measure for p in pieces) == pytest.approx(size, rel=2e-4)


@over
def test_points_of_parts_lie_there_and_normals_point_outward(known: Known) -> None:
    lower, upper = known.shape.bounds
    size = max(b - a for a, b in zip(lower, upper, strict=True))
    for part in known.shape.parts():
        region = known.shape.part(part)
        points = drawn(region, 512)
        assert region.normals is not None
        normals = region.normals(points)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)
        np.testing.assert_allclose(known.shape.signed_distance(points), 0, atol=1e-12 * size)
        beside = 1e-6 * size * normals
        assert (known.shape.signed_distance(points + beside) > 0).mean() > 0.99  # corners have two normals
        assert (known.shape.signed_distance(points - beside) < 0).mean() > 0.99


@over
def test_the_divergence_theorem(known: Known) -> None:
    """The flux of (x, y, ...) outward is d times the measure: areas, normals and evenness at once."""
    region = known.shape.part("walls")
    points = drawn(region)
    assert region.normals is not None
    total = sum(p.measure for p in known.shape.pieces())
    flux = total * (points * region.normals(points)).sum(axis=1).mean()
    assert flux == pytest.approx(len(known.mean) * known.measure, rel=5e-3)


@over
def test_near_numbers_give_near_points(known: Known) -> None:
    """What residual-adaptive sampling rests on: but for jumps across holes, a small step stays small."""
    region = known.shape.interior()
    unit = np.random.default_rng(3).uniform(0.05, 0.95, (2000, region.dimension))
    step = np.linalg.norm(region.place(unit + 1e-3) - region.place(unit), axis=1)
    lower, upper = known.shape.bounds
    size = max(b - a for a, b in zip(lower, upper, strict=True))
    assert np.quantile(step, 0.9) < 0.06 * size


def test_the_arcs_of_a_lens() -> None:
    lens = Disk(x=-0.5, y=0, radius=1, name="right") & Disk(x=0.5, y=0, radius=1, name="left")
    assert lens.measure == pytest.approx(LENS_AREA, rel=1e-4)
    lengths = {p.names[0]: p.measure for p in lens.pieces()}
    assert lengths == pytest.approx({"right": 2 * math.pi / 3, "left": 2 * math.pi / 3})
    np.testing.assert_allclose(lens.bounds, [[-0.5, -math.sqrt(0.75)], [0.5, math.sqrt(0.75)]])


def test_parts_wholly_inside_the_other_shape_vanish() -> None:
    shape = SQUARE | Disk(x=1, y=1, radius=0.5)
    assert "circle" not in shape.parts()
    shape = SQUARE - Box(x=(-1, 1), y=(-1, 3))
    assert shape.bounds == ((1, 0), (2, 2))
    assert set(shape.sides("walls")) == {"x.upper", "y.lower", "y.upper"}
    assert sum(p.measure for p in shape.pieces()) == pytest.approx(6)


def test_parts_and_the_smallest_ones_they_are_made_of() -> None:
    shape = SQUARE - Disk(x=1, y=1, radius=0.5, name="hole")
    assert set(shape.parts()) == {"x", "y", "x.lower", "x.upper", "y.lower", "y.upper", "hole", "walls"}
    assert shape.sides("x") == ("x.lower", "x.upper")
    assert set(shape.sides("walls")) == {"x.lower", "x.upper", "y.lower", "y.upper", "hole"}
    assert shape.sides("hole") == ("hole",)


def test_two_holes_that_overlap_have_one_outline() -> None:
    """Where arcs meet, what lies in the other hole is no boundary: each keeps 4 pi / 3 of its 2 pi."""
    shape = Box(x=(-3, 3), y=(-3, 3)) - Disk(x=-0.5, y=0, radius=1) - Disk(x=0.5, y=0, radius=1, name="b")
    lengths = {name: sum(p.measure for p in shape.pieces() if name in p.names) for name in ("circle", "b")}
    assert lengths == pytest.approx({"circle": 4 * math.pi / 3, "b": 4 * math.pi / 3})
    assert shape.measure == pytest.approx(36 - (2 * math.pi - LENS_AREA), rel=1e-4)


@pytest.mark.parametrize(
    ("shape", "point", "distance"),
    [
        (Disk(x=0, y=0, radius=1), (3, 4), 4),
        (Disk(x=0, y=0, radius=1), (0, 0), -1),
        (Ball(x=0, y=0, z=0, radius=1), (2, 3, 6), 6),
        (Box(x=(0, 1), y=(0, 1)), (4, 5), 5),
        (Box(x=(0, 1), y=(0, 1)), (0.5, 0.9), -0.1),
        (Box(x=(0, 1), y=(0, 1)), (0.5, -2), 2),
        (Polygon(x=[0, 3, 0], y=[0, 0, 4]), (3, 4), 2.4),
        (Polygon(x=[0, 3, 0], y=[0, 0, 4]), (1, 1), -1),
        (Polygon(x=[0, 3, 0], y=[0, 0, 4]), (-3, -4), 5),
        (Polygon(x=[0, 2, 2, 1, 1, 0], y=[0, 0, 1, 1, 2, 2]), (1.5, 1.25), 0.25),
        (Polygon(x=[0, 2, 2, 1, 1, 0], y=[0, 0, 1, 1, 2, 2]), (0.7, 0.6), -0.5),
        (four_holes(), (1, 1), 0.25 - FAR * math.sqrt(2)),
        (four_holes(), (1 + FAR, 1 + FAR), 0.25),
        (CUBE - Ball(x=0.5, y=0.5, z=0.5, radius=0.2), (0.5, 0.5, 0.9), -0.1),
    ],
)
def test_signed_distances(shape: AbstractShape, point: tuple[float, ...], distance: float) -> None:
    assert shape.signed_distance(np.asarray([point], float))[0] == pytest.approx(distance)


@pytest.mark.parametrize("known", [SHAPES["triangle"], SHAPES["an L, not convex"]], ids=["triangle", "L"])
def test_the_signed_distance_is_that_of_the_nearest_boundary_point(known: Known) -> None:
    """Against points of the boundary, many and even."""
    line = drawn(known.shape.part("walls"), 4096)
    points = np.random.default_rng(0).uniform(-1, 4, (200, 2))
    near = np.linalg.norm(points[:, None] - line[None], axis=2).min(axis=1)
    np.testing.assert_allclose(np.abs(known.shape.signed_distance(points)), near, atol=2e-3)


def test_the_signed_distance_of_a_combination_is_never_too_large() -> None:
    shape = (SQUARE | Disk(x=2, y=2, radius=1)) - Disk(x=1, y=1, radius=0.4)
    line = drawn(shape.part("walls"), 8192)
    points = np.random.default_rng(0).uniform(-1, 4, (400, 2))
    near = np.linalg.norm(points[:, None] - line[None], axis=2).min(axis=1)
    assert (np.abs(shape.signed_distance(points)) <= near + 2e-3).all()


def test_shapes_are_inspected_by_plain_fields() -> None:
    disk = Disk(x=0.3, y=0.4, radius=0.1, name="hole")
    assert (disk.center, disk.radius, disk.name, disk.coordinates) == ((0.3, 0.4), 0.1, "hole", ("x", "y"))
    figure = Polygon(x=[0, 1, 0], y=[0, 0, 1])
    assert figure.vertices == ((0, 0), (1, 0), (0, 1))
    assert figure.names == ("edge1", "edge2", "edge3")
    whole = (SQUARE - disk) & figure
    assert whole.left.left == SQUARE
    assert whole.left.right == disk
    assert whole.right == figure
    assert Disk(x=0.3, y=0.4, radius=0.1, name="hole") == disk


def test_coordinates_may_have_any_names() -> None:
    shape = Box(r=(0, 1), z=(0, 2)) - Disk(r=0.5, z=1, radius=0.25)
    assert shape.coordinates == ("r", "z")
    assert set(shape.parts()) == {"r", "z", "r.lower", "r.upper", "z.lower", "z.upper", "circle", "walls"}
