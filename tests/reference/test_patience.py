"""How long resolutions may take, and that more patience goes on where less had stopped."""

import time

import numpy as np

import lawful as lw
from lawful.problem import Problem
from lawful.reference import AbstractNumerical, AbstractSolver, Derived, patience


class Waves(AbstractNumerical):
    """sin(pi x), off by `away`."""

    def __init__(self, away: float):
        self.away = away

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return {"u": np.sin(np.pi * points[:, 0]) + self.away}


class Slow(AbstractSolver):
    """A level takes 0.02 s of the processor, the next four times as much, and so on."""

    method: str = "ever slower"
    refinement: float = 2.0

    def refuses(self, problem: Problem) -> str | None:
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        began = time.process_time()
        while time.process_time() - began < 0.02 * 4**level:
            np.sin(np.arange(1000.0))
        return Waves(1e-3 * 0.25**level)


def test_more_patience_goes_on_where_less_had_stopped() -> None:
    derived = Derived(lw.problems.poisson(dimension=1), Slow())
    places = {"x": np.linspace(0, 1, 11)}
    with patience(0.2):
        judged = derived.evaluate(places, ("u",))
        assert len(derived.levels) == 2
    assert judged.doubt.startswith("Two resolutions differ in u, and no third could be solved.")
    assert (
        "A finer one would take more than 0.2 s: method='classical' has as many as its budget=."
        in judged.doubt
    )
    with patience(1.0):
        first = derived.levels[0]
        judged = derived.evaluate(places, ("u",))
        assert len(derived.levels) == 3
        assert derived.levels[0] is first
    assert judged.doubt == ""
    assert judged.order is not None
    assert abs(judged.order - 2) < 0.01


def test_the_budget_of_a_classical_solution_is_its_patience() -> None:
    problem = lw.problems.poisson(dimension=1)
    found = lw.solve(problem, method="classical", reference="derived", budget=1e-3)
    assert len(lw.reference.derive(problem).ladder.levels) == 2
    found = lw.solve(problem, method="classical", reference="derived", budget=30)
    assert found.facts["verdict"]["word"] == "supported"
    assert len(lw.reference.derive(problem).ladder.levels) > 2
