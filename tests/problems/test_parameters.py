"""Parameters of the catalogue: what is out of range is said in the user's words."""

import re
from typing import Any

import numpy as np
import pytest

from lawful import problems


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("advection", {"c": float("nan")}, "c must be a finite number, got nan."),
        ("allen_cahn", {"D": 0}, "D must be above 0, got 0."),
        ("allen_cahn", {"D": 1.0}, "D must be at most 0.1"),
        ("burgers", {"nu": 0.0}, "nu must be above 0, got 0.0."),
        ("burgers", {"nu": -1}, "nu must be above 0, got -1."),
        ("burgers", {"nu": "a lot"}, "nu must be a finite number, got 'a lot'."),
        ("decay", {"k": 0}, "k must be above 0"),
        ("diffusion_reaction", {"k": -1}, "k must be 0 or above, got -1."),
        ("heat", {"alpha": float("inf")}, "alpha must be a finite number"),
        ("oscillator", {"zeta": -0.1}, "zeta must be 0 or above"),
        ("poisson", {"dimension": 0}, "dimension must be a whole number from 1 to 10, got 0."),
        ("poisson", {"dimension": 11}, "from 1 to 10, got 11."),
        ("poisson", {"dimension": 2.5}, "dimension must be a whole number"),
        ("schrodinger_box", {"end": 0}, "end must be above 0"),
        ("beam", {"c": 0}, "c must be above 0"),
        ("black_scholes", {"sigma": 0.5}, "sigma must be at most 0.25"),
        ("black_scholes", {"r": -0.01}, "r must be from 0 to 0.2, got -0.01."),
        ("cahn_hilliard", {"g1": 0}, "g1 must be above 0"),
        ("darcy", {"contrast": 0.5}, "contrast must be 1 or above, got 0.5."),
        ("elasticity", {"lame": -1}, "lame must be 0 or above, got -1."),
        ("fokker_planck", {"D": 2}, "the density fits between the walls where D / theta <= 0.64"),
        ("gray_scott", {"F": 0}, "F must be above 0"),
        ("heat_frequencies", {"octaves": 11}, "octaves must be a whole number from 0 to 10, got 11."),
        ("heat_frequencies", {"octaves": 2.0}, "octaves must be a whole number"),
        ("heat_nd", {"dimension": 0}, "dimension must be a whole number from 1 to 10, got 0."),
        ("helmholtz", {"k": 10 * np.pi}, "is a resonance of the square, as k^2 is close to pi^2 (6^2 + 8^2)"),
        ("helmholtz", {"k": 40}, "k must be at most 10 pi"),
        ("kdv", {"delta": -0.1}, "delta must be above 0, got -0.1."),
        ("kdv_two_soliton", {"kappa2": 1.2}, "need 0.75 <= kappa2 <= kappa1 - 0.1 <= 1.4, got kappa1=1.2"),
        ("kuramoto_sivashinsky", {"end": 0}, "end must be above 0"),
        ("sine_gordon", {"omega": 1}, "omega must be below 1"),
        ("taylor_green", {"Re": 0}, "Re must be above 0"),
        ("burgers_inviscid", {"left": 0, "right": 1}, "left must be above right, or the jump spreads"),
        (
            "burgers_inviscid",
            {"left": 2.0},
            "the shock must stay within [0, 1], but goes from jump = 0.5 to 1.5",
        ),
        ("burgers_inviscid", {"jump": None}, "jump must be a finite number, got None."),
        ("eikonal", {"rounding": 1.0}, "rounding must be at least 0 and below 1, got 1.0."),
        ("lorenz", {"rho": -1.0}, "rho must be above 0, got -1.0."),
        ("robertson", {"fast": 0.0}, "fast must be above 0, got 0.0."),
        ("van_der_pol", {"mu": -1.0}, "mu must be 0 or above, got -1.0."),
        ("wave", {"c": True}, "c must be a finite number, got True."),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_a_wrong_parameter_is_named(name: str, parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        vars(problems)[name](**parameters)
