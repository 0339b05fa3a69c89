"""One abstract run of a law: which derivatives it needs, what it returns, and what is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from .._names import arguments_of, describe_function, did_you_mean, listed
from ._indices import Index, order
from .field import Field
from .operators import Vector

HIGHEST_ORDER = 6


@dataclass(frozen=True)
class Scope:
    """The names that a law can ask for."""

    fields: Mapping[str, tuple[str, ...]]
    coordinates: tuple[str, ...]
    parameters: tuple[str, ...] = ()
    time: str | None = None
    normal: bool = False

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.fields, *self.coordinates, *self.parameters, *(("normal",) if self.normal else ()))

    def space(self, name: str) -> tuple[int, ...]:
        """The axes of a field that are not time."""
        return tuple(i for i, c in enumerate(self.fields[name]) if c != self.time)


@dataclass(frozen=True)
class Plan:
    """What one law needs and returns.

    `needs` maps each field to its indices, `outputs` names the components of the law (one empty
    name where it returns a single number), `arguments` are the names that it asks for.
    """

    law: Callable[..., Any]
    scope: Scope
    arguments: tuple[str, ...]
    needs: Mapping[str, frozenset[Index]]
    outputs: tuple[str, ...] = field(default=("",))

    def __call__(
        self,
        values: Mapping[str, Mapping[Index, Any]],
        point: Mapping[str, Any],
        parameters: Mapping[str, Any],
        normal: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The law at one point, from the values of the fields there; outputs by name."""
        scope = self.scope

        def argument(name: str) -> Any:
            if name in scope.fields:
                table = values.get(name, {})  # a field that is named but not used has no entries
                return Field(name, scope.fields[name], scope.space(name), table.__getitem__)
            if name in scope.coordinates:
                return point[name]
            return Vector(dict(normal or {})) if name == "normal" else parameters[name]

        result = self.law(**{name: argument(name) for name in self.arguments})
        if isinstance(result, dict) and not all(isinstance(key, str) for key in result):
            raise TypeError(
                f"it returns a dict with the keys {', '.join(map(repr, result))}: name each number by a word, such as "
                "{'x': ..., 'y': ...}."
            )
        return (
            {k: _number(v) for k, v in result.items()} if isinstance(result, dict) else {"": _number(result)}
        )

    def at_many(
        self, values: Mapping[str, Mapping[Index, Any]], points: Any, parameters: Mapping[str, Any]
    ) -> Float[Array, " n"]:
        """The only output at points (n, d), from values of shape (n,)."""

        def one(values: Any, place: Any) -> Any:
            return self(values, dict(zip(self.scope.coordinates, place, strict=True)), parameters)[""]

        return jax.vmap(one)(values, jnp.asarray(points))


def _number(x: Any) -> Any:
    if isinstance(x, Vector):
        raise TypeError(
            "it returns a vector: return a dict of numbers, such as {'x': ..., 'y': ...}, or one number, such as "
            "dot(grad(u), normal) for the normal derivative."
        )
    if x is None:
        raise ValueError("it returns nothing: end it with `return ...`, the residual that must vanish.")
    try:
        return jnp.asarray(x._value if isinstance(x, Field) else x)
    except (TypeError, ValueError):
        if isinstance(x, list | tuple):
            raise
        raise TypeError(
            f"it returns a {type(x).__name__} in the place of a number: return one number, or a dict of numbers by "
            "name."
        ) from None


