"""The trial space: from a flat vector of parameters to fields, their derivatives and the unknowns."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, PRNGKeyArray

from .ansatz import Blend, Lift, build_ansatz
from .calculus import Index, Jet, Nested, Taylor, closure, coordinates_jet, leibniz, order, zero
from .grouping import Group, Network, assign_networks, check_outputs
from .nn import AbstractArchitecture, AbstractNetwork, Frame, Frozen
from .problem import Problem
from .unknown import Unknown

Tree = tuple[Any, dict[str, Array]]
"""Networks with their trainable arrays, and the free numbers of the unknowns."""

Jets = dict[str, dict[Index, Array]]
Needs = Mapping[str, frozenset[Index]]
LIFT_CHUNK = 2048


def _is_frozen(x: Any) -> bool:
    return isinstance(x, Frozen)


def _frozen_name(path: Any) -> str:
    return "frozen" + jax.tree_util.keystr(path)


def _trains(x: Any) -> bool:
    return not _is_frozen(x) and eqx.is_inexact_array(x)


class TrialSpace:
    """Everything between a vector theta and the fields of a problem.

    `network` is an architecture for all fields, a dict from field to architecture (fields named with
    one key, `"u v"`, share one), or any callable pytree from coordinates (d,) to values (m,), whose
    derivatives are then taken by `Nested`. Raises `ValueError` where networks and fields do not match.
    """

    def __init__(
        self, problem: Problem, network: Network | Mapping[str, Network], *, key: PRNGKeyArray, dtype: Any
    ):
        self.problem = problem
        self.dtype = jnp.dtype(dtype)
        self.lifts: dict[str, Lift] = build_ansatz(problem)
        pairs = assign_networks(problem, network)
        self.groups = tuple(group for group, _ in pairs)
        keys = jax.random.split(key, len(pairs))
        networks = tuple(self._built(g, n, k) for (g, n), k in zip(pairs, keys, strict=True))
        self._engines = tuple(Taylor() if isinstance(n, AbstractNetwork) else Nested() for n in networks)
        trained, self._rest = eqx.partition(networks, _trains, is_leaf=_is_frozen)
        free = {name: u.free().astype(self.dtype) for name, u in problem.unknowns.items()}
        self.initial, self._unravel = ravel_pytree((trained, free))
        self._lift_tables: dict[Any, Any] = {}
        self._affine = {f: self._is_affine(lift) for f, lift in self.lifts.items()}

    def _built(self, group: Group, network: Network, key: PRNGKeyArray) -> Any:
        if not isinstance(network, AbstractArchitecture):
            check_outputs(network, group, self.dtype)
            return network
        lower, upper = self.problem.domain.bounds
        names = tuple(self.problem.domain.coordinates[a] for a in group.axes)
        frame = Frame(names, tuple(lower[a] for a in group.axes), tuple(upper[a] for a in group.axes))
        return network.build(frame, len(group.fields), key=key, dtype=self.dtype)

    def _is_affine(self, lift: Lift) -> bool:
        """Whether an ansatz is A + B N, so that its derivatives follow by the rule of Leibniz."""
        lower, upper = (np.asarray(end) for end in self.problem.domain.bounds)
        points = lower + np.random.default_rng(4).uniform(0.1, 0.9, (4, len(lower))) * (upper - lower)
        known = self.parameters(self.tree(self.initial))
        outputs = jnp.asarray([-1.0, 0.0, 1.0, 2.0])

        def values(point: Array) -> Array:
            return jnp.stack([lift(n, point, known) for n in outputs])

        seen = np.asarray(jax.vmap(values)(jnp.asarray(points)))
        curvature = np.abs(np.diff(seen, 2, axis=1)).max()
        return bool(curvature <= 1e-9 * max(1.0, np.abs(seen).max()))

    @property
    def size(self) -> int:
        """The number of trained parameters, unknowns included."""
        return self.initial.size

    @property
    def width(self) -> int:
        """The widest layer, by which chunks of points are sized."""
        leaves = jax.tree.leaves(self._rest, is_leaf=_is_frozen) + jax.tree.leaves(self.tree(self.initial))
        arrays = [x.value if isinstance(x, Frozen) else x for x in leaves]
        return max((max(a.shape) for a in arrays if getattr(a, "ndim", 0) == 2), default=1)

    def tree(self, theta: Array) -> Tree:
        """theta as networks' trained arrays and free numbers."""
        return self._unravel(theta)

    def parameters(self, tree: Tree) -> dict[str, Array]:
        """All parameters of the laws, the unknown ones at their bounded values."""
        free = tree[1]
        return {
            name: p.value(free[name]) if isinstance(p, Unknown) else jnp.asarray(p, self.dtype)
            for name, p in self.problem.params.items()
        }

    def frozen(self) -> dict[str, np.ndarray]:
        """The arrays of the networks that are not trained, by name."""
        named = jax.tree_util.tree_leaves_with_path(self._rest, is_leaf=_is_frozen)
        return {_frozen_name(path): np.asarray(x.value) for path, x in named if _is_frozen(x)}

    def set_frozen(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Set them, as a file holds them; raises `ValueError` for shapes that do not fit."""

        def given(path: Any, x: Any) -> Any:
            if not _is_frozen(x) or (name := _frozen_name(path)) not in arrays:
                return x
            if arrays[name].shape != x.value.shape:
                raise ValueError(
                    f"{name} has the shape {arrays[name].shape}, the network needs {x.value.shape}."
                )
            return Frozen(jnp.asarray(arrays[name], x.value.dtype))

        self._rest = jax.tree_util.tree_map_with_path(given, self._rest, is_leaf=_is_frozen)

    def lift_rows(self, points: np.ndarray, needs: Needs) -> dict[str, np.ndarray]:
        """The derivatives of A and B of each field's ansatz A + B N at points (n, d), of shape (n, 2, rows).

        They do not change in training, so they are computed once a point, and handed back to `jets`;
        left out are fields whose ansatz bends the network or may hold an unknown parameter.
        """
        if self.problem.unknowns:
            return {}
        tree, out = self.tree(self.initial), {}
        for group in self.groups:
            for field in group.fields:
                if field not in self.lifts or not self._affine[field] or not needs.get(field):
                    continue
                indices = closure(needs[field])
                key = (field, indices)
                if key not in self._lift_tables:
                    self._lift_tables[key] = jax.jit(partial(self._lift_table, field, group, tree, indices))
                parts = []
                for at in range(0, len(points), LIFT_CHUNK):
                    chunk = points[at : at + LIFT_CHUNK]
                    full = np.concatenate([chunk, np.repeat(chunk[:1], LIFT_CHUNK - len(chunk), axis=0)])
                    table = self._lift_tables[key](jnp.asarray(full, self.dtype))
                    parts.append(np.asarray(table)[: len(chunk)])
                out[field] = np.concatenate(parts)
        return out

    def _lift_table(
        self, field: str, group: Group, tree: Tree, indices: tuple[Index, ...], points: Array
    ) -> Array:
        shift, factor = self._parts(field, group, points, tree, indices)
        nothing = jnp.zeros(points.shape[0], points.dtype)
        rows = [
            jnp.stack([nothing if (row := part[i]) is None else nothing + row for i in indices], axis=1)
            for part in (shift, factor)
        ]
        return jnp.stack(rows, axis=1)

    def jets(
        self, tree: Tree, points: Array, needs: Needs, lift_rows: Mapping[str, Array] | None = None
    ) -> Jets:
        """The wanted derivatives of each field at points (n, d), each of shape (n,)."""
        networks = eqx.combine(tree[0], self._rest, is_leaf=_is_frozen)
        out: Jets = {}
        for group, network, engine in zip(self.groups, networks, self._engines, strict=True):
            wanted = {f: closure(needs[f]) for f in group.fields if needs.get(f)}
            if not wanted:
                continue
            bent = {f for f in wanted if f in self.lifts and not self._affine[f]}
            inputs = points[:, list(group.axes)]
            straight = [i for f in wanted if f not in bent for i in wanted[f]]
            rows = engine(network, inputs, straight) if straight else {}
            for column, field in enumerate(group.fields):
                if field in bent:
                    out[field] = self._through(network, column, field, group, points, wanted[field], tree)
                elif field in wanted:
                    raw = {index: rows[index][:, column] for index in wanted[field]}
                    out[field] = raw
                    if field in self.lifts:
                        known = (lift_rows or {}).get(field)
                        out[field] = self._lifted(raw, field, group, points, tree, known)
        return out

    def _of_group(self, field: str, group: Group, point: Array, tree: Tree) -> Any:
        """The lift of a field as a function of (network output, the group's coordinates)."""
        lift, known = self.lifts[field], self.parameters(tree)

        def along(output: Array, inputs: Array) -> Array:
            return lift(output, point.at[jnp.asarray(group.axes)].set(inputs), known)

        return along

    def _lifted(
        self,
        raw: dict[Index, Array],
        field: str,
        group: Group,
        points: Array,
        tree: Tree,
        known: Array | None,
    ) -> dict[Index, Array]:
        """D(A + B N) by the rule of Leibniz."""
        indices = tuple(raw)
        if known is None:
            shift, factor = self._parts(field, group, points, tree, indices)
        else:
            shift = {i: known[:, 0, k] for k, i in enumerate(indices)}
            factor = {i: known[:, 1, k] for k, i in enumerate(indices)}
        out = {}
        for index in indices:
            total = shift[index]
            for count, left, right in leibniz(index):
                if (row := factor[left]) is not None:
                    total = total + count * row * raw[right]
            out[index] = total
        return out

    def _parts(
        self, field: str, group: Group, points: Array, tree: Tree, indices: tuple[Index, ...]
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
            along = self._of_group(field, group, point, tree)
            shift = along(jnp.zeros((), inputs.dtype), inputs)
            if blend is not None:
                return shift[None]
            return jnp.stack([shift, along(jnp.ones((), inputs.dtype), inputs) - shift])

        def at(point: Array) -> list[Array]:
            inputs = point[jnp.asarray(group.axes)]
            found = Nested()(lambda x: parts(x, point), inputs[None], indices)
            return [found[i][0] for i in indices]

        rows = dict(zip(indices, jax.vmap(at)(points), strict=True))
        if blend is None:
            factor = {i: rows[i][:, 1] for i in indices}
        return {i: rows[i][:, 0] for i in indices}, factor

    def _through(
        self,
        network: Any,
        column: int,
        field: str,
        group: Group,
        points: Array,
        indices: tuple[Index, ...],
        tree: Tree,
    ) -> dict[Index, Array]:
        """Derivatives of an ansatz that bends the network's output, by nested differentiation."""

        def at(point: Array) -> list[Array]:
            along = self._of_group(field, group, point, tree)
            inputs = point[jnp.asarray(group.axes)]
            found = Nested()(lambda x: along(jnp.atleast_1d(network(x))[column], x), inputs[None], indices)
            return [found[i][0, 0] for i in indices]

        return dict(zip(indices, jax.vmap(at)(points), strict=True))

    def values(self, tree: Tree, points: Array) -> dict[str, Array]:
        """All fields at points (n, d)."""
        needs = {f: frozenset({zero(len(c))}) for f, c in self.problem.fields.items()}
        return {
            f: rows[zero(len(self.problem.fields[f]))] for f, rows in self.jets(tree, points, needs).items()
        }
