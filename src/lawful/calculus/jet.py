"""Jets: the values and derivatives of many quantities at many points, and the algebra on them.

A network is written once against `affine`, `Activation`, `concatenate` and `*`. Called with an
array it gives values; called with a `Jet` it carries all wanted derivatives through at once, one
matrix product a layer (Taylor propagation).
"""

import functools
import math
from collections.abc import Callable
from typing import TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ._indices import Index, leibniz, order, partitions, unit, zero

Row: TypeAlias = Float[Array, "_ width"] | None
Tower: TypeAlias = Callable[[Array, int], list[Array]]


class Jet(eqx.Module):
    """Derivatives of a vector of quantities at a batch of points.

    `rows[i]` holds the derivative `indices[i]`, of shape (points, width); one of shape (1, width) is
    the same at all points, and `None` is zero everywhere.
    """

    rows: tuple[Row, ...]
    indices: tuple[Index, ...] = eqx.field(static=True)

    def __getitem__(self, index: Index) -> Row:
        return self.rows[self.indices.index(index)]

    def __mul__(self, other: "Jet | Array | float") -> "Jet":
        if isinstance(other, Jet):
            return Jet(_product(self.indices, self.rows, other.rows), self.indices)
        return self.map(lambda row: row * other)

    def __add__(self, other: "Jet | Array | float") -> "Jet":
        if isinstance(other, Jet):
            rows = tuple(_add(a, b) for a, b in zip(self.rows, other.rows, strict=True))
            return Jet(rows, self.indices)
        return self.shift(other)

    def __neg__(self) -> "Jet":
        return self.map(lambda row: -row)

    def __sub__(self, other: "Jet | Array | float") -> "Jet":
        return self + (-other)

    def __rsub__(self, other: "Array | float") -> "Jet":
        return (-self).shift(other)

    __rmul__ = __mul__
    __radd__ = __add__

    def map(self, linear: Callable[[Array], Array]) -> "Jet":
        """Apply a linear function to each row."""
        return Jet(tuple(None if row is None else linear(row) for row in self.rows), self.indices)

    def shift(self, constant: "Array | float") -> "Jet":
        """Add a constant: only the value moves."""
        at = next(i for i, index in enumerate(self.indices) if order(index) == 0)
        value = self.rows[at]
        moved = constant if value is None else _beside(constant, value)
        return Jet((*self.rows[:at], moved, *self.rows[at + 1 :]), self.indices)  # pyright: ignore


def _beside(constant: "Array | float", value: Array) -> Array:
    """value + constant, the constant's last axis along the last axis of the value."""
    if isinstance(constant, jax.Array) and 0 < constant.ndim < value.ndim:
        constant = constant.reshape((1,) * (value.ndim - constant.ndim) + constant.shape)
    return value + constant


def coordinates_jet(points: Float[Array, "points d"], indices: tuple[Index, ...]) -> Jet:
    """The jet of the identity map: value x, first derivatives the unit vectors, higher ones zero."""
    dimension = points.shape[-1]
    known: dict[Index, Array] = {zero(dimension): points}
    for axis in range(dimension):
        known[unit(axis, dimension)] = jnp.zeros((1, dimension), points.dtype).at[0, axis].set(1)
    return Jet(tuple(known.get(index) for index in indices), indices)


def affine(z: "Jet | Array", weight: Array, bias: Array | float = 0.0) -> "Jet | Array":
    """z @ weight + bias, the rows of a jet in one matrix product."""
    if not isinstance(z, Jet):
        return _beside(bias, z @ weight)
    points = max(row.shape[0] for row in z.rows if row is not None)
    wide = [row for row in z.rows if row is not None and row.shape[0] == points]
    product = jnp.concatenate(wide) @ weight if len(wide) > 1 else wide[0] @ weight
    parts = iter(jnp.split(product, len(wide)) if len(wide) > 1 else [product])
    rows = (
        None if row is None else next(parts) if row.shape[0] == points else row @ weight for row in z.rows
    )
    return Jet(tuple(rows), z.indices).shift(bias)


def concatenate(parts: "list[Jet] | list[Array]") -> "Jet | Array":
    """Join along the last axis."""
    if not isinstance(parts[0], Jet):
        return jnp.concatenate(parts, axis=-1)  # pyright: ignore
    jets: list[Jet] = parts  # pyright: ignore
    joined = []
    for rows in zip(*(jet.rows for jet in jets), strict=True):
        present = [row for row in rows if row is not None]
        if not present:
            joined.append(None)
            continue
        length = max(row.shape[0] for row in present)
        widths = [next(r for r in jet.rows if r is not None).shape[1] for jet in jets]
        full = [
            jnp.zeros((length, width), present[0].dtype)
            if row is None
            else jnp.broadcast_to(row, (length, width))
            for row, width in zip(rows, widths, strict=True)
        ]
        joined.append(jnp.concatenate(full, axis=-1))
    return Jet(tuple(joined), jets[0].indices)


def select(z: "Jet | Array", columns: tuple[int, ...]) -> "Jet | Array":
    """Some of the columns of an array or a jet."""
    at = np.asarray(columns)
    return z.map(lambda row: row[..., at]) if isinstance(z, Jet) else z[..., at]


def _add(a: Row, b: Row) -> Row:
    return b if a is None else a if b is None else a + b


