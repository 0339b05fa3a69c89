"""Unknowns that the laws cannot tell apart."""

import jax.numpy as jnp
import pytest

import lawful as lw
from lawful.character import classify


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
