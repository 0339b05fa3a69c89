"""A field behaves as its value; handles are derivatives; every trap has its message."""

import operator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.calculus import Field, derivative, parse

VALUE = 2.5
BINARY = "add sub mul truediv floordiv mod pow lt le gt ge eq ne".split()


def field(value: Any = VALUE, name: str = "u", coordinates: tuple[str, ...] = ("x", "t")) -> Field:
    """A field whose derivative (i, j) is 10 i + j."""
    table = {(i, j): jnp.asarray(10.0 * i + j) for i in range(4) for j in range(4)}
    table[0, 0] = jnp.asarray(value)
    return Field(name, coordinates, (0,), table.__getitem__)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("other", [1.5, np.float64(1.5), jnp.asarray(1.5)], ids=["float", "numpy", "jax"])
def test_operators_act_on_the_value_from_both_sides(name: str, other: Any) -> None:
    act = getattr(operator, name)
    assert act(field(), other) == act(VALUE, 1.5)
    assert act(other, field()) == act(1.5, VALUE)
    assert act(field(), field(1.5, "v")) == act(VALUE, 1.5)


@pytest.mark.parametrize("name", ["neg", "pos", "abs"])
def test_unary_operators(name: str) -> None:
    act = getattr(operator, name)
    assert act(field(-VALUE)) == act(-VALUE)


def test_the_table_of_operators_is_complete() -> None:
    """Whatever a JAX scalar can do with a number in a formula, a field can."""
    formula = {f"__{name}__" for name in (*BINARY, "neg", "pos", "abs")}
    formula |= {f"__r{name}__" for name in BINARY[:7]}
    assert formula <= set(vars(Field))
    assert formula <= set(dir(jnp.asarray(1.0)))


@pytest.mark.parametrize("array", [np.array([1.0, 2.0, 3.0]), np.array(2.0), np.float64(2.0)], ids=str)
def test_a_numpy_array_times_a_field_is_left_to_the_field(array: Any) -> None:
    for product in (array * field(), field() * array):
        assert isinstance(product, jax.Array)
        np.testing.assert_allclose(product, np.asarray(array) * VALUE)


@pytest.mark.parametrize(
    "function",
    [jnp.sin, jnp.exp, jax.nn.softplus, lambda u: jax.nn.sigmoid(+u), lambda u: jnp.where(u > 0, u, 0)],
)
def test_jax_functions_take_fields(function: Any) -> None:
    np.testing.assert_allclose(function(field()), function(jnp.asarray(VALUE)), rtol=1e-15)


@pytest.mark.parametrize(
    ("handle", "expected"), [("x", 10), ("t", 1), ("xxt", 21), ("xtx", 21), ("ttt", 3), ("xxx", 30)]
)
def test_a_handle_is_a_derivative(handle: str, expected: int) -> None:
    assert getattr(field(), handle) == expected


def test_derivative_takes_coordinates_by_name() -> None:
    assert derivative(field(), x=2, t=1) == field().xxt


@pytest.mark.parametrize(
    ("handle", "coordinates", "meanings"),
    [
        ("xxt", ("x", "t"), [(2, 1)]),
        ("x1x2", ("x1", "x2"), [(1, 1)]),
        ("xx", ("x", "xx"), [(0, 1), (2, 0)]),
        ("y", ("x", "t"), []),
        ("", ("x", "t"), []),
    ],
)
def test_parse_finds_all_readings(handle: str, coordinates: tuple[str, ...], meanings: list[Any]) -> None:
    assert parse(handle, coordinates) == meanings


def branch(u: Field) -> Any:
    return 1 if u else 0


@pytest.mark.parametrize(
    ("misuse", "error", "message"),
    [
        (branch, TypeError, r"cannot branch on the field u: use jnp\.where"),
        (float, TypeError, r"u is no plain number: use jax\.numpy"),
        (int, TypeError, r"u is no plain number"),
        (np.asarray, TypeError, r"NumPy cannot work on the field u: use jnp"),
        (list, TypeError, r"u is one number at a point"),
        (lambda u: u.y, AttributeError, r"u\.y is no derivative of u\..*coordinates are x and t"),
        (lambda u: u.xz, AttributeError, r"u\.xz is no derivative of u\. Did you mean 'x+'\?"),
        (lambda u: derivative(u, y=1), AttributeError, r"u has no coordinate 'y'.*x and t"),
        (lambda u: u._hidden, AttributeError, r"_hidden"),
    ],
)
def test_misuse_is_explained(misuse: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        misuse(field())


def test_an_ambiguous_handle_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"u\.xx can be read in 2 ways; write derivative\(u, \.\.\.\)"):
        field(coordinates=("x", "xx")).xx  # noqa: B018


def test_a_field_shows_its_coordinates() -> None:
    assert repr(field()) == "Field(u(x, t))"
