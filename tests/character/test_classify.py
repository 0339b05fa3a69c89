"""Kinds and facts of problems: the catalogue, textbook laws, and the same laws in other units."""

import math

import jax.numpy as jnp
import pytest

import lawful as lw
from lawful import problems
from lawful.character import classify
from lawful.recipe import is_affine

# kind, linear, highest derivative, coordinates, periodic in
CATALOGUE = {
    "advection": ("first-order", True, 1, 2, ("x",)),
    "allen_cahn": ("parabolic", False, 2, 2, ("x",)),
    "burgers": ("parabolic", False, 2, 2, ()),
    "decay": ("ordinary", True, 1, 1, ()),
    "diffusion_reaction": ("parabolic", True, 2, 2, ()),
    "heat": ("parabolic", True, 2, 2, ()),
    "oscillator": ("ordinary", True, 2, 1, ()),
    "poisson": ("elliptic", True, 2, 2, ()),
    "schrodinger_box": ("dispersive", True, 2, 2, ()),
    "schrodinger_nls": ("dispersive", False, 2, 2, ("x",)),
    "wave": ("hyperbolic", True, 2, 2, ()),
}


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_catalogue(name):
    problem = getattr(problems, name)()
    c = classify(problem)
    assert (c.kind, c.linear, c.highest, c.dimensions, c.periodic) == CATALOGUE[name]
    assert c.affine == is_affine(problem)
    assert c.regular
    assert c.autonomous
    assert (c.inverse, c.observations, c.confounded, c.steepening, c.scales.jump) == (False, 0, (), "", False)
    assert (c.motion is not None) == (c.kind == "ordinary")


def on_line(law, start=lambda u, x: u - jnp.sin(2 * jnp.pi * x), fields="u", end=1.0, params=None, **more):
    conditions = {"pde": lw.Interior(law), "start": lw.Initial(start), "circle": lw.Periodic(on="x")}
    return lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, end)), fields, conditions | more, params)


def in_square(law, fields="u", walls=lambda u: u, **more):
    conditions = {"pde": lw.Interior(law), "walls": lw.Boundary(walls)}
    return lw.Problem(lw.Box(x=(0, 1), y=(0, 1)), fields, conditions | more)


def cauchy():
    conditions = {
        "pde": lw.Interior(lambda u: u.tt + u.xx),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        "rate": lw.Initial(lambda u: u.t),
        "walls": lw.Boundary(lambda u: u),
    }
    return lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions)


def backward(law):
    conditions = {
        "pde": lw.Interior(law),
        "end": lw.Final(lambda u: u - 1),
        "walls": lw.Boundary(lambda u: u),
    }
    return lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions)


def stokes(u, v, p):
    return {"x": lw.laplacian(u) - p.x, "y": lw.laplacian(v) - p.y, "mass": u.x + v.y}


def flow():
    def law(u, v, p):
        return {
            "x": u.t + u * u.x + v * u.y + p.x - 0.01 * lw.laplacian(u),
            "y": v.t + u * v.x + v * v.y + p.y - 0.01 * lw.laplacian(v),
            "mass": u.x + v.y,
        }

    conditions = {
        "pde": lw.Interior(law),
        "walls": lw.Boundary(lambda u, v, y: {"u": u - y, "v": v}),
        "start": lw.Initial(lambda u, v: {"u": u, "v": v}),
        "pin": lw.Data(x=[0], y=[0], t=[0], p=[0]),
    }
    return lw.Problem(lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1)), "u v p", conditions)


def maxwell(e, b):
    return {"e": e.t + b.x, "b": b.t + e.x}


def shallow_water(h, q):
    return {"mass": h.t + q.x, "momentum": q.t + 2 * q / h * q.x - (q / h) ** 2 * h.x + h * h.x}


def pair(e, b, x):
    return {"e": e - jnp.sin(2 * jnp.pi * x), "b": b}


def lake(h, q, x):
    return {"h": h - 1 - 0.1 * jnp.sin(2 * jnp.pi * x), "q": q}


TEXTBOOK = {
    "inviscid Burgers": (on_line(lambda u: u.t + u * u.x), "first-order", "shocks"),
    "eikonal, backward": (backward(lambda u: -u.t + jnp.abs(u.x) - 1), "first-order", "kinks"),
    "transport with a nonlinear source": (on_line(lambda u: u.t + u.x + u**3), "first-order", ""),
    "Korteweg-de Vries": (on_line(lambda u: u.t + u * u.x + 0.0025 * u.xxx), "dispersive", ""),
    "Kuramoto-Sivashinsky": (on_line(lambda u: u.t + u * u.x + u.xx + u.xxxx), "parabolic", ""),
    "telegraph": (
        on_line(lambda u: u.tt + 3 * u.t - u.xx, rate=lw.Initial(lambda u: u.t)),
        "hyperbolic",
        "",
    ),
    "Maxwell": (on_line(maxwell, pair, "e b"), "hyperbolic", ""),
    "shallow water": (on_line(shallow_water, lake, "h q"), "hyperbolic", "shocks"),
    "Navier-Stokes": (flow(), "parabolic", ""),
    "heat backward in time": (on_line(lambda u: u.t + 0.1 * u.xx), "ill-posed", ""),
    "heat from its end": (backward(lambda u: u.t + u.xx), "parabolic", ""),
    "Cauchy problem of Laplace": (cauchy(), "ill-posed", ""),
    "Helmholtz": (in_square(lambda u: lw.laplacian(u) + 400 * u - 1), "elliptic", ""),
    "waves in a plane": (in_square(lambda u: u.xx - u.yy), "hyperbolic", ""),
    "a faint diffusion in y": (in_square(lambda u: u.xx + 1e-6 * u.yy - 1), "elliptic", ""),
    "Stokes": (
        in_square(stokes, "u v p", lambda u, v, y: {"u": u - y, "v": v}, pin=lw.Data(x=[0], y=[0], p=[0])),
        "elliptic",
        "",
    ),
}


