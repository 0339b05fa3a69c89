"""Closures of conservation laws: what they add, where they vanish, and the shocks that follow."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.calculus import Scope
from lawful.conditions import Conservation, Viscosity
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


@pytest.mark.parametrize(("closure", "added"), [(None, 0.0), (Viscosity(0.1), -0.1 * 7.0)])
def test_what_is_added_to_the_law(closure: Any, added: float) -> None:
    found = residual(Conservation(lambda u: u**2 / 2, closure=closure), LINE, LOCAL)
    assert found == pytest.approx(3.0 + 2.0 * -0.5 + added, rel=1e-13)


def test_viscosity_acts_along_all_of_space() -> None:
    values = {(0, 0, 0): 1.0, (1, 0, 0): 0.2, (0, 1, 0): 0.3, (0, 0, 1): 0.5, (2, 0, 0): 4.0, (0, 2, 0): 6.0}
    flux = {"x": lambda u: u, "y": lambda u: u}
    assert residual(Conservation(flux, closure=Viscosity(0.1)), PLANE, values) == pytest.approx(1.0 - 1.0)


def test_a_system_is_closed_field_by_field() -> None:
    scope = Scope(dict.fromkeys("hq", LINE.coordinates), LINE.coordinates, (), "t")
    flux = lambda h, q: {"h": q, "q": q**2 / h}  # noqa: E731
    needs = Conservation(flux, closure=Viscosity(0.1)).bind("pde", LINE, scope, {}).needs
    assert all((2, 0) in needs[field] for field in "hq")


def test_the_width_and_the_error_of_a_shock_are_those_of_the_docstring() -> None:
    """The travelling wave of Burgers' flux between 1 and 0: its residual vanishes, int |u - step| is as said."""
    epsilon = 2e-3
    x = np.linspace(-0.1, 0.1, 400_001)
    u = (1 - np.tanh(x / (4 * epsilon))) / 2
    assert np.trapezoid(np.abs(u - (x < 0)), x) == pytest.approx(2.8 * epsilon, rel=0.02)
    assert 1 / np.abs(np.gradient(u, x)).max() == pytest.approx(8 * epsilon, rel=1e-3)
    for y in (-1.2, -0.3, 0.0, 0.8):
        slope, curvature = -1 / np.cosh(y) ** 2 / 2, np.tanh(y) / np.cosh(y) ** 2
        z = 4 * epsilon
        local = {
            (0, 0): (1 - np.tanh(y)) / 2,
            (1, 0): slope / z,
            (0, 1): -slope / z / 2,
            (2, 0): curvature / z**2,
        }
        found = residual(Conservation(lambda u: u**2 / 2, closure=Viscosity(epsilon)), LINE, local)
        assert abs(found) < 1e-10 * abs(slope / z)


def test_the_reference_is_that_of_the_law_itself() -> None:
    """Finite volumes of the flux, which the closure is no part of."""
    problem = lw.problems.burgers_inviscid(viscosity=0.1)
    assert ConservationLaws().refuses(problem) is None
    assert (
        lw.reference.derive(problem).method
        == lw.reference.derive(lw.problems.burgers_inviscid(viscosity=0.0)).method
    )
    assert problem.conditions["pde"].balance is not None


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("closure", ["Potential", lw.Potential, 1e-3])
def test_what_is_no_closure_is_named(closure: Any) -> None:
    laws = {"pde": Conservation(lambda u: u, closure=closure), "start": lw.Initial(lambda u: u)}
    with pytest.raises(TypeError, match=r"condition 'pde': closure must be one such as Potential\(5e-4\)"):
        lw.Problem(LINE, "u", laws)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Viscosity(0.0), r"amount must be a finite number above 0, got 0\.0"),
        (lambda: lw.problems.burgers_inviscid(viscosity=-1.0), r"viscosity must be at least 0, got -1\.0"),
    ],
)
def test_what_is_no_amount_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
