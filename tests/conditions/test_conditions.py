"""Conditions bound to a problem: their terms, their batches, their residuals, and their refusals."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lawful.calculus import Scope, dot, grad
from lawful.conditions import Bound, Boundary, Data, Free, Initial, Interior, Periodic
from lawful.domain import Box, Time

DOMAIN = Box(x=(0, 2), y=(0, 1)) * Time(t=(1, 3))
SCOPE = Scope({"u": ("x", "y", "t"), "v": ("x", "y", "t"), "k": ("x",)}, ("x", "y", "t"), ("nu",), "t")
SOME = np.random.default_rng(0).random((5, 3))


def bind(condition: Any, order: dict[str, int] | None = None, domain: Box = DOMAIN) -> Bound:
    return condition.bind("name", domain, SCOPE, order or {})


def batch(bound: Bound) -> dict[str, np.ndarray]:
    assert bound.region is not None
    return bound.batch(bound.region.place(SOME[:, : bound.region.dimension]))


def number(x: float) -> Any:
    return jnp.asarray(float(x))


@pytest.mark.parametrize(
    ("condition", "terms"),
    [
        (Interior(lambda u: u.t), ("name",)),
        (Interior(lambda u, v: {"real": u.t, "imag": v.t}), ("name.real", "name.imag")),
        (Boundary(lambda u: u, on="x"), ("name",)),
        (Initial(lambda u, v: {"z": u, "a": v}), ("name.z", "name.a")),
        (Free(on="x"), ()),
        (Free(on="t"), ()),
    ],
    ids=lambda c: type(c).__name__,
)
def test_terms_carry_the_names_of_the_condition_and_its_outputs(condition: Any, terms: tuple) -> None:
    assert bind(condition).terms == terms


@pytest.mark.parametrize("condition", [Interior(lambda u: u), Initial(lambda u: u), Boundary(lambda u: u)])
def test_a_batch_holds_points_of_one_station(condition: Any) -> None:
    assert batch(bind(condition))["points"].shape == (5, 1, 3)


def test_a_residual_is_the_law_at_a_place() -> None:
    bound = bind(Interior(lambda u, x, nu: {"a": u.t - nu * x, "b": u * x}))
    values = [{"u": {(0, 0, 1): number(5), (0, 0, 0): number(3)}}]
    found = bound.residual(values, jnp.asarray([[2.0, 0.0, 1.0]]), {"nu": number(0.5)}, {})
    assert {term: float(r) for term, r in found.items()} == {"name.a": 4.0, "name.b": 6.0}


def test_terms_can_be_dropped() -> None:
    bound = bind(Interior(lambda u: {"a": u, "b": 2 * u})).without(frozenset({"name.a"}))
    assert bound.terms == ("name.b",)
    assert set(bound.residual([{"u": {(0, 0, 0): number(1)}}], jnp.zeros((1, 3)), {}, {})) == {"name.b"}


def test_the_normal_travels_with_the_points_only_where_a_law_asks_for_it() -> None:
    assert set(batch(bind(Boundary(lambda u: u)))) == {"points"}
    bound = bind(Boundary(lambda u, normal: dot(grad(u), normal), on="y"))
    columns = batch(bound)
    assert set(columns) == {"points", "normal.x", "normal.y"}
    np.testing.assert_array_equal(columns["normal.x"], 0)
    np.testing.assert_array_equal(columns["normal.y"], np.where(columns["points"][:, 0, 1] > 0.5, 1, -1))
    slopes = {"u": {(1, 0, 0): number(7), (0, 1, 0): number(3)}}
    normal = {"normal.x": number(0), "normal.y": number(-1)}
    assert float(bound.residual([slopes], jnp.zeros((1, 3)), {}, normal)["name"]) == -3.0


@pytest.mark.parametrize(
    ("order", "terms"),
    [
        ({}, ("name.u", "name.v", "name.k")),
        ({"x": 1}, ("name.u", "name.v", "name.k")),
        ({"x": 2}, ("name.u", "name.u_x", "name.v", "name.v_x", "name.k", "name.k_x")),
    ],
)
def test_a_periodic_condition_matches_derivatives_below_the_order_of_the_law(
    order: dict, terms: tuple
) -> None:
    assert bind(Periodic(on="x"), order).terms == terms


def test_a_periodic_condition_reads_opposite_places() -> None:
    bound = bind(Periodic(on="y"))
    points = batch(bound)["points"]
    assert bound.terms == ("name.u", "name.v")
    assert points.shape == (5, 2, 3)
    np.testing.assert_array_equal(points[:, 0, [0, 2]], points[:, 1, [0, 2]])
    np.testing.assert_array_equal(points[:, :, 1], [[0.0, 1.0]] * 5)
    sides = [{f: {(0, 0, 0): number(x)} for f in ("u", "v")} for x in (2, 5)]
    assert float(bound.residual(sides, points[0], {}, {})["name.u"]) == -3.0


PLACES = {"x": [0.1, 0.5, 2.0], "y": [0.0, 0.5, 1.0], "t": [1.0, 2.0, 3.0]}


@pytest.mark.parametrize(
    ("noise", "deviation", "known"),
    [(None, 1.0, False), (0.5, 0.5, True), ([0.5, 1.0, 2.0], [0.5, 1.0, 2.0], True), ({"u": 0.1}, 0.1, True)],
)
def test_data_residuals_are_divided_by_the_noise(noise: Any, deviation: Any, known: bool) -> None:
    bound = bind(Data(**PLACES, u=[1.0, 2.0, 3.0], noise=noise))
    assert bound.terms == ("name",)
    assert bound.noise == {"name": known}
    assert bound.fixed is not None
    np.testing.assert_allclose(bound.fixed["deviation.u"], np.broadcast_to(deviation, 3))
    extra = {k: jnp.asarray(v[1]) for k, v in bound.fixed.items() if k != "points"}
    found = bound.residual([{"u": {(0, 0, 0): number(4)}}], bound.fixed["points"][1], {}, extra)
    assert float(found["name"]) == pytest.approx(2.0 / np.broadcast_to(deviation, 3)[1])


def test_several_fields_are_terms_of_their_own_and_idle_coordinates_can_be_left_out() -> None:
    bound = bind(Data(**PLACES, u=[1.0, 2.0, 3.0], v=[0.0, 0.0, 0.0], noise={"v": 0.1}))
    assert bound.terms == ("name.u", "name.v")
    assert bound.noise == {"name.u": False, "name.v": True}
    alone = bind(Data(x=0.5, k=3.0))
    assert alone.fixed is not None
    np.testing.assert_array_equal(alone.fixed["points"], [[[0.5, 0.0, 1.0]]])


ONE = {"x": [0.5], "y": [0.5], "t": [2.0], "u": [1.0]}
MISTAKES = {
    "part": (
        Boundary(lambda u: u, on="z"),
        ValueError,
        r"on='z' is no part of this boundary.*Its parts: x, y",
    ),
    "near part": (Boundary(lambda u: u, on="x.uper"), ValueError, r"Did you mean 'x\.upper'\?"),
    "free part": (Free(on="w"), ValueError, r"on='w' is no part of this boundary"),
    "law": (Interior(lambda w: w), ValueError, r"asks for 'w'"),
    "start law": (Initial(lambda u, y2: u), ValueError, r"asks for 'y2'"),
    "periodic time": (Periodic(on="t"), ValueError, r"on='t' is no coordinate of space of this box.*x and y"),
    "periodic name": (Periodic(on="xx"), ValueError, r"Did you mean 'x'\?"),
    "data column": (
        Data(**ONE, q=[1.0]),
        ValueError,
        r"'q' is no coordinate or field.*Known here: x, y, t, u",
    ),
    "no observation": (Data(x=[0.5]), ValueError, r"no field is observed; give values for one of u, v and k"),
    "places": (
        Data(x=[0.5], u=[1.0]),
        ValueError,
        r"the places lack y and t; give an array for each of x, y",
    ),
    "lengths": (Data(**{**ONE, "u": [1.0, 2.0]}), ValueError, r"one length, but x has 1, .* u has 2"),
    "outside": (Data(**{**ONE, "t": [0.0]}), ValueError, r"t=0 lies outside \[1, 3\]; enlarge the domain"),
    "nan": (Data(**{**ONE, "u": [np.nan]}), ValueError, r"u is not finite at entry 0; drop the entries"),
    "empty": (Data(x=[], y=[], t=[], u=[]), ValueError, r"x is empty; give at least one value"),
    "matrix": (Data(**{**ONE, "u": [[1.0]]}), ValueError, r"u has shape \(1, 1\); give one value a place"),
    "words": (Data(**{**ONE, "u": ["one"]}), ValueError, r"u must be numbers, got list"),
    "noise zero": (Data(**ONE, noise=0.0), ValueError, r"a standard deviation above 0.*got 0\.0"),
    "noise length": (Data(**ONE, noise=[0.1, 0.2]), ValueError, r"one number or one a value; got"),
    "noise field": (Data(**ONE, noise={"v": 0.1}), ValueError, r"noise names 'v', which is not observed"),
    "noise word": (Data(**ONE, noise="low"), ValueError, r"a standard deviation above 0.*got 'low'"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("condition", "error", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_gets_one_sentence(condition: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        bind(condition)
    assert str(caught.value).startswith("condition 'name': ")
    assert "\n" not in str(caught.value)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("condition", "domain", "message"),
    [
        (
            Initial(lambda u: u),
            Box(x=(0, 1), y=(0, 1)),
            r"Initial needs a time, and the domain has only x and y",
        ),
        (Boundary(lambda u: u), Time(t=(0, 1)), r"this domain has no boundary in space; use Initial"),
        (Periodic(on="x"), Time(t=(0, 1)), r"on='x' is no coordinate of space.*Known here: none"),
    ],
)
def test_a_condition_that_the_domain_cannot_have(condition: Any, domain: Box, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        bind(condition, domain=domain)
