"""The derivatives of fields that are built as u = A + B N, from those of the network N."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._runtime import quick_jit
from .ansatz import Blend, Lift, build_ansatz
from .calculus import Index, Jet, Nested, closure, coordinates_jet, leibniz, order
from .problem import Problem
from .structure import parameter_values
from .targets import Parameters

Rows = dict[Index, Array]
Needs = Mapping[str, frozenset[Index]]
Columns = dict[str, np.ndarray]

PREFIX = "lift"
"""Columns of a batch that hold what an ansatz contributes at its places, which training does not change."""
CHUNK = 2048


class Lifting:
    """The ansatz of each field that has one, and its derivatives.

    They depend on the problem and the points alone, so one lifting serves any number of networks, and what it
    has compiled is used again.
    """

    def __init__(self, problem: Problem, dtype: Any):
        self.problem, self.dtype = problem, jnp.dtype(dtype)
        self.lifts: dict[str, Lift] = build_ansatz(problem)
        self._affine = {field: self._is_affine(lift) for field, lift in self.lifts.items()}
        self._tables: dict[Any, Any] = {}

    def __contains__(self, field: str) -> bool:
        return field in self.lifts

    def bends(self, field: str) -> bool:
        """Whether the ansatz of a field is not affine in the network's output."""
        return field in self.lifts and not self._affine[field]

    def _is_affine(self, lift: Lift) -> bool:
        region = self.problem.domain.interior()
        points = region.place(np.random.default_rng(4).uniform(0.1, 0.9, (4, region.dimension)))
        known = parameter_values(self.problem)
        outputs = jnp.asarray([-1.0, 0.0, 1.0, 2.0])

        def values(point: Array) -> Array:
            return jnp.stack([lift(n, point, known) for n in outputs])

        seen = np.asarray(jax.jit(jax.vmap(values))(jnp.asarray(points)))
        curvature = np.abs(np.diff(seen, 2, axis=1)).max()
        return bool(curvature <= 1e-9 * max(1.0, np.abs(seen).max()))

    # -- ahead of training ----------------------------------------------------------------------------

    def columns(self, points: np.ndarray, needs: Needs) -> Columns:
        """The derivatives of A and B at the stations of points (n, stations, d), as columns of a batch,
        each of shape (n, 2, rows); left out are fields whose ansatz bends, or may hold an unknown parameter."""
        if self.problem.unknowns:
            return {}
        straight = [f for f in self.lifts if self._affine[f] and needs.get(f)]
        return {
            f"{PREFIX}.{station}.{field}": self._tabulated(field, closure(needs[field]), points[:, station])
            for station in range(points.shape[1])
            for field in straight
        }

    def _tabulated(self, field: str, indices: tuple[Index, ...], points: np.ndarray) -> np.ndarray:
        if (field, indices) not in self._tables:
            self._tables[field, indices] = quick_jit(partial(self._table, field, indices))
        parts = []
        for at in range(0, len(points), CHUNK):
            chunk = points[at : at + CHUNK]
            full = np.concatenate([chunk, np.repeat(chunk[:1], CHUNK - len(chunk), axis=0)])
            table = self._tables[field, indices](jnp.asarray(full, self.dtype))
            parts.append(np.asarray(table)[: len(chunk)])
        return np.concatenate(parts)

    def _table(self, field: str, indices: tuple[Index, ...], points: Array) -> Array:
        shift, factor = self._parts(field, points, parameter_values(self.problem), indices)
        nothing = jnp.zeros(points.shape[0], points.dtype)
        rows = [
            jnp.stack([nothing if (row := part[i]) is None else nothing + row for i in indices], axis=1)
            for part in (shift, factor)
        ]
        return jnp.stack(rows, axis=1)

    # -- on the way -----------------------------------------------------------------------------------

    def lifted(self, field: str, raw: Rows, points: Array, known: Parameters, table: Array | None) -> Rows:
        """D(A + B N) by the rule of Leibniz, from the derivatives of N; `table` as in `columns`."""
        indices = tuple(raw)
        if table is None:
            shift, factor = self._parts(field, points, known, indices)
        else:
            shift = {i: table[:, 0, k] for k, i in enumerate(indices)}
            factor = {i: table[:, 1, k] for k, i in enumerate(indices)}
        out = {}
        for index in indices:
            total = shift[index]
            for count, left, right in leibniz(index):
                if (row := factor[left]) is not None:
                    total = total + count * row * raw[right]
            out[index] = total
        return out

    def bent(
        self,
        field: str,
        output: Callable[[Array], Array],
        points: Array,
        known: Parameters,
        indices: tuple[Index, ...],
    ) -> Rows:
        """Derivatives of an ansatz that bends the network's output N, by nested differentiation; `output` is
        N as a function of the field's coordinates."""

        def at(point: Array) -> list[Array]:
            along = self._along(field, point, known)
            found = Nested()(lambda x: along(output(x), x), point[self._axes(field)][None], indices)
            return [found[i][0, 0] for i in indices]

        return dict(zip(indices, jax.vmap(at)(points), strict=True))

    def _axes(self, field: str) -> Array:
        names = self.problem.domain.coordinates
        return jnp.asarray([names.index(c) for c in self.problem.fields[field]])

    def _along(self, field: str, point: Array, known: Parameters) -> Callable[[Array, Array], Array]:
        """The ansatz as a function of (network output, the field's coordinates)."""
        lift, axes = self.lifts[field], self._axes(field)
        return lambda output, inputs: lift(output, point.at[axes].set(inputs), known)

    def _parts(
        self, field: str, points: Array, known: Parameters, indices: tuple[Index, ...]
    ) -> tuple[dict[Index, Array | float], dict[Index, Array | None]]:
        """The derivatives of A and of B: B of a `Blend` by its jet, all else by nested differentiation."""
        lift = self.lifts[field]
        blend = lift if isinstance(lift, Blend) else None
        factor: dict[Index, Array | None] = {}
        if blend is not None:
            jet = blend.vanishing(coordinates_jet(points, indices))
            assert isinstance(jet, Jet)
            factor = {i: None if r is None else r[:, 0] for i, r in zip(jet.indices, jet.rows, strict=True)}
            if blend.constant is not None:
                return {i: blend.constant if order(i) == 0 else 0.0 for i in indices}, factor

        def parts(inputs: Array, point: Array) -> Array:
            along = self._along(field, point, known)
            shift = along(jnp.zeros((), inputs.dtype), inputs)
            if blend is not None:
                return shift[None]
            return jnp.stack([shift, along(jnp.ones((), inputs.dtype), inputs) - shift])

        def at(point: Array) -> list[Array]:
            found = Nested()(lambda x: parts(x, point), point[self._axes(field)][None], indices)
            return [found[i][0] for i in indices]

        rows = dict(zip(indices, jax.vmap(at)(points), strict=True))
        if blend is None:
            factor = {i: rows[i][:, 1] for i in indices}
        return {i: rows[i][:, 0] for i in indices}, factor