@pytest.mark.parametrize("name", TEXTBOOK)
def test_textbook_laws(name):
    problem, kind, steepening = TEXTBOOK[name]
    c = classify(problem)
    assert (c.kind, c.steepening) == (kind, steepening)


@pytest.mark.parametrize("c", [1.0, 10.0, -30.0])
def test_passages_of_a_wave(c):
    found = classify(problems.advection(c=c)).scales
    assert found.periods == pytest.approx(abs(c) / (2 * math.pi))
    assert found.waves == 1.0


def burgers_in(length, duration):
    """Burgers' equation with places in units of `length` and times in units of `duration`."""
    speed = length / duration
    conditions = {
        "pde": lw.Interior(lambda u, nu: u.t + u * u.x - nu * u.xx),
        "walls": lw.Boundary(lambda u: u),
        "start": lw.Initial(lambda u, x: u + speed * jnp.sin(jnp.pi * x / length)),
    }
    domain = lw.Box(x=(-length, length)) * lw.Time(t=(0, duration))
    return lw.Problem(domain, "u", conditions, {"nu": 1e-3 * speed * length})


@pytest.mark.parametrize(("length", "duration"), [(1e-3, 1.0), (1.0, 1e4), (1e5, 1e-2)])
def test_facts_do_not_depend_on_units(length, duration):
    here, there = classify(burgers_in(1.0, 1.0)), classify(burgers_in(length, duration))
    assert (here.kind, here.linear) == (there.kind, there.linear)
    for name, number in vars(here.scales).items():
        assert vars(there.scales)[name] == pytest.approx(number, rel=1e-6), name


def test_the_peclet_number_and_the_layer():
    s = classify(burgers_in(1.0, 1.0)).scales
    assert s.peclet == pytest.approx(2 / 1e-3, rel=0.05)  # speeds up to 1 over the length 2, at 16 places
    assert s.layer == pytest.approx(1 / s.peclet)


def test_a_reaction_makes_a_layer_and_a_wave_makes_none():
    damped, waving = (
        classify(in_square(lambda u, s=sign: lw.laplacian(u) + s * 400 * u - 1)).scales for sign in (-1, 1)
    )
    assert damped.layer == pytest.approx(1 / 20)
    assert damped.wavelengths == 0
    assert waving.layer == 1
    assert waving.wavelengths == pytest.approx(20 / (2 * math.pi))


def test_growth_is_that_of_the_fastest_wave():
    """sigma = k^2 - k^4 is largest, 1/4, at k = 1/sqrt 2; the ladder of wave numbers comes near."""
    conditions = {
        "pde": lw.Interior(lambda u: u.t + u * u.x + u.xx + u.xxxx),
        "start": lw.Initial(lambda u, x: u - jnp.cos(x / 16)),
        "circle": lw.Periodic(on="x"),
    }
    problem = lw.Problem(lw.Box(x=(0, 32 * math.pi)) * lw.Time(t=(0, 100)), "u", conditions)
    assert 0.7 * 25 < classify(problem).scales.growth <= 25 + 1e-6


@pytest.mark.parametrize(
    ("start", "waves", "jump"),
    [
        (lambda x: jnp.sin(jnp.pi * x), 0.5, False),
        (lambda x: 5 + 3 * x + jnp.sin(6 * jnp.pi * x), 3.0, False),
        (lambda x: jnp.sin(2 * jnp.pi * x) + 0.1 * jnp.sin(50 * jnp.pi * x), 25.0, False),
        (lambda x: jnp.where(x < 0.43, 1.0, 0.0), 0.0, True),
        (lambda x: 0 * x + 2, 0.0, False),
    ],
)
def test_waves_and_jumps_of_a_start(start, waves, jump):
    s = classify(on_line(lambda u: u.t - u.xx, lambda u, x: u - start(x))).scales
    assert (s.waves, s.jump) == (waves, jump)


def test_waves_of_a_source():
    law = lambda u, x, y: lw.laplacian(u) - jnp.sin(8 * jnp.pi * x) * jnp.sin(jnp.pi * y)  # noqa: E731
    assert classify(in_square(law)).scales.waves == 4.0


def test_data_and_unknowns_are_counted():
    seen = lw.Data(x=[0.1, 0.2, 0.3], t=[0.1, 0.2, 0.3], u=[0.1, 0.2, 0.3])
    law = lambda u, k: u.t - k * u.xx  # noqa: E731
    c = classify(on_line(law, params={"k": lw.Unknown(1.0)}, seen=seen))
    assert (c.unknowns, c.observations, c.places, c.inverse) == (("k",), 3, 3, True)
    fields = {"u": "x t", "k": "x"}
    c = classify(on_line(law, fields=fields, seen=seen))
    assert (c.free_fields, c.kind, c.inverse) == (1, "unclassified", True)


def test_a_law_that_asks_for_time_is_not_autonomous():
    assert not classify(on_line(lambda u, t: u.t - u.xx - jnp.sin(t))).autonomous
