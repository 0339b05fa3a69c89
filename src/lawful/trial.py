"""The trial space: from a flat vector of parameters to fields, their derivatives and the unknowns."""

import copy
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, PRNGKeyArray

from .calculus import Index, Nested, Taylor, closure, raised, zero
from .grouping import Group, Network, assign_networks, check_outputs
from .lifting import PREFIX, Columns, Lifting, Needs
from .nn import AbstractArchitecture, AbstractNetwork, Frame, Frozen, InUnits
from .problem import Problem
from .unknown import Unknown

Tree = tuple[Any, dict[str, Array]]
"""Networks with their trainable arrays, and the free numbers of the unknowns."""

Jets = dict[str, dict[Index, Array]]


def _is_frozen(x: Any) -> bool:
    return isinstance(x, Frozen)


def _frozen_name(path: Any) -> str:
    return "frozen" + jax.tree_util.keystr(path)


def _trains(x: Any) -> bool:
    return not _is_frozen(x) and eqx.is_inexact_array(x)


def _output(network: Any, column: int, inputs: Array) -> Array:
    return jnp.atleast_1d(network(inputs))[column]


def built_networks(
    problem: Problem,
    network: Network | Mapping[str, Network],
    key: PRNGKeyArray,
    dtype: Any,
    units: Mapping[str, float],
) -> list[tuple[Group, Any]]:
    """The networks with their weights, each with the fields it serves."""
    pairs = assign_networks(problem, network)
    lower, upper = problem.domain.bounds
    out: list[tuple[Group, Any]] = []
    for (group, each), own_key in zip(pairs, jax.random.split(key, len(pairs)), strict=True):
        if not isinstance(each, AbstractArchitecture):
            check_outputs(each, group, dtype)
            out.append(
                (group, jax.tree.map(lambda x: x.astype(dtype) if eqx.is_inexact_array(x) else x, each))
            )
            continue
        names = tuple(problem.domain.coordinates[a] for a in group.axes)
        frame = Frame(names, tuple(lower[a] for a in group.axes), tuple(upper[a] for a in group.axes))
        built = each.build(frame, len(group.fields), key=own_key, dtype=dtype)
        # of an antiderivative, so that its slope is of the field's unit
        lengths = {f: (upper[a] - lower[a]) / 2 for f, a in _potential_axes(problem).items()}
        counted = Frozen(jnp.asarray([units.get(f, 1.0) * lengths.get(f, 1.0) for f in group.fields], dtype))
        out.append((group, InUnits(built, counted)))
    for group, each in out:
        _check_antiderivatives(problem, group, each)
    return out


def _check_antiderivatives(problem: Problem, group: Group, network: Any) -> None:
    """Refuse a network that is periodic along the coordinate in which it has to be an antiderivative: the means of
    the fields it gives would be zero."""
    lower, upper = (np.asarray(end)[list(group.axes)] for end in problem.domain.bounds)
    for field in group.fields:
        if field in problem.potentials:
            axis, begin = problem.potentials[field], lower + 0.3 * (upper - lower)
            begin[axis] = lower[axis]
            end = np.where(np.arange(len(begin)) == axis, upper, begin)
            ends = [np.asarray(network(jnp.asarray(place))) for place in (begin, end)]
            if np.allclose(*ends, rtol=1e-5, atol=1e-7 * np.abs(ends[0]).max()):
                name = problem.fields[field][axis]
                raise ValueError(
                    f"the network is periodic in {name}, but Potential() takes it for the antiderivative of {field} in "
                    f"{name}, whose ends differ by the integral of {field}; take another network, such as MLP()."
                )


def _potential_axes(problem: Problem) -> dict[str, int]:
    """By field that a network gives by its slope, the axis of the domain along which."""
    names = problem.domain.coordinates
    return {f: names.index(problem.fields[f][axis]) for f, axis in problem.potentials.items()}


def trained_size(problem: Problem, network: Network | Mapping[str, Network], dtype: Any) -> int:
    """The number of trained parameters, unknowns included."""
    networks = [each for _, each in built_networks(problem, network, jax.random.key(0), jnp.dtype(dtype), {})]
    trained, _ = eqx.partition(networks, _trains, is_leaf=_is_frozen)
    return sum(leaf.size for leaf in jax.tree.leaves(trained)) + len(problem.unknowns)


