"""Advice on whole problems, its text and its data, and what pilot runs change."""

import json
import math
import sys
from dataclasses import replace

import numpy as np
import pytest

import lawful as lw
from lawful import problems
from lawful.advice import Pilot, advise
from lawful.advice.advise import _updated
from lawful.advice.pilots import best, measured
from lawful.reference import AbstractNumerical, AbstractSolver
from lawful.run_folder import strict


class Coarse(AbstractNumerical):
    """exp(-2 t), off by a share."""

    def __init__(self, error):
        self.error = error

    def evaluate(self, points):
        return {"u": np.exp(-2 * points[:, 0]) * (1 + self.error)}


class SecondOrder(AbstractSolver):
    """A solver of decay alone, whose error falls by 4 a level."""

    method: str = "second-order steps"
    refinement: float = 2.0

    def refuses(self, problem):
        return None if problem.name == "decay" else "It solves decay alone."

    def solve(self, problem, level):
        return Coarse(1e-3 / 4**level)


@pytest.fixture
def derived(monkeypatch):
    """A library whose only solver is `SecondOrder`."""
    monkeypatch.setattr(sys.modules["lawful.reference.derive"], "SOLVERS", (SecondOrder(),))


@pytest.fixture
def nothing(monkeypatch):
    """A library without solvers."""
    monkeypatch.setattr(sys.modules["lawful.reference.derive"], "SOLVERS", ())


def decay(name="decay", law=lambda u: u.t + 2 * u):
    conditions = {"ode": lw.Interior(law), "start": lw.Initial(lambda u: u - 1)}
    return lw.Problem(lw.Time(t=(0, 1)), "u", conditions, name=name)


# with the references that the problems bring along, and no solver
RECOMMENDED = {
    "advection": "linear",
    "allen_cahn": "classical",
    "burgers": "classical",
    "heat": "linear",
    "oscillator": "classical",
    "poisson": "linear",
    "schrodinger_box": "linear",
}


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("name", RECOMMENDED)
def test_the_catalogue(name):
    advice = lw.advise(getattr(problems, name)())
    assert advice.method == RECOMMENDED[name]


@pytest.mark.usefixtures("nothing")
def test_five_dimensions():
    advice = advise(problems.poisson(dimension=5))
    assert (advice.method, advice.recommendation.rule) == ("pinn", "many dimensions")
    assert advice.further == ""


@pytest.mark.usefixtures("derived")
def test_a_derived_reference_is_named_and_a_refusal_is_told():
    advice = advise(decay())
    assert advice.method == "classical"
    assert "second-order steps" in str(advice)
    other = advise(decay("other", lambda u: u.t + 2 * u**2))
    assert other.method == "pinn"
    assert "It solves decay alone." in str(other)


@pytest.mark.usefixtures("nothing")
def test_the_text_begins_with_the_recommendation_and_ends_no_line_beyond_the_width():
    advice = advise(problems.advection(c=30.0), named="advection --set c=30")
    lines = str(advice).splitlines()
    assert lines[0] == "advection: Take the classical solver."
    assert "  lawful solve advection --set c=30 --method classical" in lines
    assert "Krishnapriyan et al. (2021)" in str(advice)
    assert "4.8 periods" in str(advice).replace("\n  ", " ")
    assert max(map(len, lines)) <= 100


@pytest.mark.usefixtures("nothing")
def test_the_data_are_plain():
    advice = advise(problems.heat(), named="heat")
    data = json.loads(json.dumps(strict(advice.as_dict()), allow_nan=False))
    assert (data["problem"], data["method"], data["command"]) == (
        "heat",
        "linear",
        "lawful solve heat --method linear",
    )
    assert data["character"]["kind"] == "parabolic"
    assert data["warnings"] == []


@pytest.mark.usefixtures("nothing")
def test_an_inverse_problem_and_one_without_data():
    def stated(**more):
        conditions = {"ode": lw.Interior(lambda u, k: u.t + k * u), "start": lw.Initial(lambda u: u - 1)}
        return lw.Problem(lw.Time(t=(0, 2)), "u", conditions | more, {"k": lw.Unknown(1.0, lower=0)})

    seen = lw.Data(t=[0.5, 1.0, 1.5], u=[0.3, 0.1, 0.02], noise=0.01)
    advice = advise(stated(seen=seen))
    assert advice.recommendation.rule == "ordinary, inverse"
    assert advice.recommendation.ask.python == ("solution = lw.solve(problem)",)
    assert advice.others == ()  # forward methods take no unknowns
    advice = advise(stated())
    assert advice.method is None
    assert [warned.name for warned in advice.warnings] == ["too few data"]


