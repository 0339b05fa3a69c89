"""The rate of change of cell averages: fluxes through faces from polynomials in cells, and sources."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..calculus import Plan, Scope, zero
from ..conditions import Balance
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
        self._gauss = np.polynomial.legendre.leggauss(3 if len(self.space) == 1 else 2)
        self._turning: dict[tuple[int, int], Array] = {}
        if len(cells.conserved) == 1:
            for axis, c in enumerate(self.space):
                if scope.time not in balance.flux[c].arguments:
                    for g, places in enumerate(self._faces(axis)):
                        self._turning[axis, g] = self._turning_points(axis, places, bounds)

    def at(self, plan: Plan, places: Places, t: Any) -> Function:
        """A flux or source at places, as a function of the states (m, ...) there."""
        conserved, scope = self.cells.conserved, self.scope

        def one(state: Array, place: tuple[Array, ...]) -> Array:
            values = {f: {zero(len(scope.fields[f])): state[i]} for i, f in enumerate(conserved)}
            point = dict(zip(self.space, place, strict=True)) | {str(scope.time): t}
            outputs = plan(values, point, self.parameters)
            found = [outputs[f if f in outputs else ""] for f in conserved]
            return jnp.stack([jnp.asarray(r, float) for r in found])

        def function(states: Array) -> Array:
            m, shape = states.shape[0], states.shape[1:]
            columns = tuple(jnp.broadcast_to(jnp.asarray(p), shape).ravel() for p in places)
            flat = jax.vmap(one, in_axes=(1, 0), out_axes=1)(states.reshape(m, -1), columns)
            return flat.reshape(m, *shape)

        return function

    def _nodes(self, axis: int) -> list[tuple[float, float | None]]:
        """Weights and places of the quadrature over a face: across `axis`, in widths of a cell."""
        if len(self.space) == 1:
            return [(1.0, None)]
        return [(w / 2, x / 2) for x, w in zip(*self._gauss, strict=True)]

    def _faces(self, axis: int) -> list[Places]:
        """The places of all faces across an axis, a tuple a Gauss point."""
        found = []
        for _, node in self._nodes(axis):
            axes = [
                self.cells.along(a, np.arange(n + 1) if a == axis else np.arange(n) + 0.5 + (node or 0.0))
                for a, n in enumerate(self.cells.counts)
            ]
            found.append(tuple(np.meshgrid(*axes, indexing="ij")))
        return found

    def _turning_points(self, axis: int, places: Places, bounds: tuple[float, float]) -> Array:
        plan = self.balance.flux[self.space[axis]]
        shape = places[0].shape
        fixed = not set(plan.arguments) & set(self.space)
        columns = tuple(np.zeros(1) if fixed else p.ravel() for p in places)

        @jax.jit
        def slope(u: Array) -> Array:
            f = self.at(plan, tuple(jnp.broadcast_to(c[None], u.shape) for c in columns), 0.0)
            return jax.jvp(f, (u[None],), (jnp.ones_like(u)[None],))[1][0]

        found = turning_points(slope, *bounds, places=len(columns[0]))
        return jnp.asarray(found.reshape(len(found), *((1,) * len(shape) if fixed else shape)))

    def _polynomial(self, q: Array, axis: int) -> cweno.Polynomial:
        """The polynomials along an axis in all cells but two at either end."""
        n = q.shape[axis + 1]
        shifted = (jax.lax.slice_in_dim(q, k, n - 4 + k, axis=axis + 1) for k in range(5))
        return cweno.polynomial(*shifted)

    def rate(self, q: Array, t: Any) -> Array:
        """dq/dt (m, cells...)."""
        padded = self.cells.padded(q, t)
        total = jnp.zeros_like(q)
        for axis, width in enumerate(self.cells.widths):
            flux = self._flux(padded, axis, t)
            n = self.cells.counts[axis]
            above = jax.lax.slice_in_dim(flux, 1, n + 1, axis=axis + 1)
            below = jax.lax.slice_in_dim(flux, 0, n, axis=axis + 1)
            total = total - (above - below) / width
        return total if self.balance.source is None else total + self._gain(padded, t)

    def _flux(self, padded: Array, axis: int, t: Any) -> Array:
        """The flux through all faces across an axis."""
        p = self._polynomial(padded, axis)
        n = self.cells.counts[axis]
        left = jax.lax.slice_in_dim(cweno.value(p, 0.5), 0, n + 1, axis=axis + 1)
        right = jax.lax.slice_in_dim(cweno.value(p, -0.5), 1, n + 2, axis=axis + 1)
        total = None
        for g, ((weight, node), places) in enumerate(zip(self._nodes(axis), self._faces(axis), strict=True)):
            sides = [left, right] if node is None else [self._across(s, 1 - axis, node) for s in (left, right)]
            flux = weight * self._riemann(*self._closed(*sides, axis, places, t), axis, g, places, t)
            total = flux if total is None else total + flux
        assert total is not None
        return total

    def _across(self, states: Array, axis: int, node: float) -> Array:
        """Averages along the faces, padded, to the values at a Gauss point of each."""
        values = cweno.value(self._polynomial(states, axis), node)
        return jax.lax.slice_in_dim(values, 1, 1 + self.cells.counts[axis], axis=axis + 1)

    def _closed(self, left: Array, right: Array, axis: int, places: Places, t: Any) -> tuple[Array, Array]:
        """The states at the faces, those beyond the walls as the conditions say."""
        if self.cells.periodic(axis):
            return left, right
        n = self.cells.counts[axis]

        def first(a: Any) -> Any:
            return jax.lax.slice_in_dim(jnp.asarray(a), 0, 1, axis=jnp.ndim(a) - len(self.space) + axis)

        def last(a: Any) -> Any:
            return jax.lax.slice_in_dim(jnp.asarray(a), n, n + 1, axis=jnp.ndim(a) - len(self.space) + axis)

        below = self.cells.outside(axis, "lower", first(right), tuple(map(first, places)), t)
        above = self.cells.outside(axis, "upper", last(left), tuple(map(last, places)), t)
        left = jnp.concatenate([below, jax.lax.slice_in_dim(left, 1, n + 1, axis=axis + 1)], axis=axis + 1)
        right = jnp.concatenate([jax.lax.slice_in_dim(right, 0, n, axis=axis + 1), above], axis=axis + 1)
        return left, right

    def _riemann(self, left: Array, right: Array, axis: int, g: int, places: Places, t: Any) -> Array:
        f = self.at(self.balance.flux[self.space[axis]], places, t)
        if len(self.cells.conserved) > 1:
            return hll(f, left, right)

        def scalar(u: Array) -> Array:
            return f(u[None])[0]

        if (axis, g) in self._turning:
            return godunov(scalar, left[0], right[0], self._turning[axis, g])[None]
        return local_lax_friedrichs(scalar, left[0], right[0])[None]

    def _gain(self, padded: Array, t: Any) -> Array:
        """The averages of the source over the cells."""
        assert self.balance.source is not None
        nodes, weights = self._gauss
        inside = slice(GHOSTS - 2, -(GHOSTS - 2) or None)
        total = None
        for at in np.ndindex(*(len(nodes),) * len(self.space)):
            states = padded[(slice(None), *(inside,) * len(self.space))]
            for axis, k in enumerate(at):
                states = cweno.value(self._polynomial(states, axis), nodes[k] / 2)
            axes = [
                self.cells.along(a, np.arange(n) + 0.5 + nodes[k] / 2)
                for a, (k, n) in enumerate(zip(at, self.cells.counts, strict=True))
            ]
            places = tuple(np.meshgrid(*axes, indexing="ij"))
            share = float(np.prod([weights[k] / 2 for k in at]))
            gain = share * self.at(self.balance.source, places, t)(states)
            total = gain if total is None else total + gain
        assert total is not None
        return total

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
            f = self.at(self.balance.flux[self.space[axis]], self._faces(axis)[0], t)
            rows = rows_between(low, high, 7 if len(self.cells.conserved) == 1 else 3)
            ends = extreme_speeds(jacobian(f, jnp.moveaxis(rows, 0, 1)))
            total = total + jnp.max(jnp.maximum(jnp.abs(ends[0]), jnp.abs(ends[1]))) / width
        return total
