"""Shapes over an interval of time."""

import math

import numpy as np
import pytest

from lawful.domain import Box, Disk, Polygon, Time

DISK = Disk(x=1, y=0, radius=2)
DOMAINS = [
    DISK * Time(t=(3, 5)),
    Time(t=(3, 5)) * DISK,
    (Box(x=(0, 2), y=(0, 2)) - Disk(x=1, y=1, radius=0.5, name="hole")) * Time(t=(3, 5)),
    Polygon(x=[0, 1, 0], y=[0, 0, 1]) * Time(t=(3, 5)),
]


def draws(dimension: int, count: int = 500) -> np.ndarray:
    return np.random.default_rng(0).random((count, dimension))


def test_either_order_is_one_domain_with_time_last() -> None:
    one, other = DOMAINS[:2]
    assert one == other
    assert one.coordinates == ("x", "y", "t")
    assert one.space == ("x", "y")
    assert one.time == "t"
    assert one.bounds == ((-1, -2, 3), (3, 2, 5))
    assert one.shape == DISK
    assert one.interval == Time(t=(3, 5))


@pytest.mark.parametrize("domain", DOMAINS)
def test_points_lie_in_the_shape_and_in_the_interval(domain) -> None:
    for region, times in (
        (domain.interior(), (3, 5)),
        (domain.start(), (3, 3)),
        (domain.end(), (5, 5)),
        (domain.part("walls"), (3, 5)),
    ):
        points = region.place(draws(region.dimension))
        assert domain.contains(points).all()
        assert domain.shape.contains(points[:, :2]).all()
        assert points[:, 2].min() == pytest.approx(times[0], abs=0.02)
        assert points[:, 2].max() == pytest.approx(times[1], abs=0.02)
    assert domain.interior().dimension == 3
    assert domain.start().dimension == domain.part("walls").dimension == 2


@pytest.mark.parametrize("domain", DOMAINS)
def test_walls_have_the_normals_of_the_shape_and_none_in_time(domain) -> None:
    assert domain.parts() == domain.shape.parts()
    for name in domain.parts():
        assert domain.sides(name) == domain.shape.sides(name)
        region = domain.part(name)
        points = region.place(draws(region.dimension))
        assert region.normals is not None
        normals = region.normals(points)
        np.testing.assert_array_equal(normals[:, 2], 0)
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)


def test_time_and_place_are_independent() -> None:
    points = DOMAINS[0].interior().place(draws(3, 20_000))
    np.testing.assert_allclose(np.cov(points.T), np.diag([1, 1, 1 / 3]), atol=0.03)


def test_what_lies_outside_in_time_or_space_is_not_contained() -> None:
    inside = DOMAINS[0].contains(
        np.asarray([[1, 0, 4], [1, 0, 6], [3.5, 0, 4], [1 + math.sqrt(2), 1.5, 4.0]])
    )
    assert inside.tolist() == [True, False, False, False]
