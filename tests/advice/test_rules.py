"""Each rule recommends on the situation made for it, and a new situation changes the recommendation."""

from dataclasses import replace

import pytest

from lawful.advice import RULES, Situation
from lawful.advice.rules import recommendations
from lawful.character import Character, Motion, Scales

FIELD = Character(
    kind="parabolic",
    linear=False,
    affine=False,
    order={"x": 2, "t": 1},
    highest=2,
    coordinates=("x", "t"),
    time="t",
    fields=1,
    equations=1,
    autonomous=True,
    regular=True,
)
ORDINARY = replace(FIELD, kind="ordinary", order={"t": 1}, highest=1, coordinates=("t",), motion=Motion())
SEEN = {"observations": 20, "places": 20}
MANY = tuple(f"x{i}" for i in range(6))

# the situation, and the method where a classical solver takes the problem and where none does
MADE = {
    "unobserved": (Situation(replace(FIELD, unknowns=("k",))), None, None),
    "many solves": (Situation(FIELD, parameters=("nu",), solves=1000), "pinn", "pinn"),
    "trajectories": (Situation(replace(ORDINARY, unknowns=("a", "b", "c", "d"), **SEEN)), "pinn", "pinn"),
    "ordinary, inverse": (Situation(replace(ORDINARY, unknowns=("k",), **SEEN)), "pinn", "pinn"),
    "field, inverse": (Situation(replace(FIELD, unknowns=("k",), **SEEN)), "pinn", "pinn"),
    "sparse data": (Situation(replace(FIELD, **SEEN)), "pinn", "pinn"),
    "many dimensions": (Situation(replace(FIELD, coordinates=MANY)), "pinn", "pinn"),
    "irregular domain": (Situation(replace(FIELD, regular=False)), "classical", "pinn"),
    "ordinary": (Situation(ORDINARY), "classical", "pinn"),
    "not smooth": (Situation(replace(FIELD, kind="first-order", steepening="shocks")), "classical", "pinn"),
    "affine": (Situation(replace(FIELD, linear=True, affine=True)), "linear", "linear"),
    "grid": (Situation(FIELD), "classical", "pinn"),
}


def test_every_rule_has_a_situation():
    assert [rule.name for rule in RULES] == list(MADE)


@pytest.mark.parametrize("name", MADE)
def test_a_rule_recommends_on_its_situation(name):
    situation, with_solver, without = MADE[name]
    for classical, method in (("method of lines", with_solver), (None, without)):
        chosen, *_ = recommendations(replace(situation, classical=classical))
        assert (chosen.rule, chosen.method) == (name, method)
        assert chosen.says.endswith(".")
        assert all(reason.endswith(".") for reason in chosen.reasons)
        assert any("lw.solve(problem" in line for line in chosen.ask.python)


@pytest.mark.parametrize("name", [n for n in MADE if n != "grid"])
def test_a_rule_is_silent_on_a_plain_problem(name):
    rule = next(rule for rule in RULES if rule.name == name)
    assert not rule.applies(Situation(FIELD))


def test_fine_solutions_are_not_left_to_random_features():
    smooth = replace(FIELD, linear=True, affine=True)
    for scales in (Scales(jump=True), Scales(layer=1e-3), Scales(waves=25.0), Scales(wavelengths=9.0)):
        chosen, *_ = recommendations(Situation(replace(smooth, scales=scales), classical="a solver"))
        assert chosen.method == "classical"


def test_an_affine_ordinary_equation_without_a_solver_is_solved_over_features():
    chosen, *_ = recommendations(Situation(replace(ORDINARY, linear=True, affine=True), refusal="None fits."))
    assert chosen.method == "linear"
    assert "None fits." in " ".join(chosen.reasons)


def test_an_unknown_function_of_time_counts_as_dynamics_from_trajectories():
    chosen, *_ = recommendations(Situation(replace(ORDINARY, free_fields=1, **SEEN)))
    assert chosen.rule == "trajectories"


def test_one_observation_pins_a_pressure_and_is_no_sparse_data():
    chosen, *_ = recommendations(Situation(replace(FIELD, observations=1, places=1), classical="a solver"))
    assert chosen.rule == "grid"


@pytest.mark.parametrize(("solves", "rule"), [(1, "grid"), (49, "grid"), (50, "many solves")])
def test_a_surrogate_pays_off_over_many_solves(solves, rule):
    chosen, *_ = recommendations(Situation(FIELD, parameters=("nu",), classical="a solver", solves=solves))
    assert chosen.rule == rule


def test_what_to_type():
    chosen, *_ = recommendations(Situation(FIELD, classical="a solver"))
    assert (
        chosen.ask.command("burgers --set nu=0.01") == "lawful solve burgers --set nu=0.01 --method classical"
    )
    assert chosen.ask.python == ("solution = lw.solve(problem, method='classical')",)
    chosen, *_ = recommendations(Situation(FIELD))
    assert chosen.ask.command("mine.py") == "lawful solve mine.py --method pinn --budget 60"
