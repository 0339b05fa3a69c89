"""The sentence on which pathway to take."""

import jax.numpy as jnp
import pytest

import lawful as lw
from lawful import problems
from lawful.counsel import GROUNDS, grounds_of, pays_off, which_pathway


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        (
            {"error": 1e-3, "seconds": 40.0, "classical_s": 1.0},
            "The classical solver is 40 times faster at equal accuracy; a network pays off if the problem has unknown "
            "parameters, sparse data, more than four dimensions, or must be solved for many parameters.",
        ),
        (
            {"error": 1e-3, "seconds": 12345.0, "classical_s": 1.0, "holds": {"unknowns", "data"}},
            "The classical solver is 12,000 times faster at equal accuracy; a network pays off further if the problem "
            "has more than four dimensions or must be solved for many parameters.",
        ),
        (
            {"error": 1e-3, "seconds": 2.0, "classical_s": 1.0, "holds": set(GROUNDS)},
            "The classical solver is 2.0 times faster at equal accuracy.",
        ),
        (
            {"error": 1e-3, "seconds": 1.0, "classical_s": 1.2, "holds": set(GROUNDS)},
            "The classical solver and the network take about the same time at equal accuracy.",
        ),
        (
            {"error": 1e-3, "seconds": 1.0, "classical_s": 35.2, "method": "linear"},
            "The solve over random features is 35 times faster than the classical solver at equal accuracy: take it, "
            "and the classical solver as its check.",
        ),
        (
            {"error": 0.3, "seconds": 1.0, "classical_s": 50.0, "holds": {"unknowns", "data", "dimensions"}},
            "The network did not reach an error of 0.01, and the classical solver did: take that; a network pays off "
            "further if the problem must be solved for many parameters.",
        ),
        (
            {"error": 1e-3, "seconds": 1.0, "classical_s": None},
            "No classical solver got as close here: take the network, and check it on a case that you know.",
        ),
        (
            {"error": 1e-3, "seconds": 20.0, "classical_s": None, "ended_s": 5.123},
            "The classical solver was not as close after 5.1 s, and was not refined further: take the network, and "
            "check it with reference='derived'.",
        ),
        (
            {"error": float("nan"), "seconds": 1.0, "classical_s": None, "tolerance": 0.05},
            "Neither the network nor a classical solver reached an error of 0.05 here: state a smaller task first, "
            "such as a shorter time or a smoother start.",
        ),
    ],
)
def test_the_sentence(facts, says):
    assert which_pathway(**facts) == says


def test_grounds_that_hold_are_not_told_again():
    for ground, words in GROUNDS.items():
        assert words in pays_off()
        assert words not in pays_off({ground})
    assert pays_off(set(GROUNDS)) == ""


def test_grounds_of_problems():
    assert grounds_of(problems.heat()) == frozenset()
    assert grounds_of(problems.poisson(dimension=5)) == {"dimensions"}
    assert grounds_of(problems.poisson(dimension=4)) == frozenset()
    conditions = {
        "pde": lw.Interior(lambda u, k: u.t - k * u.xx),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "seen": lw.Data(x=[0.1, 0.5], t=[0.1, 0.2], u=[0.2, 0.3]),
    }
    domain = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    assert grounds_of(lw.Problem(domain, "u", conditions, {"k": lw.Unknown(1.0)})) == {"unknowns", "data"}
