"""The norm in which levels are compared: solutions that jump converge in the mean alone."""

import numpy as np
import pytest

import lawful as lw
from lawful._outcome import Outcome
from lawful.judge import decide, errors_against, relative_errors
from lawful.problem import Problem
from lawful.reference import AbstractNumerical, AbstractSolver, Derived, Norm


class Step(AbstractNumerical):
    """A jump that is found to within `away`."""

    def __init__(self, away: float):
        self.away = away

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return {"u": np.where(points[:, 0] < 0.5 + self.away, 1.0, 0.0)}


class Halving(AbstractSolver):
    norm: Norm
    method: str = "a jump, ever nearer"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        return Step(0.2 * 0.5**level)


@pytest.mark.parametrize("norm", ["mean", "max"])
def test_a_jump_is_trusted_in_the_mean_only(norm: Norm) -> None:
    problem = Problem(
        domain=lw.Box(x=(0, 1)),
        fields="u",
        conditions={"pde": lw.Interior(lambda u: u.x), "ends": lw.Boundary(lambda u: u)},
    )
    judged = Derived(problem, Halving(norm=norm)).evaluate({"x": np.linspace(0, 1, 1001)}, ("u",))
    assert judged.norm == norm
    if norm == "mean":
        assert judged.doubt == ""
        assert judged.errors["u"] == pytest.approx(0.2 / 16, rel=0.3)
        assert judged.order == pytest.approx(1.0, abs=0.3)
    else:
        assert judged.doubt
        assert judged.errors["u"] >= 1


def shock(away: float, width: float) -> tuple[str, float, float]:
    """The verdict on a layer of that width that far from a shock, its relative L2 error and the one that counts."""
    problem = lw.problems.burgers_inviscid()
    assert problem.reference is not None
    x, t = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, 501), np.linspace(0, 1, 51)))
    judged = problem.reference.evaluate({"x": x, "t": t}, ("u",))
    layer = (1 - np.tanh((x - 0.5 - t / 2 - away) / width)) / 2
    errors = errors_against({"u": layer}, judged)
    verdict = decide(
        problem,
        Outcome.COMPLETED,
        errors=errors,
        reference=judged,
        residual={"train": 1e-3, "fresh": 1e-3},
        relative_residual=1e-3,
        conditions={},
    )
    return verdict.word, errors["u"]["rel_l2"], relative_errors(errors, judged)["u"]


def test_a_shock_of_finite_width_is_the_shock_and_one_elsewhere_is_not() -> None:
    word, square, mean = shock(away=0.0, width=4e-3)
    assert word == "supported"
    assert square > 0.03
    # the integral of |error| across tanh((x - s) / width) is width ln 2, of u that over [0, s]: mean 0.75
    assert mean == pytest.approx(4e-3 * np.log(2) / 0.75, rel=0.05)
    word, _, mean = shock(away=0.02, width=4e-3)
    assert word == "not supported"
    assert mean == pytest.approx(0.02 / 0.75, rel=0.1)


@pytest.mark.usefixtures("unchecked")
def test_a_stated_solution_that_jumps_has_its_error_in_the_mean() -> None:
    stated = lw.Exact(
        lambda x: np.where(x < 0.5, 1.0, 0.0), check=lambda x: np.where(x < 0.51, 1.0, 0.0), norm="mean"
    )
    judged = stated.evaluate({"x": np.linspace(0, 1, 1001)}, ("u",))
    assert judged.norm == "mean"
    assert judged.errors["u"] == pytest.approx(0.01, rel=0.1)
    with pytest.raises(ValueError, match=r"norm must be 'max' or 'mean', got 'l2'\."):
        lw.Exact(lambda x: x, norm="l2")  # pyright: ignore[reportArgumentType]
