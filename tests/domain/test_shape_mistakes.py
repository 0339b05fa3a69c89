"""What shapes refuse, and in which words."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from lawful.domain import Ball, Box, Disk, Polygon, Time

SQUARE = Box(x=(0, 1), y=(0, 1))
DISK = Disk(x=0, y=0, radius=1)

MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "disk of one": (lambda: Disk(x=0, radius=1), r"Disk takes the two coordinates of its centre.*got x"),
    "disk of none": (lambda: Disk(radius=1), r"Disk takes the two coordinates.*got none"),
    "disk of three": (lambda: Disk(x=0, y=0, z=0, radius=1), r"Disk takes the two.*got x, y and z"),
    "ball of two": (lambda: Ball(x=0, y=0, radius=1), r"Ball takes the three coordinates.*got x and y"),
    "radius": (lambda: Disk(x=0, y=0, radius=0), r"Disk: the radius must be above 0, got 0"),
    "radius, a word": (lambda: Disk(x=0, y=0, radius="1"), r"the radius must be a finite number"),  # pyright: ignore
    "centre": (lambda: Disk(x=math.nan, y=0, radius=1), r"Disk: the centre x must be a finite number, got nan"),
    "interval for a centre": (lambda: Ball(x=(0, 1), y=0, z=0, radius=1), r"the centre x must be a finite"),  # pyright: ignore
    "coordinate": (lambda: Disk(x=0, xx=0, radius=1), r"'xx' is spelt with the others"),
    "name walls": (lambda: Disk(x=0, y=0, radius=1, name="walls"), r"'walls' is the whole boundary"),
    "name empty": (lambda: Ball(x=0, y=0, z=0, radius=1, name=""), r"the name of a part must be a word"),
    "two corners": (lambda: Polygon(x=[0, 1], y=[0, 1]), r"at least three corners, got 2"),
    "one list": (lambda: Polygon(x=[0, 1, 2]), r"two lists by coordinate.*got x"),
    "no list": (lambda: Polygon(x=1, y=[0, 1, 2]), r"x must be a list of numbers, one a corner; got 1"),
    "uneven": (lambda: Polygon(x=[0, 1, 2], y=[0, 1]), r"x has 3 corners and y 2"),
    "no number": (lambda: Polygon(x=[0, 1, "a"], y=[0, 1, 2]), r"each x must be a finite number, got 'a'"),
    "bow tie": (lambda: Polygon(x=[0, 1, 0, 1], y=[0, 1, 1, 0]), r"edge 1 and edge 3 cross or touch"),
    "touching": (
        lambda: Polygon(x=[0, 2, 2, 1, 0], y=[0, 0, 1, 0, 1]),
        r"edge 1 and edge 3 cross or touch",
    ),
    "closed twice": (
        lambda: Polygon(x=[0, 1, 0, 0], y=[0, 0, 1, 0]),
        r"corners 1 and 4 are the same.*the outline closes by itself",
    ),
    "repeated": (lambda: Polygon(x=[0, 1, 1, 0], y=[0, 0, 0, 1]), r"corners 2 and 3 are the same, \(1\.0, 0\.0\)"),
    "one line": (lambda: Polygon(x=[0, 1, 2], y=[0, 1, 2]), r"its area is zero"),
    "spike": (
        lambda: Polygon(x=[0, 2, 4, 3, 0], y=[0, 0, 0, 0, 3]),
        r"edge 2 and edge 3 run back over each other|cross or touch",
    ),
    "names": (lambda: Polygon(x=[0, 1, 0], y=[0, 0, 1], names=["a"]), r"3 edges and 1 names"),
    "no overlap": (lambda: SQUARE & Disk(x=5, y=5, radius=1), r"intersection of a Box and a Disk is empty"),
    "boxes overlap, shapes do not": (
        lambda: Disk(x=0, y=0, radius=1) & Box(x=(0.8, 2), y=(0.8, 2)),
        r"intersection of a Disk and a Box is empty",
    ),
    "balls do not overlap": (
        lambda: Ball(x=0, y=0, z=0, radius=1) & Ball(x=1.3, y=1.3, z=1.3, radius=1),
        r"intersection of a Ball and a Ball is empty",
    ),
    "nothing left": (lambda: SQUARE - Disk(x=0, y=0, radius=2), r"nothing is left of a Box less a Disk that covers it"),
    "the same": (lambda: SQUARE - SQUARE, r"nothing is left of a Box less a Box"),
    "no ball left": (
        lambda: Ball(x=0, y=0, z=0, radius=1) - Box(x=(-1, 1), y=(-1, 1), z=(-1, 1)),
        r"nothing is left of a Ball",
    ),
    "other coordinates": (lambda: DISK | Disk(x=0, z=0, radius=1), r"same coordinates.*got x and y beside x and z"),
    "other dimension": (lambda: DISK & Ball(x=0, y=0, z=0, radius=1), r"x and y beside x, y and z"),
    "intervals": (lambda: Box(x=(0, 1)) - Box(x=(0, 0.5)), r"shapes of two or three coordinates; got x"),
    "with time": (lambda: SQUARE * Time(t=(0, 1)) - DISK, r"one of these has the time t; combine the shapes first"),
    "time itself": (lambda: DISK & Time(t=(0, 1)), r"has the time t"),
    "times a box": (lambda: DISK * Box(z=(0, 1)), r"a Disk is multiplied by an interval of time"),
    "box times a shape": (lambda: Box(z=(0, 1)) * DISK, r"a Disk is multiplied by an interval of time"),
    "time of a name that is there": (lambda: DISK * Time(x=(0, 1)), r"x stands there more than once"),
    "part": (lambda: DISK.part("circel"), r"'circel' is no part.*Did you mean 'circle'\?.*circle and walls"),
    "part over time": (lambda: (DISK * Time(t=(0, 1))).part("t"), r"'t' is no part of this boundary"),
    "start": (lambda: DISK.start(), r"this domain has no time; multiply it by Time"),
    "end": (lambda: (SQUARE - Disk(x=0, y=0, radius=0.5)).end(), r"this domain has no time"),
}  # fmt: skip


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("make", [lambda: DISK | 3, lambda: SQUARE - "hole", lambda: DISK & None])
def test_only_shapes_are_combined(make: Callable[[], Any]) -> None:
    with pytest.raises(TypeError, match=r"combines shapes such as Box, Disk, Ball and Polygon; got"):
        make()


@pytest.mark.parametrize(
    ("make", "example"),
    [
        (
            lambda: Polygon([(0, 0), (1, 0), (0, 1)]),
            r"Polygon\(x=\[0, 2, 0\], y=\[0, 0, 1\]\); got \[\(0, 0\)",
        ),
        (lambda: Disk((0, 0), radius=1), r"Disk\(x=0, y=0, radius=1\); got \(0, 0\)"),
        (lambda: Ball((0, 0, 0), radius=1), r"Ball\(x=0, y=0, z=0, radius=1\); got \(0, 0, 0\)"),
        (lambda: Box((0, 1), (0, 1)), r"Box\(x=\(0, 1\), y=\(-1, 1\)\); got \(0, 1\)"),
        (lambda: Time((0, 1)), r"Time\(t=\(0, 1\)\); got \(0, 1\)"),
        (lambda: Time(3), r"Time\(t=\(0, 1\)\); got 3"),
    ],
)
def test_what_has_no_name_is_refused(make: Callable[[], Any], example: str) -> None:
    with pytest.raises(TypeError, match=r"takes what it is made of by name, as in " + example):
        make()
