"""What a law sees of a field: its value at a point, and handles to its derivatives."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from .._names import did_you_mean, listed
from ._indices import Index, zero


def parse(handle: str, coordinates: tuple[str, ...]) -> list[tuple[int, ...]]:
    """All multi-indices that `handle` can mean: `xxt` over (x, t) is [(2, 1)].

    More than one means that the names of the coordinates collide.
    """
    found: set[tuple[int, ...]] = set()

    def walk(rest: str, index: tuple[int, ...]) -> None:
        if not rest:
            found.add(index)
        for axis, name in enumerate(coordinates):
            if rest.startswith(name):
                walk(rest[len(name) :], tuple(k + (i == axis) for i, k in enumerate(index)))

    walk(handle, zero(len(coordinates)))
    found.discard(zero(len(coordinates)))
    return sorted(found)


class Field:
    """The value of a field at a point; behaves as a number, and `u.xxt` is a derivative.

    `lookup` gives the value for an index, whatever represents the field: a network, a grid, an
    expansion. `space` are the axes that are not time.
    """

    __array_ufunc__ = None  # numpy must leave `np.array(...) * u` to us

    def __init__(
        self,
        name: str,
        coordinates: tuple[str, ...],
        space: tuple[int, ...],
        lookup: Callable[[Index], Any],
    ):
        self._name = name
        self._coordinates = coordinates
        self._space = space
        self._lookup = lookup

    def _derivative(self, orders: Mapping[str, int]) -> Any:
        index = [0] * len(self._coordinates)
        for name, times in orders.items():
            if name not in self._coordinates:
                raise AttributeError(
                    f"{self._name} has no coordinate {name!r}.{did_you_mean(name, self._coordinates)} "
                    f"Its coordinates: {listed(self._coordinates)}."
                )
            if isinstance(times, bool) or not isinstance(times, int) or times < 0:
                raise ValueError(
                    f"an order of differentiation is a whole number of at least 0, got {name}={times!r}."
                )
            index[self._coordinates.index(name)] = times
        return self._lookup(tuple(index))

    def __getattr__(self, handle: str) -> Any:
        if handle.startswith("__") or "_coordinates" not in self.__dict__:
            raise AttributeError(handle)
        meanings = parse(handle, self._coordinates)
        if len(meanings) == 1:
            return self._lookup(meanings[0])
        if meanings:
            raise AttributeError(
                f"{self._name}.{handle} can be read in {len(meanings)} ways; write "
                f"derivative({self._name}, ...) with the coordinates by name."
            )
        nearest = did_you_mean(handle, [c * k for c in self._coordinates for k in (1, 2, 3)])
        raise AttributeError(
            f"{self._name}.{handle} is no derivative of {self._name}.{nearest} Its coordinates are "
            f"{listed(self._coordinates)}; a handle is a string of these, such as "
            f"{self._name}.{self._coordinates[0] * 2}."
        )

    def __jax_array__(self) -> jax.Array:
        return jnp.asarray(self._lookup(zero(len(self._coordinates))))

    def __bool__(self) -> bool:
        raise TypeError(f"`if` cannot branch on the field {self._name}: use jnp.where(condition, a, b).")

    def __float__(self) -> float:
        raise TypeError(
            f"the field {self._name} is no plain number: use jax.numpy (jnp.sin, not math.sin or float)."
        )

    __int__ = __index__ = __float__  # pyright: ignore

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"NumPy cannot work on the field {self._name}: use jnp (jax.numpy) in laws.")

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise TypeError(f"a law is written at one point: write {self._name}, without its coordinates.")

    def __iter__(self) -> Any:
        raise TypeError(
            f"the field {self._name} is one number at a point, it has no entries; a law is written pointwise."
        )

    def __repr__(self) -> str:
        return f"Field({self._name}({', '.join(self._coordinates)}))"

    @property
    def _value(self) -> Any:
        return self._lookup(zero(len(self._coordinates)))


def _plain(x: Any) -> Any:
    return x._value if isinstance(x, Field) else x


def _install_operators() -> None:
    """All operators of a number, from one table."""
    binary = "add sub mul truediv floordiv mod pow lt le gt ge eq ne".split()
    unary = "neg pos abs".split()

    def forward(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, other: function(self._value, _plain(other))

    def backward(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, other: function(_plain(other), self._value)

    def alone(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self: function(self._value)

    for name in binary:
        function = getattr(operator, name)
        setattr(Field, f"__{name}__", forward(function))
        if name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
            setattr(Field, f"__r{name}__", backward(function))
    for name in unary:
        setattr(Field, f"__{name}__", alone(getattr(operator, name)))
    Field.__hash__ = object.__hash__


def _flatten(u: Field) -> tuple[tuple[Any], tuple[str, tuple[str, ...], tuple[int, ...]]]:
    return (u._value,), (u._name, u._coordinates, u._space)


def _unflatten(names: tuple[str, tuple[str, ...], tuple[int, ...]], leaves: tuple[Any]) -> Any:
    return leaves[0]


_install_operators()
# a jitted function such as jnp.sin takes a field as a pytree of one leaf, and sees its value alone
jax.tree_util.register_pytree_node(Field, _flatten, _unflatten)
