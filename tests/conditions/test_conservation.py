"""Conservation laws as conditions: the chain rule, systems, and what is refused."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.calculus import Scope
from lawful.conditions import Bound, Conservation, Interior
from lawful.structure import linearity

PLANE = lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1))
LINE = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))


def bind(condition: Any, domain: lw.Box = LINE, fields: str = "u") -> Bound:
    names = tuple(fields.split())
    scope = Scope(dict.fromkeys(names, domain.coordinates), domain.coordinates, ("g",), domain.time)
    return condition.bind("pde", domain, scope, {})


def residual(bound: Bound, values: dict[str, list[float]], point: list[float]) -> dict[str, float]:
    """At a point, from a field's value and its first derivatives in the order of the coordinates."""
    d = len(point)
    indices = [tuple(int(i == axis) for i in range(d)) for axis in (-1, *range(d))]
    table = {
        f: {i: jnp.asarray(v) for i, v in zip(indices, numbers, strict=True)} for f, numbers in values.items()
    }
    found = bound.residual([table], jnp.asarray([point]), {"g": jnp.asarray(9.81)}, {})
    return {term: float(r) for term, r in found.items()}


def test_the_law_is_the_flux_by_the_chain_rule() -> None:
    values, point = {"u": [2.0, 0.5, 3.0]}, [0.2, 0.3]
    for flux, law in [
        (lambda u: u**2 / 2, lambda u: u.t + u * u.x),
        (lambda u, x: jnp.sin(x) * u**3, lambda u, x: u.t + 3 * jnp.sin(x) * u**2 * u.x + jnp.cos(x) * u**3),
        (lambda u, t, g: g * t * u, lambda u, t, g: u.t + g * t * u.x),
    ]:
        ours, plain = (residual(bind(c), values, point) for c in (Conservation(flux), Interior(law)))
        assert ours["pde"] == pytest.approx(plain["pde"], rel=1e-14)


def test_a_system_with_a_source() -> None:
    bound = bind(
        Conservation(
            lambda h, q, g: {"h": q, "q": q**2 / h + g * h**2 / 2},
            source=lambda h, x: {"h": 0.0, "q": -h * x},
        ),
        fields="h q",
    )
    assert bound.terms == ("pde.h", "pde.q")
    found = residual(bound, {"h": [2.0, 0.5, 3.0], "q": [0.3, 0.7, 5.0]}, [0.2, 0.3])
    assert found["pde.h"] == pytest.approx(3 + 0.7)
    expected = 5 + 2 * 0.3 * 0.7 / 2 - 0.3**2 / 4 * 0.5 + 9.81 * 2 * 0.5 + 2 * 0.2
    assert found["pde.q"] == pytest.approx(expected)


def test_two_dimensions_sum_both_fluxes() -> None:
    bound = bind(Conservation({"y": lambda u: jnp.sin(u), "x": lambda u, x: x * u**2}), PLANE)
    found = residual(bound, {"u": [2.0, 0.5, 0.2, 3.0]}, [0.2, 0.3, 0.1])
    assert found["pde"] == pytest.approx(3 + 4 + 0.2 * 2 * 2 * 0.5 + np.cos(2) * 0.2)


def test_flux_and_source_stay_with_the_condition() -> None:
    def flux(u: Any) -> Any:
        return u**2

    balance = bind(Conservation(flux, source=lambda u: -u)).balance
    assert balance is not None
    assert balance.conserved == ("u",)
    assert balance.flux["x"].law is flux
    assert balance.source is not None
    assert bind(Interior(lambda u: u.t)).balance is None


@pytest.mark.parametrize(
    ("flux", "affine"), [(lambda u, c, x: c * x * u, True), (lambda u, c: c * u**2, False)]
)
def test_a_linear_flux_makes_an_affine_law(flux: Any, affine: bool) -> None:
    problem = lw.Problem(
        domain=LINE,
        fields="u",
        params={"c": 0.7},
        conditions={"pde": Conservation(flux), "inflow": lw.Free(on="x"), "start": lw.Initial(lambda u: u)},
    )
    assert linearity(problem, problem.conditions["pde"]).affine is affine
    assert problem.orders() == {"x": 1, "t": 1}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("condition", "domain", "fields", "message"),
    [
        (Conservation(lambda u: u.x), LINE, "u", "asks for u.x; it can depend on the values of fields alone"),
        (Conservation(lambda w: w), LINE, "u", "asks for 'w', which is not a name of this problem"),
        (Conservation(lambda u: {"w": u}), LINE, "u", "the flux of 'w' is given, which is no field"),
        (
            Conservation(lambda u, v: u * v),
            LINE,
            "u v",
            'returns a dict by the field that it is of, such as {"u"',
        ),
        (Conservation(lambda u: u, source=lambda u: {"u": u}), LINE, "u", "returns a dict of u, and"),
        (Conservation(lambda u: u), PLANE, "u", "space has the coordinates x and y; give a flux for each"),
        (Conservation({"x": lambda u: u}), PLANE, "u", "no flux is given along y"),
        (Conservation({"z": lambda u: u}), LINE, "u", "'z' is no coordinate of space"),
        (Conservation(lambda u: u), lw.Time(t=(0, 1)), "u", "needs time and space"),
        (Conservation(lambda u: u), lw.Box(x=(0, 1)), "u", "needs time and space"),
    ],
)
def test_a_wrong_flux_is_named(condition: Any, domain: lw.Box, fields: str, message: str) -> None:
    with pytest.raises((ValueError, TypeError)) as caught:
        bind(condition, domain, fields)
    assert str(caught.value).startswith("condition 'pde'")
    assert message in str(caught.value)
