"""Boxes and time: points lie where they should, faces get their share, names cannot collide."""

import math
from typing import Any

import numpy as np
import pytest

from lawful.domain import Box, Time
from lawful.sampling import Grid

UNIFORM = np.random.default_rng(0).random((4000, 10))
BOX = Box(x=(0, 2), y=(-1, 0), z=(0, 3)) * Time(t=(5, 7))
DOMAINS = [
    Box(x=(-1, 1)),
    Time(t=(2, 3)),
    Box(x=(-1, 1)) * Time(t=(0, 2)),
    Time(t=(0, 2)) * Box(x=(-1, 1)),
    BOX,
    Box(**{f"x{i}": (0, i) for i in range(1, 11)}),
]


def cube(count: int, dimension: int) -> np.ndarray:
    return UNIFORM[:count, :dimension]


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_the_interior_is_the_box_and_keeps_volumes(domain: Box) -> None:
    region = domain.interior()
    points = region.place(cube(100, region.dimension))
    lower, upper = (np.asarray(end) for end in domain.bounds)
    assert points.shape == (100, len(domain.coordinates))
    assert ((lower <= points) & (points <= upper)).all()
    np.testing.assert_allclose((points - lower) / (upper - lower), cube(100, region.dimension))


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d.space], ids=str)
def test_every_part_lies_on_its_faces_with_outward_unit_normals(domain: Box) -> None:
    for name in domain.parts():
        region = domain.part(name)
        points = region.place(cube(200, region.dimension))
        assert region.normals is not None
        normals = region.normals(points)
        lower, upper = (np.asarray(end) for end in domain.bounds)
        assert ((lower <= points) & (points <= upper)).all()
        np.testing.assert_array_equal(np.abs(normals).sum(axis=1), 1)
        row, axis = np.nonzero(normals)
        ends = np.where(normals[row, axis] > 0, upper[axis], lower[axis])
        np.testing.assert_array_equal(points[row, axis], ends)
        found = {(domain.coordinates[a], "upper" if s > 0 else "lower")
                 for a, s in zip(axis, normals[row, axis], strict=True)}  # fmt: skip
        assert found <= set(domain.faces(name))
        if len(domain.faces(name)) <= 6:
            assert found == set(domain.faces(name))


def test_faces_get_points_in_proportion_to_their_areas() -> None:
    region = BOX.part("walls")
    points = region.place(cube(4000, region.dimension))
    assert region.normals is not None
    share = np.abs(region.normals(points)).mean(axis=0)
    areas = np.array([1 * 3, 2 * 3, 2 * 1, 0.0])
    np.testing.assert_allclose(share, areas / areas.sum(), atol=0.03)


def test_points_on_a_face_fill_it_evenly() -> None:
    """After the face has been picked, what is left of the random numbers is still uniform."""
    region = BOX.part("x")
    points = region.place(cube(4000, region.dimension))
    inside = (points[:, 1:] - np.asarray(BOX.lower)[1:]) / (np.asarray(BOX.upper) - np.asarray(BOX.lower))[1:]
    np.testing.assert_allclose(inside.mean(axis=0), 0.5, atol=0.03)
    np.testing.assert_allclose(inside.var(axis=0), 1 / 12, atol=0.01)


def test_the_ends_of_an_interval_in_time_get_half_each() -> None:
    domain = Box(x=(0, 1)) * Time(t=(0, 1))
    points = domain.part("x").place(cube(1000, 1))
    assert set(points[:, 0]) == {0.0, 1.0}
    assert abs(points[:, 0].mean() - 0.5) < 0.05


def test_a_grid_on_walls_repeats_no_point() -> None:
    domain = Box(x=(0, 1), y=(0, 2)) * Time(t=(0, 1))
    for part in domain.parts():
        region = domain.part(part)
        points = region.place(Grid().draw(256, region.dimension, np.random.default_rng(0)))
        assert len(np.unique(points, axis=0)) >= 0.8 * len(points)  # edges are common to two faces


def test_the_ends_of_an_interval_without_time_are_both_taken() -> None:
    """A two-point boundary value problem: a condition on="x" holds at both ends, not at one of them."""
    region = Box(x=(2, 5)).part("x")
    assert region.dimension == 0
    np.testing.assert_array_equal(region.place(np.zeros((1, 0))), [[2.0], [5.0]])
    assert region.normals is not None
    np.testing.assert_array_equal(region.normals(np.asarray([[2.0], [5.0]])), [[-1.0], [1.0]])


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d.time], ids=str)
def test_the_start_is_the_first_time(domain: Box) -> None:
    region = domain.start()
    points = region.place(cube(50, region.dimension))
    axis = domain.coordinates.index(domain.time)
    assert region.dimension == len(domain.coordinates) - 1
    assert (points[:, axis] == domain.lower[axis]).all()


