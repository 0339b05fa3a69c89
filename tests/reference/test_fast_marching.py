"""Arrival times against exact ones, and laws that are no eikonal law."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.problem import Problem
from lawful.reference import derive
from lawful.reference.hyperbolic.fast_marching import FastMarching

SOLVER = FastMarching()


def square(law: Any, on: str = "walls", wall: Any = lambda u: u, **sides: Any) -> Problem:
    box = lw.Box(**(sides or {"x": (0, 1), "y": (0, 1)}))
    return Problem(
        domain=box, fields="u", conditions={"pde": lw.Interior(law), "front": lw.Boundary(wall, on=on)}
    )


def errors(problem: Problem, exact: Any, levels: int) -> np.ndarray:
    region = problem.domain.interior()
    points = region.place(np.random.default_rng(0).random((3000, region.dimension)))
    found = [SOLVER.solve(problem, level).evaluate(points)["u"] - exact(*points.T) for level in range(levels)]
    return np.array([[np.abs(e).max(), np.abs(e).mean()] for e in found])


@pytest.mark.parametrize(
    "law",
    [
        lambda u: u.x**2 + u.y**2 - 4,
        lambda u: 2 - jnp.sqrt(u.x**2 + u.y**2),
        lambda u: lw.dot(lw.grad(u), lw.grad(u)) ** 2 - 16,
    ],
)
def test_the_same_distance_however_it_is_written(law: Any) -> None:
    problem = square(law, wall=lambda u: 2 * u - 6)
    assert isinstance(derive(problem).solvers[0], FastMarching)
    found = errors(problem, lambda x, y: 3 + 2 * np.min([x, 1 - x, y, 1 - y], axis=0), 1)
    assert found[0, 0] <= 2 / 64
    assert found[0, 1] <= 5e-4


def test_second_order_where_fronts_do_not_meet() -> None:
    """u = x + x^2 cos(2 pi y) / 10, from the wall x = 0 with the length of its own gradient."""

    def f2(x: Any, y: Any) -> Any:
        a = 2 * jnp.pi * y
        return (1 + 0.2 * x * jnp.cos(a)) ** 2 + (0.2 * jnp.pi * x**2 * jnp.sin(a)) ** 2

    problem = square(lambda u, x, y: u.x**2 + u.y**2 - f2(x, y), on="x.lower")
    found = errors(problem, lambda x, y: x + x**2 * np.cos(2 * np.pi * y) / 10, 3)
    orders = np.log2(found[:-1] / found[1:])
    print(f"observed orders, largest and mean error: {orders.round(2).tolist()}")
    assert (orders >= 1.8).all()
    assert found[-1, 0] <= 3e-5


def test_one_and_three_dimensions() -> None:
    line = square(lambda u: jnp.abs(u.x) - 1, x=(-1, 1))
    assert SOLVER.refuses(line) is None
    assert errors(line, lambda x: 1 - np.abs(x), 1)[0, 0] <= 1e-12
    box = square(lambda u: u.x**2 + u.y**2 + u.z**2 - 1, on="z.lower", x=(0, 1), y=(0, 2), z=(0, 1))
    assert errors(box, lambda x, y, z: z, 1)[0, 0] <= 1e-12


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (square(lambda u: u.x**2 + 2 * u.y**2 - 1), "depends on the direction of the gradient of u"),
        (square(lambda u: u.x + u.y - 1), "depends on the direction of the gradient of u"),
        (square(lambda u: u.x**2 + u.y**2 - u), "the law contains u itself"),
        (square(lambda u: u.xx + u.yy - 1), "the law is of order 2 in"),
        (square(lambda u: u.x**2 + u.y**2 - 1, wall=lambda u, x: u - x), "u varies over the walls"),
        (
            square(lambda u: u.x**2 + u.y**2 + 1),
            "the law vanishes for 0 lengths of the gradient of u, not for one.",
        ),
        (
            square(lambda u: (u.x**2 + u.y**2 - 1) * (u.x**2 + u.y**2 - 4)),
            "the law vanishes for 2 lengths of the gradient of u, not for one.",
        ),
        (
            square(lambda u: u.x**2 + u.y**2 - 1, wall=lambda u: u.x),
            "condition 'front' is of derivatives of u",
        ),
    ],
)
def test_what_it_cannot_do_is_said_in_one_sentence(problem: Problem, reason: str) -> None:
    assert reason in (SOLVER.refuses(problem) or "")


def test_a_law_in_time_is_refused() -> None:
    problem = Problem(
        domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
        fields="u",
        conditions={
            "pde": lw.Interior(lambda u: u.t + u.x),
            "ends": lw.Free(on="x"),
            "s": lw.Initial(lambda u: u),
        },
    )
    assert SOLVER.refuses(problem) == "the law is one in time."
