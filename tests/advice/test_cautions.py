"""Each caution speaks of a problem of its kind, with a source, and of no other."""

from dataclasses import replace

import jax.numpy as jnp
import pytest

import lawful as lw
from lawful import problems
from lawful.advice import CAUTIONS, Source
from lawful.advice.cautions import cautions_for
from lawful.character import Character, Motion, Scales, classify

PLAIN = Character(
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
ORDINARY = replace(PLAIN, kind="ordinary", order={"t": 1}, highest=1, coordinates=("t",), motion=Motion())
STILL = replace(PLAIN, kind="elliptic", order={"x": 2, "y": 2}, coordinates=("x", "y"), time=None)
INVERSE = replace(PLAIN, unknowns=("a", "b"), observations=20, places=20)

# the character that a caution is about, and the nearest one that it is silent about
PAIRS = {
    "ill-posed": (replace(PLAIN, kind="ill-posed"), PLAIN),
    "fast transport": (
        replace(PLAIN, kind="first-order", order={"x": 1, "t": 1}, highest=1, scales=Scales(periods=1.6)),
        replace(PLAIN, kind="first-order", order={"x": 1, "t": 1}, highest=1, scales=Scales(periods=1.4)),
    ),
    "oscillations": (
        replace(ORDINARY, motion=Motion(periods=6.0)),
        replace(ORDINARY, motion=Motion(periods=2.0)),
    ),
    "shocks": (replace(PLAIN, kind="first-order", steepening="shocks"), replace(PLAIN, kind="first-order")),
    "kinks": (replace(PLAIN, kind="first-order", steepening="kinks"), replace(PLAIN, kind="first-order")),
    "jump": (replace(PLAIN, scales=Scales(jump=True)), PLAIN),
    "frequencies": (replace(PLAIN, scales=Scales(waves=25.0)), replace(PLAIN, scales=Scales(waves=2.0))),
    "high wave number": (
        replace(STILL, scales=Scales(wavelengths=3.0)),
        replace(STILL, scales=Scales(wavelengths=0.5)),
    ),
    "thin layer": (replace(STILL, scales=Scales(layer=1e-4)), replace(STILL, scales=Scales(layer=0.1))),
    "stiffness": (
        replace(ORDINARY, motion=Motion(stiffness=1e6)),
        replace(ORDINARY, motion=Motion(stiffness=5.0)),
    ),
    "chaos": (replace(ORDINARY, motion=Motion(chaos=10.0)), replace(ORDINARY, motion=Motion(chaos=1.0))),
    "rest": (
        replace(ORDINARY, motion=Motion(rest=True, reach=20.0)),
        replace(ORDINARY, motion=Motion(rest=False, reach=20.0)),
    ),
    "high order": (replace(PLAIN, order={"x": 4, "t": 1}, highest=4), PLAIN),
    "indistinct unknowns": (replace(INVERSE, confounded=("a", "b")), INVERSE),
    "weak data": (replace(INVERSE, faint=("a",)), INVERSE),
    "too few data": (replace(INVERSE, observations=1), INVERSE),
}


def names(character):
    return [warned.name for warned in cautions_for(character)]


def test_every_caution_has_a_pair():
    assert {caution.name for caution in CAUTIONS} == set(PAIRS)


@pytest.mark.parametrize("name", PAIRS)
def test_a_caution_is_about_its_own_kind_alone(name):
    about, not_about = PAIRS[name]
    assert names(about) == [name]
    assert names(not_about) == []
    (warned,) = cautions_for(about)
    assert warned.says.endswith(".")
    assert warned.remedy
    assert all(isinstance(source, Source) and source.year > 1900 for source in warned.sources)
    assert warned.sources


@pytest.mark.parametrize("linear", [True, False])
def test_growth_is_a_matter_of_laws_that_are_not_linear(linear):
    assert names(replace(PLAIN, linear=linear, scales=Scales(growth=20.0))) == ([] if linear else ["chaos"])


def test_a_linear_law_rests_later():
    motion = Motion(rest=True, reach=15.0)
    assert names(replace(ORDINARY, motion=motion)) == ["rest"]
    assert names(replace(ORDINARY, motion=motion, linear=True)) == []


def around(law, end=1.0):
    conditions = {
        "pde": lw.Interior(law),
        "start": lw.Initial(lambda u, x: u - jnp.sin(2 * jnp.pi * x)),
        "circle": lw.Periodic(on="x"),
    }
    return lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, end)), "u", conditions)


def helmholtz(k):
    conditions = {
        "pde": lw.Interior(lambda u: lw.laplacian(u) + k**2 * u - 1),
        "walls": lw.Boundary(lambda u: u),
    }
    return lw.Problem(lw.Box(x=(0, 1), y=(0, 1)), "u", conditions)


def layer(eps):
    conditions = {
        "pde": lw.Interior(lambda u: u.x - eps * u.xx - 1),
        "walls": lw.Boundary(lambda u: u),
    }
    return lw.Problem(lw.Box(x=(0, 1)), "u", conditions)


def reaction(rate):
    def law(a, b):
        return {"a": a.t + rate * (a - b**2), "b": b.t + b - 0.5 * a}

    conditions = {"ode": lw.Interior(law), "start": lw.Initial(lambda a, b: {"a": a, "b": b - 1})}
    return lw.Problem(lw.Time(t=(0, 3)), "a b", conditions)


STATED = {
    "fast advection": (problems.advection(c=30.0), "fast transport", "arXiv 2109.01050"),
    "inviscid": (around(lambda u: u.t + u * u.x), "shocks", "Fuks & Tchelepi (2020)"),
    "stiff reaction": (reaction(1e4), "stiffness", "J. Phys. Chem. A 125"),
    "Helmholtz": (helmholtz(20.0), "high wave number", "SIAM J. Sci. Comput. 43"),
    "boundary layer": (layer(1e-4), "thin layer", "J. Comput. Phys. 473"),
    "Allen-Cahn": (problems.allen_cahn(), "chaos", "arXiv 2203.07404"),
}


@pytest.mark.parametrize("name", STATED)
def test_problems_as_they_are_stated(name):
    problem, caution, source = STATED[name]
    found = {warned.name: warned for warned in cautions_for(classify(problem))}
    assert caution in found
    assert source in "; ".join(str(s) for s in found[caution].sources)


@pytest.mark.parametrize(
    "problem",
    [
        problems.advection(),
        problems.heat(),
        problems.poisson(),
        problems.wave(),
        helmholtz(2.0),
        reaction(1.0),
    ],
    ids=["advection", "heat", "poisson", "wave", "Helmholtz at low wave number", "mild reaction"],
)
def test_no_warning_where_networks_do_well(problem):
    assert names(classify(problem)) == []
