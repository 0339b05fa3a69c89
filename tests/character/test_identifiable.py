"""Unknowns that the laws cannot tell apart."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.character import classify
from lawful.character.identifiable import faint


def confounded(law, more=None, **starts):
    params = {name: lw.Unknown(value) for name, value in starts.items()}
    conditions = {
        "pde": lw.Interior(law),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
        "walls": lw.Boundary(lambda u: u, on="x"),
        "seen": lw.Data(x=[0.1, 0.5], t=[0.1, 0.2], u=[0.2, 0.3]),
    }
    domain = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    return classify(lw.Problem(domain, "u", conditions | (more or {}), params)).confounded


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (lambda u, a, b: u.t - a * b * u.xx, ("a", "b")),
        (lambda u, a, b: u.t - (a + b) * u.xx, ("a", "b")),
        (lambda u, a, b: u.t - a * u.xx + b * u, ()),
        (lambda u, a, b: u.t - a * u.xx + a * b * u, ()),
        (lambda u, a, b: u.t - 1e9 * a * u.xx + 1e-9 * b * u, ()),
        (lambda u, a, b: u.t - u.xx - jnp.maximum(a - 5, 0) * b, ("a", "b")),
    ],
)
def test_two_unknowns(law, expected):
    assert confounded(law, a=1.0, b=2.0) == expected


def test_only_those_that_are_mixed_are_named():
    assert confounded(lambda u, a, b, c: u.t - a * u.xx + (b / c) * u, a=1.0, b=2.0, c=3.0) == ("b", "c")


def test_a_wall_tells_apart_what_the_law_does_not():
    law = lambda u, a, b: u.t - a * b * u.xx  # noqa: E731
    walls = {"walls": lw.Boundary(lambda u, a: u - a, on="x")}
    assert confounded(law, walls, a=1.0, b=2.0) == ()


def test_known_parameters_are_no_matter():
    law = lambda u: u.t - u.xx  # noqa: E731
    assert confounded(law) == ()


def told(law, times, rest=0.0, **starts):
    params = {name: lw.Unknown(value, lower=0) for name, value in starts.items()}
    conditions = {
        "ode": lw.Interior(law),
        "start": lw.Initial(lambda u: u - rest - 1),
        "seen": lw.Data(t=times, u=np.ones(len(times))),
    }
    return faint(lw.Problem(lw.Time(t=(0, 10)), "u", conditions, params))


@pytest.mark.parametrize(
    ("times", "expected"),
    [([0.2, 0.5, 1.0, 3.0], ()), ([8.0, 9.0, 10.0], ("k",))],
)
def test_late_data_do_not_tell_the_rate_of_a_relaxation(times, expected):
    """u = c + (u0 - c) exp(-k t) is c where k t is large."""
    assert told(lambda u, k, c: u.t + k * (u - c), times, k=2.0, c=1.5) == expected


def test_early_data_tell_gain_and_loss_only_as_their_difference():
    """For short times u' = a - b u from u = 1 depends on a - b alone."""
    law = lambda u, a, b: u.t - a + b * u  # noqa: E731
    assert told(law, [0.01, 0.02, 0.03], a=3.0, b=1.0) == ("a", "b")
    assert told(law, [0.1, 0.5, 2.0], a=3.0, b=1.0) == ()