def record(law: Callable[..., Any], scope: Scope, what: str) -> Plan:
    """Run `law` once on abstract values and note what it asked for.

    Raises `ValueError` or `TypeError`, each with `what` in front, for a wrong name, a Python branch on
    a value, a NumPy call, a result that is no number; before any training.
    """
    arguments = arguments_of(law, scope.known, what)
    needs: dict[str, set[Index]] = {name: set() for name in arguments if name in scope.fields}
    order_written: list[str] = []  # JAX sorts the keys of what it returns

    def run(number: jax.Array) -> Any:
        class Table(dict[Index, Any]):
            def __init__(self, name: str):
                self.name = name

            def __getitem__(self, index: Index) -> jax.Array:
                if order(index) > HIGHEST_ORDER:
                    raise ValueError(
                        f"{what}: derivatives up to order {HIGHEST_ORDER} are known, got {order(index)}."
                    )
                needs[self.name].add(index)
                return number

        plan = Plan(law, scope, arguments, {})
        parameters = dict.fromkeys(scope.parameters, number)
        point = dict.fromkeys(scope.coordinates, number)
        normal = {c: number for c in scope.coordinates if c != scope.time}
        result = plan({name: Table(name) for name in needs}, point, parameters, normal)
        order_written.extend(result)
        return result

    with explained(law, scope.known, what):
        shapes = jax.eval_shape(run, jax.ShapeDtypeStruct((), jnp.result_type(float)))
    for name, shape in shapes.items():
        component = f"component {name!r} of {describe_function(law)}" if name else describe_function(law)
        _check_number(shape, f"{what}: {component}", "law")
    needed = {name: frozenset(indices) for name, indices in needs.items()}
    return Plan(law, scope, arguments, needed, tuple(order_written))


def check_values(function: Callable[..., Any], arguments: Iterable[str], what: str) -> None:
    """Run a function of plain numbers, by name, once on abstract values; raises as `record` does."""
    names = tuple(arguments)

    def run(number: jax.Array) -> jax.Array:
        return _number(function(**dict.fromkeys(names, number)))

    with explained(function, names, what):
        shape = jax.eval_shape(run, jax.ShapeDtypeStruct((), jnp.result_type(float)))
    _check_number(shape, f"{what}: {describe_function(function)}", "function")


@contextmanager
def explained(function: Callable[..., Any], known: Sequence[str], what: str) -> Iterator[None]:
    """What goes wrong while a user's function is traced, in words of what it is written in."""
    called = f"{what}: {describe_function(function)}"
    try:
        yield
    except jax.errors.TracerBoolConversionError:
        raise TypeError(
            f"{called} branches in Python (if, and, or, min, max) on a value: use jnp.where(condition, a, b), "
            "jnp.minimum or jnp.maximum."
        ) from None
    except (jax.errors.TracerArrayConversionError, jax.errors.ConcretizationTypeError):
        raise TypeError(
            f"{called} hands a value to NumPy or math: use jax.numpy, such as jnp.sin, in laws."
        ) from None
    except AttributeError as error:
        if "Tracer" in str(error) or "ShapedArray" in str(error) or "ArrayImpl" in str(error):
            handle = str(error).rsplit(" ", 1)[-1].strip("'.")
            raise ValueError(
                f"{called} takes .{handle} of an expression: derivatives are taken of fields, as u.{handle}; "
                "expand with the product or chain rule, or, where a coefficient jumps, make the flux a field, as in "
                '{"flux": q - a * u.x, "balance": q.x + f}, with Free() where nothing is said of q.'
            ) from None
        raise ValueError(f"{called}: {error}") from None
    except (TypeError, ValueError) as error:
        message = str(error)
        if "ufunc" in message or "__array_ufunc__" in message:
            message = "it calls a NumPy function on a field: use jax.numpy, such as jnp.sin, in laws."
        if "__jax_array__" in message or "dtype of Field" in message:
            message = "it hands a field to a function of plain arrays: write +u for the value of a field u."
        raise type(error)(message if message.startswith(what) else f"{called}: {message}") from None
    except NameError as error:
        name = getattr(error, "name", None) or ""
        hint = did_you_mean(name, known) or " Make it an argument of the law, or define it above."
        raise ValueError(f"{called}: {error}.{hint} Known here: {listed(known)}.") from None
    except Exception as error:
        raise ValueError(f"{called} failed: {type(error).__name__}: {error}") from None


def _check_number(shape: jax.ShapeDtypeStruct, component: str, kind: str) -> None:
    if shape.shape != ():
        raise ValueError(
            f"{component} returns an array of shape {shape.shape}; a {kind} is written for one point "
            "and returns one number, or a dict of numbers by name."
        )
    if shape.dtype == bool:
        raise ValueError(
            f"{component} is a comparison; return what must vanish, left side minus right side, as "
            "u.t - u.xx for u.t == u.xx."
        )
    if jnp.issubdtype(shape.dtype, jnp.complexfloating):
        raise ValueError(f'{component} is complex; return {{"real": ..., "imag": ...}} of real fields.')
