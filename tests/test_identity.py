"""A run is read back with the problem that it solved, and with no other."""

import json
from collections.abc import Callable
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.cli.catalogue import catalogue
from lawful.identity import check_same, identity_of
from lawful.run_folder import strict

HERE = Path("run")


def rod(
    k: float = 1.0,
    end: float = 1.0,
    start: Callable = lambda u, x: u - jnp.sin(jnp.pi * x),
    data: float = 0.5,
    unknown: float = 2.0,
    wall: Callable = lambda u: u,
    shape: Callable = lambda: lw.Box(x=(0, 1)),
    noun: str = "law",
) -> lw.Problem:
    conditions = {
        noun: lw.Interior(lambda u, a: u.t - k * a * u.xx),
        "wall": lw.Boundary(wall, on="x.lower"),
        "around": lw.Boundary(lambda u: u, on="x.upper"),
        "start": lw.Initial(start),
        "seen": lw.Data(x=[0.5], t=[0.5], u=[data]),
    }
    return lw.Problem(shape() * lw.Time(t=(0, end)), "u", conditions, params={"a": lw.Unknown(unknown)})


def kept(problem: lw.Problem) -> dict:
    """As a file gives it back."""
    return json.loads(json.dumps(strict(identity_of(problem)), allow_nan=False))


@pytest.mark.parametrize("name", catalogue())
def test_every_problem_is_the_same_as_itself(name: str) -> None:
    make = getattr(lw.problems, name)
    check_same(make(), kept(make()), HERE)


def test_residuals_without_bound_are_the_same_as_themselves() -> None:
    conditions = {
        "law": lw.Interior(lambda u, r: u.rr + u.r / r + 1),
        "axis": lw.Boundary(lambda u, r: u.r / r, on="r.lower"),
        "wall": lw.Boundary(lambda u: u, on="r.upper"),
    }
    problem = lw.Problem(lw.Box(r=(0, 1)), "u", conditions)
    assert np.isinf(identity_of(problem)["conditions"]["axis"]["residuals"]["axis"]).all()
    check_same(problem, kept(problem), HERE)


def test_where_an_unknown_parameter_starts_does_not_matter() -> None:
    check_same(rod(unknown=5.0), kept(rod()), HERE)


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (rod(k=1.001), "its condition law says something else"),
        (rod(end=2.0), "its t went from 0 to 1, not from 0 to 2"),
        (rod(start=lambda u, x: u - x * (1 - x)), "its condition start says something else"),
        (rod(data=0.6), "its condition seen says something else"),
        (rod(wall=lambda u: u.x), "its condition wall says something else"),
        (rod(noun="heat"), "its conditions are law, wall, around, start and seen, not heat,"),
        (lw.problems.decay(), "its coordinates are x and t, not t"),
    ],
)
def test_another_problem_is_refused_with_what_differs(other: lw.Problem, difference: str) -> None:
    with pytest.raises(
        ValueError, match=rf"^run holds a run of another problem than the one given: .*{difference}"
    ):
        check_same(other, kept(rod()), HERE)


def test_parameters_shapes_and_ends_of_a_circle_are_told_apart() -> None:
    def square(domain: lw.Box, k: float = 1.0, around: bool = False) -> lw.Problem:
        sides = lw.Periodic(on="x") if around else lw.Boundary(lambda u: u, on="x")
        law = lw.Interior(lambda u, k: u.xx - k * u + 1)
        return lw.Problem(domain, "u", {"law": law, "sides": sides}, params={"k": k})

    line = lw.Box(x=(0, 1))
    with pytest.raises(ValueError, match="its parameter k was 1, not 2"):
        check_same(square(line, k=2.0), kept(square(line)), HERE)
    with pytest.raises(ValueError, match="sides"):
        check_same(square(line, around=True), kept(square(line)), HERE)
    disk, box = lw.Disk(x=0, y=0, radius=1), lw.Box(x=(-1, 1), y=(-1, 1))
    plane = [
        lw.Problem(
            d, "u", {"law": lw.Interior(lambda u: lw.laplacian(u) + 1), "rim": lw.Boundary(lambda u: u)}
        )
        for d in (disk, box)
    ]
    with pytest.raises(ValueError, match="its domain was a Disk, not a Box"):
        check_same(plane[1], kept(plane[0]), HERE)


def test_load_and_resume_refuse_another_problem_and_leave_the_run(tmp_path: Path) -> None:
    def decay(k: float = 1.0) -> lw.Problem:
        conditions = {"law": lw.Interior(lambda u: u.t + k * u), "start": lw.Initial(lambda u: u - 1)}
        return lw.Problem(lw.Time(t=(0, 2)), "u", conditions)

    choices = {"method": "pinn", "network": lw.nn.MLP(4, 1), "points": 12, "steps": 3}
    out = tmp_path / "run"
    solution = lw.solve(decay(), out=out, reference="stated", **choices)
    before = (out / "run.json").read_bytes()
    for read in (lw.load, lw.resume):
        with pytest.raises(ValueError, match="its condition law says something else"):
            read(out, decay(k=7.0))
    assert (out / "run.json").read_bytes() == before
    t = np.linspace(0, 2, 5)
    np.testing.assert_array_equal(lw.load(out, decay()).u(t=t), solution.u(t=t))
    saved = solution.save(tmp_path / "saved")
    with pytest.raises(ValueError, match="its condition law says something else"):
        lw.load(saved, decay(k=7.0))
