"""One abstract run of a law: what it needs, and every way in which it can be wrong."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.calculus import Laplacian, Scope, curl, dot, grad, laplacian, record

SCOPE = Scope({"u": ("x", "y", "t"), "v": ("x",)}, ("x", "y", "t"), ("nu", "alpha"), "t")


def plan(law: Any, scope: Scope = SCOPE) -> Any:
    return record(law, scope, "condition 'pde'")


@pytest.mark.parametrize(
    ("law", "needs"),
    [
        (lambda u, nu: u.t + u * u.x - nu * u.xx, {"u": {(0, 0, 1), (0, 0, 0), (1, 0, 0), (2, 0, 0)}}),
        (lambda u: laplacian(u), {"u": {Laplacian((0, 1), 3)}}),
        (lambda v: v.xxxx, {"v": {(4,)}}),
        (lambda u, v: u.xyt + v, {"u": {(1, 1, 1)}, "v": {(0,)}}),
        (lambda u: dot(grad(u), grad(u)), {"u": {(1, 0, 0), (0, 1, 0)}}),
        (lambda x, nu: x * nu, {}),
    ],
)
def test_a_plan_notes_what_a_law_needs(law: Any, needs: dict[str, set]) -> None:
    assert plan(law).needs == needs


def test_a_default_that_is_no_name_stays() -> None:
    assert plan(lambda u, nu, power=2: u**power - nu).arguments == ("u", "nu")


def test_outputs_keep_the_order_in_which_they_are_written() -> None:
    names = ("y", "x", "mass", "a")
    written = plan(lambda u, v: dict(zip(names, (u.x, u.y, v.x, u), strict=True)))
    assert written.outputs == names
    tables = {"u": dict.fromkeys(written.needs["u"], 1.0), "v": dict.fromkeys(written.needs["v"], 2.0)}
    assert tuple(written(tables, {}, {})) == names


def test_a_plan_evaluates_its_law_with_coordinates_parameters_and_normal() -> None:
    law = plan(
        lambda u, x, nu, normal: nu * dot(grad(u), normal) + x,
        Scope({"u": ("x", "t")}, ("x", "t"), ("nu",), "t", normal=True),
    )
    value = law({"u": {(1, 0): 3.0}}, {"x": 0.5, "t": 0.0}, {"nu": 2.0}, {"x": -1.0})
    assert float(value[""]) == -5.5


def test_a_law_that_returns_a_field_is_its_value() -> None:
    assert float(plan(lambda v: v)({"v": {(0,): 4.0}}, {}, {})[""]) == 4.0


def test_two_numbers_of_the_normal_are_told_apart() -> None:
    """The normal has no component in time."""
    with pytest.raises(ValueError, match="no component 't'; it has x"):
        plan(lambda u, normal: normal.t * u, Scope({"u": ("x", "t")}, ("x", "t"), time="t", normal=True))


def nothing(u: Any) -> None:
    u.t  # noqa: B018


def misspelt(u: Any) -> Any:
    return u.t - nuu * u.xx  # pyright: ignore  # noqa: F821


def unheard(u: Any) -> Any:
    return u.t - viscosity * u.xx  # pyright: ignore  # noqa: F821


MISTAKES = {
    "not a function": (3.0, TypeError, r"expected a function of u, v, x, y, t, nu and alpha, got 3\.0"),
    "unknown name": (lambda u, k: u, ValueError, r"asks for 'k', which is not a name.*Known here: u, v, x"),
    "near name": (lambda u, alhpa: u, ValueError, r"asks for 'alhpa'.*Did you mean 'alpha'\?"),
    "star": (lambda *fields: 0.0, TypeError, r"takes \*fields; name its arguments one by one"),
    "no signature": (max, TypeError, r"max\(\) has no readable signature; wrap it in a lambda"),
    "normal inside": (lambda u, normal: u, ValueError, r"asks for 'normal'"),
    "branch on a field": (
        lambda u: u if u else 0.0,
        TypeError,
        r"`if` cannot branch on the field u.*jnp\.where",
    ),
    "branch on a value": (lambda u: u.x if u > 0 else 0.0, TypeError, r"branches in Python.*jnp\.where"),
    "min": (lambda u, x: min(u, x), TypeError, r"branches in Python.*jnp\.minimum"),
    "numpy on a field": (lambda u: np.sin(u), TypeError, r"NumPy function on a field: use jax\.numpy"),
    "numpy on a value": (lambda u: np.sin(u.x), TypeError, r"hands a value to NumPy or math: use jax\.numpy"),
    "math on a field": (lambda u: math.sin(u), TypeError, r"u is no plain number: use jax\.numpy"),
    "math on a value": (lambda x: math.sin(x), TypeError, r"hands a value to NumPy or math"),
    "handle of an expression": (
        lambda u: (u * u).x,
        ValueError,
        r"takes \.x of an expression.*product or chain",
    ),
    "derivative of a handle": (lambda u: u.x.x, ValueError, r"takes \.x of an expression"),
    "wrong handle": (lambda u: u.z, ValueError, r"u\.z is no derivative of u.*x, y and t"),
    "coordinate of another": (lambda v: v.t, ValueError, r"v\.t is no derivative of v.*coordinates are x;"),
    "returns nothing": (nothing, ValueError, r"returns nothing: end it with `return"),
    "near global": (misspelt, ValueError, r"'nuu' is not defined\. Did you mean 'nu'\?"),
    "no global": (unheard, ValueError, r"'viscosity' is not defined\. Make it an argument of the law"),
    "an array": (
        lambda u: jnp.ones(3) * u,
        ValueError,
        r"array of shape \(3,\); a law is written for one point",
    ),
    "complex": (lambda u: 1j * u, ValueError, r'is complex; return \{"real": \.\.\., "imag": \.\.\.\}'),
    "array component": (lambda u: {"a": u, "b": jnp.ones(2)}, ValueError, r"component 'b' .* shape \(2,\)"),
    "dict in a dict": (
        lambda u: {"a": {"b": u}},
        TypeError,
        r"a dict in the place of a number: return one number",
    ),
    "word": (lambda u: "u", TypeError, r"a str in the place of a number"),
    "word by name": (lambda u: {"a": "b"}, TypeError, r"a str in the place of a number"),
    "generator": (lambda u: (each for each in (u,)), TypeError, r"a generator in the place of a number"),
    "class": (lambda u: float, TypeError, r"a type in the place of a number"),
    "mixed keys": (lambda u: {1: u, "a": u}, TypeError, r"the keys 1, 'a': name each number by a word"),
    "lax on a field": (lambda u: jax.lax.tanh(u), ValueError, r"function of plain arrays: write \+u"),
    "order seven": (lambda v: v.xxxxxxx, ValueError, r"derivatives up to order 6 are known, got 7"),
    "curl of one": (lambda u: curl(u), TypeError, r"curl\(\) takes"),
    "any other failure": (lambda u: [][0], ValueError, r"failed: IndexError: list index out of range"),
}


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(("law", "error", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_in_a_law_is_named_before_any_training(
    law: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        plan(law)
    told = str(caught.value)
    assert told.startswith("condition 'pde': ")
    assert "\n" not in told


def test_the_message_names_the_law_as_its_author_knows_it() -> None:
    with pytest.raises(ValueError, match=r"condition 'pde': nothing\(\): it returns nothing"):
        plan(nothing)
    with pytest.raises(ValueError, match=r"the lambda of line \d+ asks for 'k'"):
        plan(lambda k: k)
