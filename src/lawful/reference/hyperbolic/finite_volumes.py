"""The rate of change of cell averages: fluxes through faces from polynomials in cells, and sources."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ...calculus import Index, Plan, Scope, zero
from ...conditions import Balance
from . import cweno
from .cells import GHOSTS, Cells, Places
from .extrema import godunov, local_lax_friedrichs, rows_between, turning_points
from .waves import extreme_speeds, hll, jacobian

Function = Callable[[Array], Array]


class FiniteVolumes:
    """The semi-discrete balance of `cells`: dq/dt = -Σ (flux out - flux in) / width + source.

    Scalar fluxes are Godunov's, exact for states between `lower` and `upper`; those of systems that of Harten, Lax and
    van Leer. In two dimensions fluxes and sources are averaged by two Gauss points a face or axis.
    """

    def __init__(
        self,
        cells: Cells,
        balance: Balance,
        scope: Scope,
        parameters: dict[str, float],
        bounds: tuple[float, float],
    ):
        self.cells, self.balance, self.scope, self.parameters = cells, balance, scope, parameters
        self.space = cells.domain.space
        nodes, weights = np.polynomial.legendre.leggauss(3 if len(self.space) == 1 else 2)
        self._nodes, self._weights = nodes / 2, weights / 2
        self._places = [self._faces(axis) for axis in range(len(self.space))]
        self._turning: dict[int, Array] = {}
        if len(cells.conserved) == 1:
            for axis, c in enumerate(self.space):
                if scope.time not in balance.flux[c].arguments:
                    self._turning[axis] = self._turning_points(axis, bounds)

    def at(self, plan: Plan, places: Places, t: Any) -> Function:
        """A flux or source at places, as a function of the states (m, ...) there."""
        conserved, scope = self.cells.conserved, self.scope

        def one(state: Array, place: tuple[Array, ...]) -> Array:
            values: dict[str, dict[Index, Any]] = {
                f: {zero(len(scope.fields[f])): state[i]} for i, f in enumerate(conserved)
            }
            point = dict(zip(self.space, place, strict=True)) | {str(scope.time): t}
            outputs = plan(values, point, self.parameters)
            found = [outputs[f if f in outputs else ""] for f in conserved]
            return jnp.stack([jnp.asarray(r, float) for r in found])

        def function(states: Array) -> Array:
            m, shape = states.shape[0], states.shape[1:]
            # without the barrier XLA works out all that depends on places alone, at a cost of minutes
            columns = jax.lax.optimization_barrier(tuple(jnp.asarray(p) for p in places))
            columns = tuple(jnp.broadcast_to(p, shape).ravel() for p in columns)
            flat = jax.vmap(one, in_axes=(1, 0), out_axes=1)(states.reshape(m, -1), columns)
            return flat.reshape(m, *shape)

        return function

    def _faces(self, axis: int) -> Places:
        """The places of the Gauss points of all faces across an axis: arrays (points, cells...)."""
        nodes = self._nodes if len(self.space) > 1 else np.zeros(1)
        axes = [
            self.cells.along(a, np.arange(n + 1) + 0 * nodes[:, None])
            if a == axis
            else self.cells.along(a, np.arange(n) + 0.5 + nodes[:, None])
            for a, n in enumerate(self.cells.counts)
        ]
        return _grid(axes)

    def _turning_points(self, axis: int, bounds: tuple[float, float]) -> Array:
        plan, places = self.balance.flux[self.space[axis]], self._places[axis]
        shape = places[0].shape
        fixed = not set(plan.arguments) & set(self.space)
        columns = tuple(np.zeros(1) if fixed else p.ravel() for p in places)

        @jax.jit
        def slope(u: Array) -> Array:
            f = self.at(plan, tuple(jnp.broadcast_to(c[None], u.shape) for c in columns), 0.0)
            return jax.jvp(f, (u[None],), (jnp.ones_like(u)[None],))[1][0]

        found = turning_points(slope, *bounds, places=len(columns[0]))
        return jnp.asarray(found.reshape(len(found), *((1,) * len(shape) if fixed else shape)))

    def _part(self, states: Any, axis: int, first: int, last: int) -> Any:
        """Cells or faces from `first` to before `last` along an axis of space, which are the last axes."""
        return jax.lax.slice_in_dim(states, first, last, axis=jnp.ndim(states) - len(self.space) + axis)

    def _polynomial(self, q: Array, axis: int) -> cweno.Polynomial:
        """The polynomials along an axis in all cells but two at either end."""
        n = q.shape[axis - len(self.space)]
        return cweno.polynomial(*(self._part(q, axis, k, n - 4 + k) for k in range(5)))

    def _at_nodes(self, q: Array, axis: int) -> Array:
        """The values (m, points, ...) at the Gauss points of the cells along an axis, which loses its ghosts."""
        p = self._polynomial(q, axis)
        values = jnp.stack([cweno.value(p, node) for node in self._nodes], axis=1)
        return self._part(values, axis, 1, 1 + self.cells.counts[axis])

    def rate(self, q: Array, t: Any) -> Array:
        """dq/dt (m, cells...)."""
        padded = self.cells.padded(q, t)
        total = jnp.zeros_like(q)
        for axis, width in enumerate(self.cells.widths):
            total = total - jnp.diff(self._flux(padded, axis, t), axis=axis + 1) / width
        return total if self.balance.source is None else total + self._gain(padded, t)

    def _flux(self, padded: Array, axis: int, t: Any) -> Array:
        """The average of the flux over each face across an axis."""
        p, n = self._polynomial(padded, axis), self.cells.counts[axis]
        left = self._part(cweno.value(p, 0.5), axis, 0, n + 1)
        right = self._part(cweno.value(p, -0.5), axis, 1, n + 2)
        sides = jnp.concatenate([left, right])
        sides = sides[:, None] if len(self.space) == 1 else self._at_nodes(sides, 1 - axis)
        m = len(padded)
        left, right = self._closed(sides[:m], sides[m:], axis, t)
        flux = self._riemann(left, right, axis, t)
        return flux[:, 0] if len(self.space) == 1 else jnp.tensordot(self._weights, flux, ((0,), (1,)))

    def _closed(self, left: Array, right: Array, axis: int, t: Any) -> tuple[Array, Array]:
        """The states at the faces, those beyond the walls as the conditions say."""
        if self.cells.periodic(axis):
            return left, right
        n, places = self.cells.counts[axis], self._places[axis]
        along = left.ndim - len(self.space) + axis

        def beyond(side: str, inner: Array, at: int) -> Array:
            there = tuple(self._part(p, axis, at, at + 1) for p in places)
            return self.cells.outside(axis, side, self._part(inner, axis, at, at + 1), there, t)

        below, above = beyond("lower", right, 0), beyond("upper", left, n)
        left = jnp.concatenate([below, self._part(left, axis, 1, n + 1)], axis=along)
        return left, jnp.concatenate([self._part(right, axis, 0, n), above], axis=along)

    def _riemann(self, left: Array, right: Array, axis: int, t: Any) -> Array:
        f = self.at(self.balance.flux[self.space[axis]], self._places[axis], t)
        if len(self.cells.conserved) > 1:
            return hll(f, left, right)

        def scalar(u: Array) -> Array:
            return f(u[None])[0]

        if axis in self._turning:
            return godunov(scalar, left[0], right[0], self._turning[axis])[None]
        return local_lax_friedrichs(scalar, left[0], right[0])[None]

    def _gain(self, padded: Array, t: Any) -> Array:
        """The averages of the source over the cells."""
        assert self.balance.source is not None
        d, states = len(self.space), padded
        for axis in range(d):
            states = self._at_nodes(states, axis)
        # the Gauss points of the last axis come first
        axes = [
            self.cells.along(a, np.arange(n) + 0.5 + self._nodes[:, None])
            for a, n in enumerate(self.cells.counts)
        ]
        places = []
        for a, x in enumerate(axes):
            before, after = (1,) * a, (1,) * (d - 1 - a)
            places.append(x.reshape(*after, x.shape[0], *before, *before, x.shape[1], *after))
        gain = self.at(self.balance.source, tuple(places), t)(states)
        for _ in range(d):
            gain = jnp.tensordot(self._weights, gain, ((0,), (1,)))
        return gain

    def pace(self, q: Array, t: Any) -> Array:
        """Σ (largest wave speed / width) over the axes: the inverse of the time in which a wave crosses a cell.

        Looked for at states between those of neighbouring cells as well, since a flux can be steeper there.
        """
        padded = self.cells.padded(q, t)
        total = jnp.zeros(())
        for axis, width in enumerate(self.cells.widths):
            n = self.cells.counts[axis]
            inside = [slice(GHOSTS, -GHOSTS)] * len(self.space)
            inside[axis] = slice(GHOSTS - 1, -GHOSTS + 1)
            block = padded[(slice(None), *inside)]
            low = jax.lax.slice_in_dim(block, 0, n + 1, axis=axis + 1)
            high = jax.lax.slice_in_dim(block, 1, n + 2, axis=axis + 1)
            places = tuple(p[0] for p in self._places[axis])
            f = self.at(self.balance.flux[self.space[axis]], places, t)
            rows = rows_between(low, high, 7 if len(self.cells.conserved) == 1 else 3)
            ends = extreme_speeds(jacobian(f, jnp.moveaxis(rows, 0, 1)))
            total = total + jnp.max(jnp.maximum(jnp.abs(ends[0]), jnp.abs(ends[1]))) / width
        return total


def _grid(axes: list[np.ndarray]) -> Places:
    """Coordinates along each axis, arrays (points, n), to those of all places, arrays (points, n...)."""
    rows = [np.meshgrid(*row, indexing="ij") for row in zip(*axes, strict=True)]
    return tuple(np.stack(column) for column in zip(*rows, strict=True))
