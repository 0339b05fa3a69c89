"""Problems on shapes that are no boxes: what is noticed, where conditions hold, what an ansatz meets."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.ansatz import build_ansatz
from lawful.conditions import Bound
from lawful.quadrature import quadrature
from lawful.recipe import is_convex

HOLED = lw.Box(x=(-1, 1), y=(-1, 1)) - lw.Disk(x=0, y=0, radius=0.5, name="hole")
DISK = lw.Disk(x=0, y=0, radius=1)
HEAT = lw.Interior(lambda u: u.t - lw.laplacian(u))


def laplace(domain: Any = HOLED, **conditions: Any) -> lw.Problem:
    return lw.Problem(
        domain, "u", {"pde": lw.Interior(lambda u: lw.laplacian(u))} | conditions, name="laplace"
    )


def zero_on(part: str) -> lw.Boundary:
    return lw.Boundary(lambda u: u, on=part)


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "nothing on the hole": (
        lambda: laplace(x=zero_on("x"), y=zero_on("y")),
        r"the law is of order 2 in x but nothing is said of u on hole, part of the boundary; add "
        r'Boundary\(\.\.\., on="hole"\), or Free\(on="hole"\)',
    ),
    "nothing on two sides": (
        lambda: laplace(hole=zero_on("hole"), x=zero_on("x")),
        r"nothing is said of u on y\.lower and y\.upper",
    ),
    "nothing on an edge": (
        lambda: laplace(lw.Polygon(x=[0, 1, 0], y=[0, 0, 1]), a=zero_on("edge1"), b=zero_on("edge3")),
        r"nothing is said of u on edge2",
    ),
    "nothing on a sphere": (
        lambda: lw.Problem(
            lw.Ball(x=0, y=0, z=0, radius=1) * lw.Time(t=(0, 1)),
            "u",
            {"pde": HEAT, "start": lw.Initial(lambda u: u - 1)},
        ),
        r"nothing is said of u on sphere",
    ),
    "a part that is not there": (
        lambda: laplace(walls=zero_on("walls"), b=zero_on("hoel")),
        r"condition 'b': on='hoel' is no part of this boundary\. Did you mean 'hole'\?",
    ),
    "free on a part that is not there": (
        lambda: laplace(walls=zero_on("walls"), b=lw.Free(on="circle")),
        r"on='circle' is no part",
    ),
    "periodic": (
        lambda: laplace(walls=zero_on("walls"), around=lw.Periodic(on="x")),
        r"Periodic joins opposite walls of a Box, and this domain is none",
    ),
    "data in the hole": (
        lambda: laplace(walls=zero_on("walls"), seen=lw.Data(x=[0.9, 0.1], y=[0.9, 0.2], u=[0, 0])),
        r"the place x=0\.1, y=0\.2 lies outside the domain, in a hole or beyond its boundary",
    ),
    "data outside": (
        lambda: laplace(walls=zero_on("walls"), seen=lw.Data(x=[2], y=[0], u=[0])),
        r"x=2 lies outside \[-1, 1\]",
    ),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("make", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_what_is_said_of_every_part_is_enough() -> None:
    laplace(walls=zero_on("walls"))
    laplace(x=zero_on("x"), y=zero_on("y"), hole=lw.Free(on="hole"))
    lw.Problem(HOLED, "u", {"pde": lw.Interior(lambda u: u.x + u.y), "x": zero_on("x.lower")})
    lw.Problem(HOLED, {"u": "x y", "k": "x"}, {"pde": lw.Interior(lambda u, k: k * u - k.x)})
    seen = lw.Data(x=[0.9], y=[0.9], u=[0.1])
    laplace(x=zero_on("x"), seen=seen)  # data may stand in for walls


def test_a_condition_knows_the_sides_it_covers() -> None:
    problem = laplace(walls=zero_on("walls"), x=zero_on("x"), hole=zero_on("hole"))
    sides = {name: set(bound.sides) for name, bound in problem.conditions.items()}
    assert sides["x"] == {"x.lower", "x.upper"}
    assert sides["hole"] == {"hole"}
    assert sides["walls"] == sides["x"] | sides["hole"] | {"y.lower", "y.upper"}


def test_a_law_on_a_circle_gets_its_normal() -> None:
    """On the hole the normal points to its middle: n = -(x, y) / |(x, y)|."""
    problem = laplace(
        x=zero_on("x"), y=zero_on("y"), hole=lw.Boundary(lambda u, normal: lw.dot(lw.grad(u), normal), on="hole")
    )  # fmt: skip
    bound: Bound = problem.conditions["hole"]
    assert bound.region is not None
    points = bound.region.place(np.linspace(0, 1, 50)[:, None])
    batch = bound.batch(points)
    np.testing.assert_allclose(batch["normal.x"], -points[:, 0] / 0.5)
    np.testing.assert_allclose(batch["normal.y"], -points[:, 1] / 0.5)


def heat_from(start: Callable[..., Any], domain: Any = DISK) -> lw.Problem:
    conditions = {"pde": HEAT, "rim": zero_on("walls"), "start": lw.Initial(start)}
    return lw.Problem(domain * lw.Time(t=(0, 1)), "u", conditions)


def test_a_start_that_fits_the_walls_is_met_exactly() -> None:
    lift = build_ansatz(heat_from(lambda u, x, y: u - (1 - x**2 - y**2)))["u"]
    for output in (0.0, 3.0):
        there = lift(jnp.asarray(output), jnp.asarray([0.3, 0.4, 0.0]), {})
        assert float(there) == pytest.approx(0.75)


@pytest.mark.parametrize(
    "start",
    [
        lambda u: u - 1,  # the walls are 0
        lambda u, x, y: u - jnp.abs(x) * (1 - x**2 - y**2),
        lambda u, x, y: u - jnp.where(x > 0, 1 - x**2 - y**2, 0.0),
    ],
    ids=["contradicts the walls", "kink", "jump"],
)
def test_a_start_that_a_network_would_have_to_undo_stays_soft(start: Callable[..., Any]) -> None:
    assert not build_ansatz(heat_from(start))


def test_a_start_may_be_undefined_where_the_domain_is_not() -> None:
    """log r is no number in the middle, which the hole takes out."""
    ring = DISK - lw.Disk(x=0, y=0, radius=0.5)
    problem = lw.Problem(
        ring * lw.Time(t=(0, 1)),
        "u",
        {"pde": HEAT, "walls": lw.Free(), "start": lw.Initial(lambda u, x, y: u - jnp.log(x**2 + y**2))},
    )
    assert set(build_ansatz(problem)) == {"u"}


def test_convex_domains_are_told_from_others() -> None:
    for domain in (DISK, DISK * lw.Time(t=(0, 1)), lw.Polygon(x=[0, 1, 0], y=[0, 0, 1]), lw.Box(x=(0, 1))):
        assert is_convex(domain)
    for domain in (HOLED, HOLED * lw.Time(t=(0, 1)), lw.Polygon(x=[0, 2, 2, 1, 1, 0], y=[0, 0, 1, 1, 2, 2])):
        assert not is_convex(domain)


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        (DISK, np.pi / 4),
        (DISK * lw.Time(t=(1, 3)), np.pi / 4),
        (HOLED, 4 / 3 - np.pi * 0.5**4 / 4),
        (lw.Box(x=(-1, 1), y=(0, 2)) * lw.Time(t=(1, 3)), 4 / 3),
        (lw.Ball(x=0, y=0, z=0, radius=1), 4 * np.pi / 15),
    ],
)
def test_integrals_over_space(domain: Any, expected: float) -> None:
    """The integral of x^2."""
    points, weights = quadrature(domain)
    assert points.shape[1] == len(domain.coordinates)
    assert float((weights * points[:, 0] ** 2).sum()) == pytest.approx(expected, rel=1e-3)
