"""The weak form of second-order laws, pointwise: strong residuals become sources and fluxes."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...calculus import Index, Laplacian
from ...conditions import Bound
from ...problem import Problem
from ...structure import parameter_values

RATES = 2
"""How many derivatives in time are told of a field at a place: u_t and u_tt."""
Values = Float[Array, "fields slots"]
"""A place's u, u_x, u_y, ... of every field."""
Seconds = Float[Array, "fields seconds"]
"""A place's u_xx, u_xy, ..., u_yy, ... of every field, in the order of `pairs_of`."""


def pairs_of(dimension: int) -> list[tuple[int, int]]:
    """The two axes of each second derivative."""
    return list(itertools.combinations_with_replacement(range(dimension), 2))


def split(index: Index, time: int | None) -> tuple[int, tuple[int, ...] | Laplacian]:
    """The order in time and what is left of an index in the coordinates of space."""
    if isinstance(index, Laplacian):
        return 0, index
    rest = tuple(times for axis, times in enumerate(index) if axis != time)
    return (index[time] if time is not None else 0), rest


def looked_up(index: Index, time: int | None, values: Array, seconds: Array, rates: Array) -> Array:
    """The number of an index, from one field's u and its slopes, its second derivatives, and u_t, u_tt."""
    times, rest = split(index, time)
    if times:
        return rates[times - 1]
    pairs = pairs_of(len(values) - 1)
    if isinstance(rest, Laplacian):
        return jnp.asarray(sum(seconds[pairs.index((axis, axis))] for axis in rest.axes))
    axes = tuple(axis for axis, order in enumerate(rest) for _ in range(order))
    if len(axes) < 2:
        return values[1 + axes[0]] if axes else values[0]
    return seconds[pairs.index((axes[0], axes[1]))]


@dataclass(frozen=True)
class StrongLaw:
    """Some conditions' residuals at one place, as a function of the numbers that represent the fields there."""

    problem: Problem
    bounds: tuple[Bound, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        return tuple(term for bound in self.bounds for term in bound.terms)

    def __call__(
        self, place: Array, values: Array, seconds: Array, rates: Array, normal: Array | None = None
    ) -> Float[Array, " terms"]:
        """Residuals at coordinates `place` (d,), one a term; `normal` (d,) on a boundary."""
        domain, fields = self.problem.domain, tuple(self.problem.fields)
        time = None if domain.time is None else domain.coordinates.index(domain.time)
        known = parameter_values(self.problem)
        space = [c for c in domain.coordinates if c != domain.time]
        extra: dict[str, Any] = {}
        if normal is not None:
            extra = {f"normal.{c}": normal[i] for i, c in enumerate(space)}
        found = []
        for bound in self.bounds:
            table: Mapping[str, Mapping[Index, Array]] = {
                f: {
                    i: looked_up(i, time, values[at], seconds[at], rates[at])
                    for i in bound.needs.get(f, frozenset())
                }
                for at, f in enumerate(fields)
                if f in bound.needs
            }
            residual = bound.residual([table], place[None, :], known, extra)
            found.extend(residual[term] for term in bound.terms)
        return jnp.stack(found)


class WeakLaw:
    r"""Laws r_k(x, u, grad u, second derivatives) = 0 that are linear in second derivatives, integrated by parts.

    With the symmetric matrices S^kf of the coefficients of the second derivatives of field f, which may depend
    on x and u, and b_k all other terms,

        r_k = sum_f S^kf_ij d_i d_j u_f + b_k,
        (r_k, phi) = (G_k0, phi) + (G_kj, d_j phi) + <N_k, phi>,
        G_k0 = b_k - sum_f (D_j S^kf_ij) d_i u_f,   G_kj = - sum_f S^kf_ij d_i u_f,   N_k = - G_kj n_j,

    where D_j = d/dx_j + sum_g (d_j u_g) d/du_g is the total derivative, taken by JAX through the law itself. So
    a coefficient and its derivative, as in k u_xx + k_x u_x, cancel as they do on paper.
    """

    def __init__(self, strong: StrongLaw):
        self.strong = strong
        self.fields = len(strong.problem.fields)
        domain = strong.problem.domain
        self.space = tuple(i for i, c in enumerate(domain.coordinates) if c != domain.time)
        self.dimension = len(self.space)
        self.coefficients_at = jax.jit(jax.vmap(self.coefficients))

    def coefficients(self, place: Array, unknowns: Array) -> Float[Array, "terms fields d d"]:
        """S^kf at a place, where the fields have the values `unknowns` (fields,)."""
        values = jnp.zeros((self.fields, 1 + self.dimension)).at[:, 0].set(unknowns)
        pairs = pairs_of(self.dimension)
        nothing, still = jnp.zeros((self.fields, len(pairs))), jnp.zeros((self.fields, RATES))
        a = jax.jacfwd(lambda s: self.strong(place, values, s, still))(nothing)
        axes = range(self.dimension)
        rows = [[a[..., pairs.index((min(i, j), max(i, j)))] / (1 + (i != j)) for j in axes] for i in axes]
        return jnp.stack([jnp.stack(row, -1) for row in rows], -2)

    def form(self, place: Array, values: Array, rates: Array) -> Float[Array, "terms slots"]:
        """G_k0, G_k1, G_k2, ... at a place."""
        b = self.strong(place, values, jnp.zeros((self.fields, len(pairs_of(self.dimension)))), rates)
        s = self.coefficients(place, values[:, 0])
        gradient = values[:, 1:]
        drift = jnp.zeros_like(b)
        for axis, coordinate in enumerate(self.space):
            along = jnp.zeros_like(place).at[coordinate].set(1.0)
            _, change = jax.jvp(self.coefficients, (place, values[:, 0]), (along, gradient[:, axis]))
            drift = drift + jnp.einsum("kfi,fi->k", change[..., axis], gradient)
        flux = -jnp.einsum("kfij,fi->kj", s, gradient)
        return jnp.concatenate([(b - drift)[:, None], flux], axis=1)


def in_blocks(function: Callable[..., Any], block: int) -> Callable[..., Any]:
    """`function`, written for one place, over many: NumPy arrays with places first, `block` of them at a time,
    so that it is compiled once for meshes of every size."""
    compiled = jax.jit(jax.vmap(function))

    def many(*arrays: np.ndarray) -> Any:
        count = len(arrays[0])
        parts = []
        for first in range(0, count, block):
            cut = [a[first : first + block] for a in arrays]
            missing = block - len(cut[0])
            if missing:
                cut = [np.concatenate([a, np.repeat(a[-1:], missing, axis=0)]) for a in cut]
            out = compiled(*cut)
            parts.append(jax.tree.map(lambda leaf, keep=block - missing: np.asarray(leaf)[:keep], out))
        return jax.tree.map(lambda *leaves: np.concatenate(leaves), *parts)

    return many
