"""Closures of conservation laws: what they add, where they vanish, and the shocks that follow."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.calculus import Scope
from lawful.conditions import Conservation, ShockLayer, Viscosity
from lawful.reference.hyperbolic import ConservationLaws

LINE = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
PLANE = lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1))


def residual(condition: Conservation, domain: lw.Box, values: dict[tuple[int, ...], float]) -> float:
    scope = Scope({"u": domain.coordinates}, domain.coordinates, (), domain.time)
    bound = condition.bind("pde", domain, scope, {})
    point = jnp.full((1, len(domain.coordinates)), 0.3)
    table = {"u": {index: jnp.asarray(v) for index, v in values.items()}}
    return float(bound.residual([table], point, {}, {})["pde"])


LOCAL = {(0, 0): 2.0, (1, 0): -0.5, (0, 1): 3.0, (2, 0): 7.0}


@pytest.mark.parametrize(
    ("closure", "added"),
    [(None, 0.0), (Viscosity(0.1), -0.1 * 7.0), (ShockLayer(0.1), -(0.1**2) * 2 * 0.5 * 7.0)],
)
def test_what_is_added_to_the_law(closure: Any, added: float) -> None:
    """d/dx (|u_x| u_x) = 2 |u_x| u_xx."""
    found = residual(Conservation(lambda u: u**2 / 2, closure=closure), LINE, LOCAL)
    assert found == pytest.approx(3.0 + 2.0 * -0.5 + added, rel=1e-13)


def test_a_layer_leaves_rarefactions_alone() -> None:
    spread = {**LOCAL, (1, 0): 0.5}
    with_it, without = (
        residual(Conservation(lambda u: u**2 / 2, closure=c), LINE, spread) for c in (ShockLayer(0.1), None)
    )
    assert with_it == without


def test_viscosity_acts_along_all_of_space() -> None:
    values = {(0, 0, 0): 1.0, (1, 0, 0): 0.2, (0, 1, 0): 0.3, (0, 0, 1): 0.5, (2, 0, 0): 4.0, (0, 2, 0): 6.0}
    flux = {"x": lambda u: u, "y": lambda u: u}
    assert residual(Conservation(flux, closure=Viscosity(0.1)), PLANE, values) == pytest.approx(1.0 - 1.0)


def test_a_system_is_closed_field_by_field() -> None:
    scope = Scope(dict.fromkeys("hq", LINE.coordinates), LINE.coordinates, (), "t")
    flux = lambda h, q: {"h": q, "q": q**2 / h}  # noqa: E731
    needs = Conservation(flux, closure=Viscosity(0.1)).bind("pde", LINE, scope, {}).needs
    assert all((2, 0) in needs[field] for field in "hq")


def test_the_widths_and_errors_of_shocks_are_those_of_their_docstrings() -> None:
    """Travelling waves of Burgers' flux between 1 and 0: the residual vanishes, int |u - step| is as said."""
    epsilon, length = 2e-3, 3e-3
    x = np.linspace(-0.1, 0.1, 400_001)
    step = np.where(x < 0, 1.0, 0.0)
    smooth = (1 - np.tanh(x / (4 * epsilon))) / 2
    inside = np.clip(x / (np.sqrt(2) * length), -np.pi / 2, np.pi / 2)
    sine = (1 - np.sin(inside)) / 2
    for u, expected in ((smooth, 4 * np.log(2) * epsilon), (sine, np.sqrt(2) * (np.pi / 2 - 1) * length)):
        assert np.trapezoid(np.abs(u - step), x) == pytest.approx(expected, rel=1e-3)
    for closure, z, u, slope, curvature in (
        (
            Viscosity(epsilon),
            4 * epsilon,
            lambda y: (1 - np.tanh(y)) / 2,
            lambda y: -1 / np.cosh(y) ** 2 / 2,
            lambda y: np.tanh(y) / np.cosh(y) ** 2,
        ),
        (
            ShockLayer(length),
            np.sqrt(2) * length,
            lambda y: (1 - np.sin(y)) / 2,
            lambda y: -np.cos(y) / 2,
            lambda y: np.sin(y) / 2,
        ),
    ):
        for y in (-1.2, -0.3, 0.0, 0.8):
            local = {
                (0, 0): u(y),
                (1, 0): slope(y) / z,
                (0, 1): -slope(y) / z / 2,
                (2, 0): curvature(y) / z**2,
            }
            found = residual(Conservation(lambda u: u**2 / 2, closure=closure), LINE, local)
            assert abs(found) < 1e-10 * abs(slope(y) / z)


def test_the_reference_is_that_of_the_law_itself() -> None:
    """Finite volumes of the flux, which the closure is no part of."""
    problem = lw.problems.burgers_inviscid(viscosity=0.1)
    assert ConservationLaws().refuses(problem) is None
    assert lw.reference.derive(problem).method == lw.reference.derive(lw.problems.burgers_inviscid()).method
    assert problem.conditions["pde"].balance is not None


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Viscosity(0.0), r"amount must be a finite number above 0, got 0\.0"),
        (lambda: ShockLayer(-1), r"length must be a finite number above 0, got -1"),
        (lambda: lw.problems.burgers_inviscid(viscosity=-1.0), r"viscosity must be at least 0, got -1\.0"),
    ],
)
def test_what_is_no_amount_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