def test_the_product_keeps_the_order_of_space_and_puts_time_last() -> None:
    domain = Time(t=(0, 1)) * Box(y=(0, 1)) * Box(x=(2, 3))
    assert domain.coordinates == ("y", "x", "t")
    assert domain.space == ("y", "x")
    assert domain.time == "t"
    assert domain.interval("x") == (2.0, 3.0)
    assert math.prod(np.subtract(*domain.bounds[::-1])) == 1


def test_the_names_of_parts() -> None:
    domain = Box(x=(0, 1), y=(0, 1)) * Time(t=(0, 1))
    assert domain.parts() == ("x", "y", "x.lower", "x.upper", "y.lower", "y.upper", "walls")
    assert domain.faces("y") == (("y", "lower"), ("y", "upper"))
    assert domain.faces("x.upper") == (("x", "upper"),)
    assert Time(t=(0, 1)).parts() == ()


MISTAKES = {
    "empty": (lambda: Box(), r"Box\(\) has no coordinate; name each"),
    "backwards": (lambda: Box(x=(1, 0)), r"x=\(1, 0\): the lower end must be below"),
    "no width": (lambda: Box(x=(1, 1)), r"the lower end must be below"),
    "infinite": (lambda: Box(x=(0, math.inf)), r"the ends must be finite; cut the domain off"),
    "beyond floats": (lambda: Box(x=(0, 10**400)), r"the ends must be finite"),
    "not a number": (lambda: Box(x=(0, math.nan)), r"the ends must be finite"),
    "one number": (lambda: Box(x=3), r"x=3: expected two numbers, such as x=\(0, 1\)"),
    "three numbers": (lambda: Box(x=(0, 1, 2)), r"expected two numbers"),
    "words": (lambda: Box(x=("a", "b")), r"expected two numbers"),
    "underscore": (lambda: Box(_x=(0, 1)), r"'_x' starts with an underscore"),
    "collision": (lambda: Box(x=(0, 1), xx=(0, 1)), r"'xx' is spelt with the others, x, so u\.xx could mean"),
    "deep collision": (lambda: Box(a=(0, 1), b=(0, 1), aba=(0, 1)), r"'aba' is spelt with the others"),
    "late collision": (lambda: Box(x=(0, 1)) * Box(xx=(0, 1)), r"'xx' is spelt with the others"),
    "twice": (lambda: Box(x=(0, 1)) * Box(x=(0, 1)), r"the domain: x stands there more than once"),
    "two times": (lambda: Time(t=(0, 1)) * Time(s=(0, 1)), r"two times, t and s; a domain has at most one"),
    "time of two": (lambda: Time(t=(0, 1), s=(0, 1)), r"Time takes one coordinate.*got 2"),
    "time of none": (lambda: Time(), r"Time takes one coordinate.*got 0"),
    "time of one number": (lambda: Time(t=1), r"t=1: expected two numbers, such as t=\(0, 1\)"),
    "part": (lambda: BOX.part("w"), r"'w' is no part of this boundary.*Its parts: x, y, z, x\.lower"),
    "near part": (lambda: BOX.part("x.lowr"), r"Did you mean 'x\.lower'\?"),
    "time as a part": (lambda: BOX.part("t"), r"'t' is no part of this boundary"),
    "start": (lambda: Box(x=(0, 1)).start(), r"this domain has no time; multiply it by Time"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unchecked")
def test_a_box_is_multiplied_by_a_box() -> None:
    with pytest.raises(TypeError, match=r"multiplied by another Box or by Time"):
        Box(x=(0, 1)) * 3  # pyright: ignore


def test_any_name_can_be_a_coordinate() -> None:
    assert (Box(self=(0, 1)) * Time(t=(0, 1))).coordinates == ("self", "t")
    assert Time(self=(0, 1)).time == "self"


def test_names_that_share_letters_but_cannot_be_confused_are_accepted() -> None:
    assert Box(x1=(0, 1), x2=(0, 1), xy=(0, 1)).coordinates == ("x1", "x2", "xy")
