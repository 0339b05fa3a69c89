"""Operators of vector calculus on fields, over the coordinates of space (time is left out)."""

from collections.abc import Iterator
from typing import Any

from ._indices import Laplacian, unit
from .field import Field


class Vector:
    """Components by the names of the coordinates: `grad(u).x`, with sum, difference and scaling."""

    __array_ufunc__ = None

    def __init__(self, components: dict[str, Any]):
        self._components = dict(components)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._components:
            raise AttributeError(
                f"this vector has no component {name!r}; it has {', '.join(self._components)}."
            )
        return self._components[name]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._components.values())

    def __getitem__(self, key: Any) -> Any:
        raise TypeError(
            f"a vector's components have names, {', '.join(self._components)}; write normal.x, not normal[{key!r}]."
        )

    def __add__(self, other: "Vector") -> "Vector":
        return Vector({k: v + getattr(other, k) for k, v in self._components.items()})

    def __sub__(self, other: "Vector") -> "Vector":
        return Vector({k: v - getattr(other, k) for k, v in self._components.items()})

    def __mul__(self, scalar: Any) -> "Vector":
        if isinstance(scalar, Vector):
            raise TypeError("two vectors are multiplied by dot(a, b), such as dot(grad(u), normal).")
        return Vector({k: v * scalar for k, v in self._components.items()})

    def __truediv__(self, scalar: Any) -> "Vector":
        return Vector({k: v / scalar for k, v in self._components.items()})

    def __neg__(self) -> "Vector":
        return self * -1

    __rmul__ = __mul__


def _require_field(u: Any, operation: str) -> Field:
    if not isinstance(u, Field):
        raise TypeError(
            f"{operation} takes a field such as u, got {type(u).__name__}; derivatives are taken of fields, "
            "not of expressions: expand with the product or chain rule, or, where a coefficient jumps, make the flux a "
            'field, as in {"flux": q - a * u.x, "balance": q.x + f}.'
        )
    return u


def _along(u: Field, coordinate: str, operation: str) -> Any:
    """The first derivative by a coordinate that the field must have."""
    if coordinate not in u._coordinates:
        raise TypeError(
            f"{operation} takes fields of the same coordinates of space, and {u!r} has no {coordinate}."
        )
    return u._derivative({coordinate: 1})


def derivative(u: Field, **orders: int) -> Any:
    """The derivative of `u` with the orders named: `derivative(u, x=2, t=1)` is u.xxt.

    Raises `ValueError` for an order that is no whole number of at least 0, and `AttributeError` for a
    coordinate that `u` lacks.
    """
    return _require_field(u, "derivative()")._derivative(orders)


def grad(u: Field) -> Vector:
    r"""The gradient, (∂u/∂x, ∂u/∂y, ...), as a `Vector`."""
    u = _require_field(u, "grad()")
    return Vector({u._coordinates[a]: u._lookup(unit(a, len(u._coordinates))) for a in u._space})


def div(*components: Field) -> Any:
    r"""The divergence ∂u/∂x + ∂v/∂y + ...; one field a coordinate of space, in their order.

    Raises `TypeError` for another number of fields, or one that lacks its coordinate.
    """
    fields = [_require_field(u, "div()") for u in components]
    space = fields[0]._space if fields else ()
    if not fields or len(fields) != len(space):
        raise TypeError(
            f"div() takes one field a coordinate of space ({len(space)} here), got {len(fields)}."
        )
    names = [fields[0]._coordinates[a] for a in space]
    return sum(_along(u, name, "div()") for u, name in zip(fields, names, strict=True))


def curl(*components: Field) -> Any:
    r"""The curl: the scalar ∂v/∂x - ∂u/∂y of (u, v), or the `Vector` of three components.

    Raises `TypeError` for another number of fields, or of coordinates of space.
    """
    fields = [_require_field(u, "curl()") for u in components]
    if len(fields) not in (2, 3) or any(len(u._space) != len(fields) for u in fields):
        raise TypeError(f"curl() takes two fields in a plane or three in space, got {len(fields)}.")
    names = [fields[0]._coordinates[a] for a in fields[0]._space]

    def d(field: int, axis: int) -> Any:
        return _along(fields[field], names[axis], "curl()")

    if len(fields) == 2:
        return d(1, 0) - d(0, 1)
    return Vector({names[i]: d((i + 2) % 3, (i + 1) % 3) - d((i + 1) % 3, (i + 2) % 3) for i in range(3)})


def laplacian(u: Field) -> Any:
    r"""∂²u/∂x² + ∂²u/∂y² + ..., carried as one row in two dimensions and more (cost linear in them).

    Raises `TypeError` for a field without a coordinate of space.
    """
    u = _require_field(u, "laplacian()")
    n = len(u._coordinates)
    if not u._space:
        raise TypeError(f"laplacian() needs a coordinate of space, and {u!r} has none.")
    if len(u._space) == 1:
        return u._lookup(unit(u._space[0], n, 2))
    return u._lookup(Laplacian(u._space, n))


def dot(a: Vector, b: Vector) -> Any:
    """The inner product a_x b_x + a_y b_y + ...; raises `TypeError` for vectors of other components."""
    names, others = set(a._components), set(b._components)
    if names != others:
        raise TypeError(
            f"dot() takes vectors of the same components, got {', '.join(sorted(names))} and "
            f"{', '.join(sorted(others))}."
        )
    return sum(x * getattr(b, name) for name, x in a._components.items())
