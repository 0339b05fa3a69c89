"""The norm in which levels are compared: solutions that jump converge in the mean alone."""

import numpy as np
import pytest

import lawful as lw
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
