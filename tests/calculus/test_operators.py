"""Vector calculus on fields: identities, and refusals in one sentence."""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import pytest

from lawful.calculus import (
    Field,
    Index,
    Laplacian,
    Vector,
    curl,
    derivative,
    div,
    dot,
    grad,
    laplacian,
    partial_derivative,
)

COORDINATES = {2: ("x", "y", "t"), 3: ("x", "y", "z", "t")}
PLACE = (0.3, -0.7, 0.4, 0.2)


def fields(dimension: int, *functions: Callable[..., Any]) -> list[Field]:
    """Fields over space and time with the exact derivatives of functions of a point."""
    names = COORDINATES[dimension]
    at = jnp.asarray(PLACE[: len(names)])

    def made(name: str, function: Callable[..., Any]) -> Field:
        def lookup(index: Index) -> Any:
            return partial_derivative(lambda p: function(*p), index)(at)

        return Field(name, names, tuple(range(dimension)), lookup)

    return [made(name, f) for name, f in zip("uvw", functions, strict=False)]


def f2(x: Any, y: Any, t: Any) -> Any:
    return jnp.sin(x * y) + t * x**2


def g2(x: Any, y: Any, t: Any) -> Any:
    return jnp.exp(x - 2 * y) * (1 + t)


def f3(x: Any, y: Any, z: Any, t: Any) -> Any:
    return jnp.sin(x * y) * z + t * x**2


def test_grad_leaves_time_out() -> None:
    (u,) = fields(2, f2)
    slope = grad(u)
    assert list(slope) == [slope.x, slope.y] == [u.x, u.y]


def test_laplacian_is_the_sum_of_second_derivatives() -> None:
    (u,) = fields(3, f3)
    assert jnp.allclose(laplacian(u), u.xx + u.yy + u.zz, rtol=1e-14)


def test_laplacian_asks_for_one_row_in_several_dimensions_and_for_a_plain_one_in_one() -> None:
    asked: list[Index] = []
    laplacian(Field("u", ("x", "y", "t"), (0, 1), asked.append))
    laplacian(Field("u", ("x", "t"), (0,), asked.append))
    assert asked == [Laplacian((0, 1), 3), (2, 0)]


def test_div_of_a_vector_of_fields() -> None:
    u, v = fields(2, f2, g2)
    assert div(u, v) == u.x + v.y


def test_div_finds_each_coordinate_by_its_name() -> None:
    """w(y, t) has y as its first axis; its part of the divergence is w_y all the same."""
    u, _ = fields(2, lambda x, y, t: x**2 * y, lambda x, y, t: x)
    at = jnp.asarray(PLACE[1:3])
    w = Field("w", ("y", "t"), (0,), lambda index: partial_derivative(lambda p: p[0] ** 3 + p[1], index)(at))
    assert float(div(u, w)) == pytest.approx(2 * PLACE[0] * PLACE[1] + 3 * PLACE[1] ** 2)
    lame = Field("w", ("x", "t"), (0,), lambda index: 0.0)
    with pytest.raises(TypeError, match=r"div\(\) takes fields of the same coordinates of space.*has no y"):
        div(u, lame)


def test_curl_in_two_and_three_dimensions() -> None:
    u, v = fields(2, f2, g2)
    assert curl(u, v) == v.x - u.y
    u, v, w = fields(3, f3, lambda x, y, z, t: x * z, lambda x, y, z, t: jnp.cos(y))
    rotation = curl(u, v, w)
    assert (rotation.x, rotation.y, rotation.z) == (w.y - v.z, u.z - w.x, v.x - u.y)


def test_the_curl_of_a_gradient_vanishes() -> None:
    """Fields that are the components of grad f3."""
    parts = [lambda *p, i=i: partial_derivative(lambda q: f3(*q), i)(jnp.stack(p)) for i in
             ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0))]  # fmt: skip
    assert all(abs(component) < 1e-14 for component in curl(*fields(3, *parts)))


def test_vector_algebra() -> None:
    a, b = Vector({"x": 1.0, "y": 2.0}), Vector({"x": 3.0, "y": -1.0})
    assert dot(a, b) == 1.0
    assert list(2 * a - b / 1.0 + (-a)) == [-2.0, 3.0]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("misuse", "error", "message"),
    [
        (lambda u, v: grad(u * v), TypeError, r"grad\(\) takes a field such as u, got .*product or chain"),
        (lambda u, v: laplacian(u**2), TypeError, r"laplacian\(\) takes a field"),
        (lambda u, v: derivative(2.0 * u, x=1), TypeError, r"derivative\(\) takes a field"),
        (lambda u, v: div(u), TypeError, r"div\(\) takes one field a coordinate of space \(2 here\), got 1"),
        (lambda u, v: div(), TypeError, r"div\(\) takes one field a coordinate"),
        (lambda u, v: curl(u), TypeError, r"curl\(\) takes two fields in a plane or three in space, got 1"),
        (lambda u, v: curl(u, v, u), TypeError, r"curl\(\) takes"),
        (lambda u, v: curl(), TypeError, r"curl\(\) takes"),
        (
            lambda u, v: dot(grad(u), Vector({"x": 1.0})),
            TypeError,
            r"vectors of the same components, got x, y and x",
        ),
        (lambda u, v: derivative(u, x=-1), ValueError, r"whole number of at least 0, got x=-1"),
        (lambda u, v: grad(u).z, AttributeError, r"no component 'z'; it has x, y"),
    ],
)
def test_misuse_is_explained(misuse: Any, error: type[Exception], message: str) -> None:
    u, v = fields(2, f2, g2)
    with pytest.raises(error, match=message):
        misuse(u, v)


def test_laplacian_needs_space() -> None:
    with pytest.raises(TypeError, match=r"laplacian\(\) needs a coordinate of space"):
        laplacian(Field("u", ("t",), (), lambda index: 0.0))
