"""Regions of a box: where points fall, and which way is out."""

import numpy as np
import pytest

import lawful as lw


@pytest.fixture
def box():
    return lw.Box(x=(0, 3), y=(-1, 1)) * lw.Time(t=(2, 4))


def place(region, count=4000):
    return region.place(np.random.default_rng(0).random((count, region.dimension)))


def test_points_lie_on_their_part(box):
    inside, start, wall = (place(r) for r in (box.interior(), box.start(), box.part("y.upper")))
    assert (inside.min(axis=0) >= [0, -1, 2]).all()
    assert (inside.max(axis=0) <= [3, 1, 4]).all()
    assert (start[:, 2] == 2).all()
    assert (wall[:, 1] == 1).all()


def test_walls_are_drawn_by_their_area_with_outward_normals(box):
    region = box.part("walls")
    points = place(region)
    normals = region.normals(points)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1)
    share = (np.abs(normals[:, 0]) == 1).mean()
    assert share == pytest.approx(2 / 5, abs=0.03)  # lengths 2 + 2 against 3 + 3
    outward = np.where(normals[:, 0] > 0, points[:, 0] == 3, True)
    assert outward.all()
    assert (normals[:, 2] == 0).all()


def test_parts_are_listed(box):
    assert box.parts() == ("x", "y", "x.lower", "x.upper", "y.lower", "y.upper", "walls")
    assert lw.Time(t=(0, 1)).parts() == ()
