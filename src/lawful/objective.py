"""The waist: named residuals of a parameter vector, and all that optimizers ask of them.

It alone knows where the work runs. Points are sharded over the devices there are (one CPU device a
core, GPUs, hosts under jax.distributed) and swept in chunks that fit a core's cache; every sum is
taken chunk by chunk, then over devices.
"""

import operator
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as Spec
from jaxtyping import Array, Float

from .conditions import Bound
from .trial import Tree, TrialSpace

AXIS = "points"
Dataset = dict[str, dict[str, Array]]
"""By condition: columns of points, whose first axis is sharded. The column `weight` is a point's share
m_n / N of a mean over N points, and zero where padded."""

CACHE_BYTES = 400_000
"""What one chunk's derivative rows of the widest layer may hold on a CPU core (measured)."""
LEAST_CHUNK = 32
LEAST_POINTS_A_DEVICE = 128


def device_mesh(points: int) -> Mesh:
    """A mesh over all devices of all hosts, or over fewer local ones where points are few."""
    devices = jax.devices()
    if jax.process_count() == 1:
        devices = devices[: max(1, min(len(devices), points // LEAST_POINTS_A_DEVICE))]
    return Mesh(np.asarray(devices), (AXIS,))


def gathered(x: Array) -> np.ndarray:
    """An array of any sharding, whole, on this host."""
    if x.is_fully_addressable:
        return np.asarray(x)
    from jax.experimental.multihost_utils import process_allgather

    return np.asarray(process_allgather(x, tiled=True))


def agreed(x: Any) -> Any:
    """A host's number, such as one read off its clock, as the first host has it: so that all decide alike."""
    if jax.process_count() == 1:
        return x
    from jax.experimental.multihost_utils import broadcast_one_to_all

    return type(x)(broadcast_one_to_all(np.asarray(x)))


class Objective:
    """Residual vectors r_i(theta) by name, over datasets.

    A loss is sum_i w_i mean_n(m_n |r_in|^2) with a weight w_i a term and m_n a point. All methods take
    theta, a dataset made by `place`, and where they say so the weights (terms,); all can be traced, and
    `jitted` holds them compiled. `stated` is 1 for terms of the problem, 0 for those of a regulariser.
    """

    def __init__(self, space: TrialSpace, conditions: Mapping[str, Bound], mesh: Mesh):
        self.space = space
        self.conditions = {name: b for name, b in conditions.items() if b.terms}
        self.terms = tuple(t for b in self.conditions.values() for t in b.terms)
        self.stated = np.asarray(
            [not b.regularises for b in self.conditions.values() for _ in b.terms], float
        )
        self.mesh = mesh
        names = ("residuals", "value_and_grad", "mean_squares", "jacobian", "kernel_traces", "term_gradients")
        self.jitted = SimpleNamespace(**{name: self._jitted(name) for name in names})

    def with_frozen(self, arrays: Mapping[str, np.ndarray | Array]) -> "Objective":
        """The same with other arrays that are not trained, which may be traced."""
        return Objective(self.space.with_frozen(arrays), self.conditions, self.mesh)

    @property
    def frozen(self) -> dict[str, np.ndarray]:
        """The arrays that are not trained."""
        return self.space.frozen()

    def of_frozen(self, ask: Callable[["Objective"], Callable[..., Any]]) -> Callable[..., Any]:
        """What is asked of an objective, as a function that takes the arrays that are not trained before its own
        arguments: seeds that differ by them share its compiled program."""

        def function(frozen: Mapping[str, Array], *arguments: Any) -> Any:
            return ask(self.with_frozen(frozen))(*arguments)

        return function

    def _jitted(self, name: str) -> Callable[..., Any]:
        compiled = jax.jit(self.of_frozen(operator.attrgetter(name)))
        return lambda *arguments: compiled(self.frozen, *arguments)

    # -- data ---------------------------------------------------------------------------------------

    def place(self, batches: Mapping[str, Mapping[str, np.ndarray]]) -> Dataset:
        """Pad, shard and send columns to the devices; a column `weight` is 1 where none is given."""
        return {name: self._place_one(name, columns) for name, columns in batches.items()}

    def _place_one(self, name: str, columns: Mapping[str, np.ndarray]) -> dict[str, Array]:
        count = len(columns["points"])
        devices = self.mesh.size
        chunks = -(-count // (devices * self._chunk(name)))
        full = devices * chunks * -(-count // (devices * chunks))
        weight = np.asarray(columns.get("weight", np.ones(count)))
        columns = {**columns, "weight": weight / count}
        columns |= self.space.lift_columns(np.asarray(columns["points"], float), self.conditions[name].needs)
        out = {}
        for key, column in columns.items():
            padded = np.concatenate([column, np.repeat(column[:1], full - count, axis=0)])
            if key == "weight":
                padded[count:] = 0.0
            sharding = NamedSharding(self.mesh, Spec(AXIS))
            out[key] = jax.device_put(padded.astype(self.space.dtype), sharding)
        return out

    def replicate(self, tree: Any) -> Any:
        """Put a pytree on every device of the mesh."""
        return jax.device_put(tree, NamedSharding(self.mesh, Spec()))

    def _chunk(self, name: str) -> int:
        if jax.default_backend() != "cpu":
            return 65_536
        if self.conditions[name].regularises:
            return LEAST_CHUNK  # with several residuals a place the rows of J are many
        rows = max(len(self.space.rows(f, i)) for f, i in self.conditions[name].needs.items())
        row = rows * self.space.width * self.space.dtype.itemsize
        return int(np.clip(CACHE_BYTES // row, LEAST_CHUNK, 4096))

    # -- residuals ----------------------------------------------------------------------------------

    def _residuals(self, tree: Tree, name: str, batch: dict[str, Array]) -> dict[str, Array]:
        """The residuals of one condition at a batch of places, by term, in the precision of the space: constants of
        NumPy in a law are of double precision."""
        return {term: r.astype(self.space.dtype) for term, r in self._stated(tree, name, batch).items()}

    def _stated(self, tree: Tree, name: str, batch: dict[str, Array]) -> dict[str, Array]:
        bound = self.conditions[name]
        if bound.regularises:
            return bound.residual(self.space.networks(tree), batch["points"][:, 0])
        known = self.space.parameters(tree)
        jets = self.space.batch_jets(tree, batch, bound.needs)
        extra = {k: v for k, v in batch.items() if k != "points"}

        def one(values: Any, place: Array, more: dict[str, Array]) -> dict[str, Array]:
            return bound.residual(values, place, known, more)

        return jax.vmap(one)(jets, batch["points"], extra)

    def residuals(self, theta: Array, data: Dataset) -> dict[str, Array]:
        """The residual of each term at each place (padding included)."""

        def local(theta: Array, data: Dataset) -> dict[str, Array]:
            tree = self.space.tree(theta)
            out: dict[str, Array] = {}
            for name, batch in data.items():
                chunks = self._chunked(name, batch)
                parts = jax.lax.map(lambda c, name=name: self._residuals(tree, name, c), chunks)
                out |= {term: part.reshape(-1, *part.shape[2:]) for term, part in parts.items()}
            return out

        return self._sharded(local, Spec(AXIS))(theta, data)

    # -- sums over points ---------------------------------------------------------------------------

    def value_and_grad(
        self, theta: Array, data: Dataset, weights: Float[Array, " terms"]
    ) -> tuple[Array, Array, Float[Array, " terms"]]:
        """The loss, its gradient by theta, and the mean square of each term."""

        def chunk_loss(tree: Tree, name: str, batch: dict[str, Array]) -> tuple[Array, Array]:
            squares = self._mean_squares(self._residuals(tree, name, batch), batch)
            return jnp.sum(weights.astype(self.space.dtype) * squares), squares

        def local(theta: Array, data: Dataset) -> tuple[Array, Any, Array]:
            tree = self.space.tree(theta)
            start = (jnp.zeros((), theta.dtype), jax.tree.map(jnp.zeros_like, tree), self._no_terms(theta))

            def one(name: str, batch: dict[str, Array]) -> tuple[Array, Any, Array]:
                (value, squares), slope = jax.value_and_grad(chunk_loss, has_aux=True)(tree, name, batch)
                return value, slope, squares

            value, slope, squares = self._sum(one, start, data)
            return value, ravel_pytree(slope)[0], squares

        return self._sharded(local, Spec())(theta, data)

    def mean_squares(self, theta: Array, data: Dataset) -> Float[Array, " terms"]:
        """The mean square of each term."""

        def local(theta: Array, data: Dataset) -> Array:
            tree = self.space.tree(theta)

            def one(name: str, batch: dict[str, Array]) -> Array:
                return self._mean_squares(self._residuals(tree, name, batch), batch)

            return self._sum(one, self._no_terms(theta), data)

        return self._sharded(local, Spec())(theta, data)

    def gauss_newton(
        self, theta: Array, data: Dataset, weights: Float[Array, " terms"]
    ) -> tuple[Float[Array, "p p"], Float[Array, " p"], Float[Array, " terms"]]:
        """J^T J and J^T r of the weighted residual vector, and the mean square of each term."""

        def local(theta: Array, data: Dataset) -> Any:
            size = theta.size
            start = (jnp.zeros((size, size), theta.dtype), jnp.zeros_like(theta), self._no_terms(theta))

            def one(name: str, batch: dict[str, Array]) -> Any:
                rows, r, squares = self._rows(theta, name, batch, weights)
                return rows.T @ rows, rows.T @ r, squares

            return self._sum(one, start, data)

        return self._sharded(local, Spec())(theta, data)

    def jacobian(
        self, theta: Array, data: Dataset, weights: Float[Array, " terms"]
    ) -> tuple[Float[Array, "rows p"], Float[Array, " rows"]]:
        """The weighted residual vector r, with |r|^2 the loss, and its Jacobian."""

        def local(theta: Array, data: Dataset) -> Any:
            rows, residuals = [], []
            for name, batch in data.items():
                chunks = self._chunked(name, batch)
                part, r, _ = jax.lax.map(lambda c, name=name: self._rows(theta, name, c, weights), chunks)
                rows.append(part.reshape(-1, theta.size))
                residuals.append(r.reshape(-1))
            return jnp.concatenate(rows), jnp.concatenate(residuals)

        return self._sharded(local, Spec(AXIS))(theta, data)

    def kernel_traces(self, theta: Array, data: Dataset) -> Float[Array, " terms"]:
        """The trace of each diagonal block of the tangent kernel J J^T, over its number of points."""

        def local(theta: Array, data: Dataset) -> Array:
            def one(name: str, batch: dict[str, Array]) -> Array:
                slopes = self._slopes(theta, name, batch)
                sizes = {
                    term: jnp.sqrt(jnp.sum(s * s, axis=tuple(range(1, s.ndim)))) for term, s in slopes.items()
                }
                return self._mean_squares(sizes, batch)

            return self._sum(one, self._no_terms(theta), data)

        return self._sharded(local, Spec())(theta, data)

    def term_gradients(self, theta: Array, data: Dataset) -> Float[Array, "terms p"]:
        """The gradient by theta of each term's mean square."""

        def local(theta: Array, data: Dataset) -> Array:
            start = jnp.zeros((len(self.terms), theta.size), theta.dtype)

            def one(name: str, batch: dict[str, Array]) -> Array:
                def squares(theta: Array) -> Array:
                    r = self._residuals(self.space.tree(theta), name, batch)
                    return self._mean_squares(r, batch)

                return jax.jacrev(squares)(theta)

            return self._sum(one, start, data)

        return self._sharded(local, Spec())(theta, data)

    # -- within one device --------------------------------------------------------------------------

    def _sharded(self, local: Callable[..., Any], out: Spec) -> Callable[..., Any]:
        """Run `local` on each device's share of the points."""
        if self.mesh.size == 1:
            return local
        return jax.shard_map(
            local, mesh=self.mesh, in_specs=(Spec(), Spec(AXIS)), out_specs=out, check_vma=False
        )

    def _chunked(self, name: str, batch: dict[str, Array]) -> dict[str, Array]:
        count = batch["points"].shape[0]
        chunks = -(-count // self._chunk(name))
        return {k: v.reshape(chunks, count // chunks, *v.shape[1:]) for k, v in batch.items()}

    def _sum(self, one: Callable[[str, dict[str, Array]], Any], start: Any, data: Dataset) -> Any:
        """Add up `one` over all chunks of all conditions, then over devices."""
        total = start
        for name, batch in data.items():
            chunks = self._chunked(name, batch)
            if chunks["points"].shape[0] == 1:
                part = one(name, {k: v[0] for k, v in chunks.items()})
                total = jax.tree.map(jnp.add, total, part)
                continue

            def body(total: Any, chunk: dict[str, Array], name: str = name) -> tuple[Any, None]:
                return jax.tree.map(jnp.add, total, one(name, chunk)), None

            total, _ = jax.lax.scan(body, total, chunks)
        return jax.lax.psum(total, AXIS) if self.mesh.size > 1 else total

    def _no_terms(self, theta: Array) -> Array:
        return jnp.zeros((len(self.terms),), theta.dtype)

    def _mean_squares(self, residuals: Mapping[str, Array], batch: dict[str, Array]) -> Array:
        """This batch's part of each term's weighted mean square."""
        own = {term: jnp.sum(_along(batch["weight"], r) * r * r) for term, r in residuals.items()}
        nothing = jnp.zeros((), batch["weight"].dtype)
        return jnp.stack([own.get(term, nothing) for term in self.terms])

    def _slopes(self, theta: Array, name: str, batch: dict[str, Array]) -> dict[str, Array]:
        """The derivative by theta of each residual at each place: by term, (places, ..., parameters)."""

        def single(theta: Array, row: dict[str, Array]) -> dict[str, Array]:
            lone = {k: v[None] for k, v in row.items()}
            return {term: r[0] for term, r in self._residuals(self.space.tree(theta), name, lone).items()}

        return jax.vmap(jax.jacrev(single), in_axes=(None, 0))(theta, batch)

    def _rows(
        self, theta: Array, name: str, batch: dict[str, Array], weights: Array
    ) -> tuple[Array, Array, Array]:
        slopes = self._slopes(theta, name, batch)
        residuals = self._residuals(self.space.tree(theta), name, batch)
        squares = self._mean_squares(residuals, batch)
        rows, values = [], []
        for term in self.conditions[name].terms:
            scale = jnp.sqrt(batch["weight"] * weights[self.terms.index(term)].astype(theta.dtype))
            rows.append((slopes[term] * _along(scale, slopes[term])).reshape(-1, theta.size))
            values.append((residuals[term] * _along(scale, residuals[term])).reshape(-1))
        return jnp.concatenate(rows), jnp.concatenate(values), squares


def _along(places: Array, residual: Array) -> Array:
    """A number a place, beside residuals with one number or several a place."""
    return places.reshape(-1, *(1,) * (residual.ndim - 1))