class TrialSpace:
    """Everything between a vector theta and the fields of a problem.

    `network` is an architecture for all fields, a dict from field to architecture (fields named with
    one key, `"u v"`, share one), or any callable pytree from coordinates (d,) to values (m,), whose
    derivatives are then taken by `Nested`. `units` has, by field, what 1 means at the output of an architecture's
    network; a `lifting` of the same problem may be shared. `width` is the widest layer, by which chunks of points are
    sized. Raises `ValueError` where networks and fields do not match.
    """

    def __init__(
        self,
        problem: Problem,
        network: Network | Mapping[str, Network],
        *,
        key: PRNGKeyArray,
        dtype: Any,
        units: Mapping[str, float] | None = None,
        lifting: Lifting | None = None,
    ):
        self.problem = problem
        self.dtype = jnp.dtype(dtype)
        pairs = built_networks(problem, network, key, self.dtype, units or {})
        self.groups = tuple(group for group, _ in pairs)
        networks = tuple(network for _, network in pairs)
        self._engines = tuple(Taylor() if isinstance(n, AbstractNetwork) else Nested() for n in networks)
        trained, self._rest = eqx.partition(networks, _trains, is_leaf=_is_frozen)
        free = {name: u.free().astype(self.dtype) for name, u in problem.unknowns.items()}
        self.initial, self._unravel = ravel_pytree((trained, free))
        if not self.initial.size:
            raise ValueError("the network has no arrays of real numbers, and so nothing to train.")
        leaves = jax.tree.leaves(networks, is_leaf=_is_frozen)
        arrays = [x.value if isinstance(x, Frozen) else x for x in leaves]
        # found here, not where it is asked for: traced, it would write the initial values into compiled programs
        self.width: int = max((max(a.shape) for a in arrays if getattr(a, "ndim", 0) == 2), default=1)
        self.compiled: dict[Any, Any] = {}  # by condition, what `magnitude` has compiled for this space
        self.lifting = lifting or Lifting(problem, self.dtype)
        self._potentials = problem.potentials

    @property
    def size(self) -> int:
        """The number of trained parameters, unknowns included."""
        return self.initial.size

    def tree(self, theta: Array) -> Tree:
        """theta as networks' trained arrays and free numbers."""
        return self._unravel(theta)

    def networks(self, tree: Tree) -> list[tuple[Group, Any]]:
        """The networks, each with the fields it serves."""
        return list(zip(self.groups, eqx.combine(tree[0], self._rest, is_leaf=_is_frozen), strict=True))

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

    def set_frozen(self, arrays: Mapping[str, np.ndarray | Array]) -> None:
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

    def with_frozen(self, arrays: Mapping[str, np.ndarray | Array]) -> "TrialSpace":
        """The same space with other such arrays, which may be traced."""
        out = copy.copy(self)
        out.compiled = {}
        out.set_frozen(arrays)
        return out

    def lift_columns(self, points: np.ndarray, needs: Needs) -> Columns:
        """What the ansätze contribute at the stations of points (n, stations, d): columns for `batch_jets`."""
        return self.lifting.columns(points, needs)

    def batch_jets(self, tree: Tree, batch: Mapping[str, Array], needs: Needs) -> list[Jets]:
        """The jets at each station of a batch, whose columns may hold those of `lift_columns`."""
        points = batch["points"]
        return [
            self.jets(tree, points[:, at], needs, {f: batch.get(f"{PREFIX}.{at}.{f}") for f in needs})
            for at in range(points.shape[1])
        ]

    def jets(
        self, tree: Tree, points: Array, needs: Needs, tables: Mapping[str, Array | None] | None = None
    ) -> Jets:
        """The wanted derivatives of each field at points (n, d), each of shape (n,)."""
        known, tables = self.parameters(tree), tables or {}
        out: Jets = {}
        for (group, network), engine in zip(self.networks(tree), self._engines, strict=True):
            wanted = {f: self.rows(f, needs[f]) for f in group.fields if needs.get(f)}
            straight = [i for f in wanted if not self.lifting.bends(f) for i in wanted[f]]
            rows = engine(network, points[:, list(group.axes)], straight) if straight else {}
            for column, field in enumerate(group.fields):
                if field not in wanted:
                    continue
                if self.lifting.bends(field):
                    output = partial(_output, network, column)
                    out[field] = self.lifting.bent(field, output, points, known, wanted[field])
                    continue
                if field in self._potentials:
                    out[field] = {i: rows[self._raised(field, i)][:, column] for i in needs[field]}
                    continue
                raw = {index: rows[index][:, column] for index in wanted[field]}
                if field in self.lifting:
                    raw = self.lifting.lifted(field, raw, points, known, tables.get(field))
                out[field] = raw
        return out

    def rows(self, field: str, indices: Iterable[Index]) -> tuple[Index, ...]:
        """The derivatives of a network's output that these of the field need."""
        return closure(self._raised(field, i) for i in indices)

    def _raised(self, field: str, index: Index) -> Index:
        """The derivative of a network's output that is this one of the field."""
        return raised(index, self._potentials[field]) if field in self._potentials else index

    def values(self, tree: Tree, points: Array) -> dict[str, Array]:
        """All fields at points (n, d)."""
        needs = {f: frozenset({zero(len(c))}) for f, c in self.problem.fields.items()}
        return {
            f: rows[zero(len(self.problem.fields[f]))] for f, rows in self.jets(tree, points, needs).items()
        }