@pytest.mark.usefixtures("derived")
def test_many_solves_ask_for_a_surrogate():
    problem = problems.burgers()
    advice = advise(problem, solves=500)
    assert advice.recommendation.rule == "many solves"
    assert "nu" in advice.recommendation.says
    assert "domain = lw.Box(nu=(nu_least, nu_most)) * domain" in str(advice)
    # what it says can be done: the law reads nu where it was a parameter
    bounds = {c: problem.domain.interval(c) for c in ("x",)}
    domain = lw.Box(nu=(0.003, 0.1)) * lw.Box(**bounds) * lw.Time(t=(0, 1))
    law = lambda u, nu: u.t + u * u.x - nu * u.xx  # noqa: E731
    conditions = {"pde": lw.Interior(law), "walls": lw.Boundary(lambda u: u, on="x")}
    lw.Problem(domain, "u", conditions | {"start": lw.Initial(lambda u, x: u + x)})


@pytest.mark.parametrize(("solves", "fits"), [(0, False), (1.5, False), (True, False), (3, True)])
@pytest.mark.usefixtures("nothing", "unchecked")
def test_the_number_of_solves_is_checked(solves, fits):
    if fits:
        assert advise(problems.heat(), solves=solves)
        return
    with pytest.raises(ValueError, match="solves must be a whole number of at least 1"):
        advise(problems.heat(), solves=solves)


@pytest.mark.usefixtures("unchecked")
def test_advice_is_about_problems():
    with pytest.raises(TypeError, match="advise takes a Problem"):
        advise("heat")


PILOTS = (
    Pilot("classical", "steps", 0.5, 1e-5, "own estimate"),
    Pilot("linear", "random features", 0.2, 1e-3, "reference"),
    Pilot("pinn", "network", 8.0, 1e-4, "reference"),
)


def test_the_best_pilot_is_the_quickest_within_the_tolerance_else_the_most_accurate():
    assert best(PILOTS, 1e-2).method == "linear"
    assert best(PILOTS, 5e-4).method == "classical"
    assert best(PILOTS, 1e-9).method == "classical"
    unknown = (replace(PILOTS[2], against="residual"), replace(PILOTS[1], error=math.inf))
    assert best(unknown, 1e-2) is None
    assert best((replace(PILOTS[0], failure="It diverged."),), 1e-2) is None


@pytest.mark.usefixtures("derived")
def test_pilots_change_what_can_be_measured_and_nothing_else():
    problem = decay()
    chosen = advise(problem).recommendation
    updated, said = _updated(chosen, PILOTS, problem)
    assert updated.method == "linear"
    assert chosen.says in updated.reasons[0]
    assert said.startswith("The classical solver is 16 times faster")
    # a solution that the problem brings along is not beaten by a pilot run
    kept, _ = _updated(chosen, PILOTS[1:], problem)
    assert kept.method == "classical"
    kept, said = _updated(replace(chosen, measurable=False), PILOTS, problem)
    assert kept.method == "classical"
    assert said == ""


@pytest.mark.usefixtures("derived")
def test_pilot_runs(monkeypatch):
    """Errors are those against the derived reference, and none is below its own: 1e-3 / 16 and the estimate
    of the next difference."""
    monkeypatch.setattr("lawful.advice.pilots.NETWORK_S", 1.0)
    classical, linear, network = measured(decay())
    assert (classical.method, classical.solver, classical.against) == (
        "classical",
        "second-order steps",
        "own estimate",
    )
    assert classical.error == pytest.approx(1e-3 / 16, rel=0.1)
    assert linear.error == pytest.approx(1e-3 / 16, rel=0.1)
    assert (network.method, network.against) == ("pinn", "reference")
    assert network.error >= 0.9e-3 / 16


@pytest.mark.usefixtures("nothing")
def test_without_any_reference_pilots_have_residuals(monkeypatch):
    monkeypatch.setattr("lawful.advice.pilots.NETWORK_S", 1.0)
    advice = advise(decay(), measure=True)
    assert [pilot.against for pilot in advice.pilots] == ["residual", "residual"]
    assert advice.method == "linear"
    assert "no reference could be derived" in str(advice)