def _product(indices: tuple[Index, ...], left: tuple[Row, ...], right: tuple[Row, ...]) -> tuple[Row, ...]:
    a, b = dict(zip(indices, left, strict=True)), dict(zip(indices, right, strict=True))
    rows = []
    for index in indices:
        total: Row = None
        for count, i, j in leibniz(index):
            x, y = a[i], b[j]
            if x is not None and y is not None:
                total = _add(total, x * y if count == 1 else count * (x * y))
        rows.append(total)
    return tuple(rows)


@functools.partial(jax.custom_jvp, nondiff_argnums=(0, 1, 2))
def _compose(tower: Tower, shift: int, indices: tuple[Index, ...], rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows of f^(shift)(z) from the rows of z, by the formula of Faà di Bruno."""
    z = dict(zip(indices, rows, strict=True))
    value = z[next(index for index in indices if order(index) == 0)]
    assert value is not None
    f = tower(value, shift + max(order(index) for index in indices))[shift:]
    out = []
    for index in indices:
        total: Row = f[0] if order(index) == 0 else None
        for count, blocks in partitions(index) if order(index) else ():
            factors = [z[block] for block in blocks]
            if any(factor is None for factor in factors):
                continue
            term = f[len(blocks)] * math.prod(factors[1:], start=factors[0])  # pyright: ignore
            total = _add(total, term if count == 1 else count * term)
        out.append(total)
    return tuple(out)


@_compose.defjvp
def _compose_jvp(tower, shift, indices, primals, tangents):  # pyright: ignore
    """d(D^a f(z)) = D^a (f'(z) dz): a Leibniz product with the rows of f'(z), so few rows are kept."""
    (rows,), (changes,) = primals, tangents
    out = _compose(tower, shift, indices, rows)
    slope = _compose(tower, shift + 1, indices, rows)
    change = _product(indices, slope, changes)
    filled = tuple(
        None if y is None else jnp.zeros_like(y) if dy is None else jnp.broadcast_to(dy, y.shape)
        for y, dy in zip(out, change, strict=True)
    )
    return out, filled


class Activation(eqx.Module):
    """A scalar function with its tower of derivatives, applied elementwise to an array or a jet."""

    name: str = eqx.field(static=True)
    tower: Tower = eqx.field(static=True)

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        if isinstance(z, Jet):
            return Jet(_compose(self.tower, 0, z.indices, z.rows), z.indices)
        return self.tower(z, 0)[0]


def tower_of(function: Callable[[Array], Array]) -> Tower:
    """The tower of any smooth elementwise function, by nested forward differentiation."""

    def tower(z: Array, upto: int) -> list[Array]:
        def derivative(f: Callable[[Array], Array]) -> Callable[[Array], Array]:
            return lambda x: jax.jvp(f, (x,), (jnp.ones_like(x),))[1]

        values, f = [], function
        for _ in range(upto + 1):
            values.append(f(z))
            f = derivative(f)
        return values

    return tower


def _tanh_tower(z: Array, upto: int) -> list[Array]:
    """f' = 1 - f^2, and by Leibniz f^(k+1) = -sum_j C(k, j) f^(j) f^(k-j)."""
    values = [jnp.tanh(z)]
    if upto:
        values.append(1 - values[0] * values[0])
    for k in range(1, upto):
        total = 2 * values[0] * values[k]
        for j in range(1, k):
            total = total + math.comb(k, j) * values[j] * values[k - j]
        values.append(-total)
    return values


def _sin_tower(z: Array, upto: int) -> list[Array]:
    s = jnp.sin(z)
    c = jnp.cos(z) if upto else s
    cycle = [s, c, -s, -c]
    return [cycle[k % 4] for k in range(upto + 1)]


def _cos_tower(z: Array, upto: int) -> list[Array]:
    c = jnp.cos(z)
    s = jnp.sin(z) if upto else c
    cycle = [c, -s, -c, s]
    return [cycle[k % 4] for k in range(upto + 1)]


def _kinked_tower(z: Array, upto: int, below: float) -> list[Array]:
    slope = jnp.where(z >= 0, 1.0, below).astype(z.dtype)
    return [slope * z, slope, *(jnp.zeros_like(z) for _ in range(upto - 1))][: upto + 1]


def _gelu_tower(z: Array, upto: int) -> list[Array]:
    """z Phi(z), with Phi^(k+1) = (-1)^k He_k phi for the normal distribution Phi and its density phi."""
    share = 0.5 * jax.scipy.special.erfc(-z * math.sqrt(0.5))
    values = [z * share]
    if upto:
        density = jnp.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
        values.append(share + z * density)
        before, hermite, sign = jnp.ones_like(z), z, -1.0
        for k in range(2, upto + 1):
            values.append(sign * density * (z * hermite - k * before))
            before, hermite, sign = hermite, z * hermite - (k - 1) * before, -sign
    return values


tanh = Activation("tanh", _tanh_tower)
sin = Activation("sin", _sin_tower)
cos = Activation("cos", _cos_tower)
relu = Activation("relu", functools.partial(_kinked_tower, below=0.0))
leaky_relu = Activation("leaky_relu", functools.partial(_kinked_tower, below=0.01))
gelu = Activation("gelu", _gelu_tower)
exp = Activation("exp", lambda z, upto: [jnp.exp(z)] * (upto + 1))
