"""Periodic fields as Fourier series: a law split into a linear part, a matrix a wave number, and the rest."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ...calculus import Laplacian
from ...conditions import Bound
from ...domain import Box
from ...problem import Problem
from ...structure import Pointwise, Slot, parameter_values
from ..applicability import orders_in_time
from ..pointwise import Statement, order_in_time, slots_of, traced


@dataclass(frozen=True)
class Component:
    """A field, or one of its derivatives in time below the order of its law."""

    field: str
    order: int


def components_of(problem: Problem) -> list[Component]:
    """The state's components, in the order of the fields."""
    orders = orders_in_time(problem)
    return [Component(f, k) for f in problem.fields for k in range(max(orders[f], 1))]


class Waves:
    """A grid of `counts` points along the coordinates of space, and the wave numbers of the real transform."""

    def __init__(self, problem: Problem, counts: tuple[int, ...]):
        assert isinstance(problem.domain, Box)
        self.problem, self.counts = problem, counts
        self.orders = orders_in_time(problem)
        self.components = components_of(problem)
        self.intervals = [problem.domain.interval(c) for c in problem.domain.space]
        self.shape = (*counts[:-1], counts[-1] // 2 + 1)

    @cached_property
    def numbers(self) -> list[np.ndarray]:
        """The wave number along each axis, of shape `shape`."""
        lengths = [b - a for a, b in self.intervals]
        axes = [2 * np.pi * np.fft.fftfreq(n, w / n) for n, w in zip(self.counts, lengths, strict=True)]
        axes[-1] = 2 * np.pi * np.fft.rfftfreq(self.counts[-1], lengths[-1] / self.counts[-1])
        return list(np.meshgrid(*axes, indexing="ij"))

    @cached_property
    def kept(self) -> np.ndarray:
        """Where a product of two waves is not mistaken for a longer one: the lower two thirds along each axis."""
        mask = np.ones(self.shape, bool)
        for k, n, (a, b) in zip(self.numbers, self.counts, self.intervals, strict=True):
            mask &= np.abs(k) * (b - a) / (2 * np.pi) <= n / 3
        return mask

    def points(self, t: float = 0.0) -> np.ndarray:
        """The grid, over all coordinates of the domain."""
        axes = [a + (b - a) * np.arange(n) / n for n, (a, b) in zip(self.counts, self.intervals, strict=True)]
        mesh = [m.ravel() for m in np.meshgrid(*axes, indexing="ij")]
        assert isinstance(self.problem.domain, Box)
        columns = dict(zip(self.problem.domain.space, mesh, strict=True))
        full = np.full(len(mesh[0]), t)
        return np.stack([columns.get(c, full) for c in self.problem.domain.coordinates], axis=1)

    def multiplier(self, slot: Slot) -> np.ndarray:
        """What a wave is multiplied by for a derivative in space, of shape `shape`; time is left out."""
        field, index = slot
        coordinates = self.problem.fields[field]
        if isinstance(index, Laplacian):
            units = (tuple(2 * (a == b) for b in range(len(coordinates))) for a in index.axes)
            return np.sum([self.multiplier((field, u)) for u in units], axis=0)
        out = np.ones(self.shape, complex)
        assert isinstance(self.problem.domain, Box)
        for k, c in zip(self.numbers, self.problem.domain.space, strict=True):
            out = out * (1j * k) ** index[coordinates.index(c)]
        return out * self.kept

    def transform(self, values: np.ndarray) -> np.ndarray:
        """Waves (modes,) from values at the grid's points."""
        return (np.fft.rfftn(values.reshape(self.counts)) * self.kept).ravel()

    def at(self, waves: np.ndarray, points: np.ndarray) -> np.ndarray:
        """The series (modes,) at scattered points (n, axes)."""
        rest = waves.reshape(self.shape) / np.prod(self.counts)
        doubled = np.full(self.shape[-1], 2.0)
        doubled[0] = 1.0
        rest = rest * doubled
        out: np.ndarray | None = None
        for axis, (a, _) in enumerate(self.intervals):
            k = np.moveaxis(self.numbers[axis], axis, 0).reshape(self.shape[axis], -1)[:, 0]
            phases = np.exp(1j * np.outer(points[:, axis] - a, k))
            out = np.tensordot(phases, rest, 1) if out is None else np.einsum("nk,nk...->n...", phases, out)
        assert out is not None
        return np.real(out)


class Split:
    """M_k u' = A_k u + (rest): the laws, linearised about a state, and what is left of them.

    `slopes[law row][slot]` are means of the residual's derivatives over the grid at that state; any choice is
    exact, since the rest is the residual less the linear part. Unknowns without a derivative in time, such as a
    pressure, are eliminated: the linear equations in them hold for the rates too.
    """

    def __init__(self, waves: Waves, values: np.ndarray, t: float):
        self.waves, problem = waves, waves.problem
        self.bounds: list[Bound] = [b for b in problem.conditions.values() if b.governs]
        self.known = {k: jnp.asarray(v, float) for k, v in parameter_values(problem).items()}
        points = waves.points(t)
        self.batches = [{k: jnp.asarray(v) for k, v in b.batch(points).items()} for b in self.bounds]
        self.means = []
        for bound in self.bounds:
            statement = Statement(problem, bound, points)
            stack = self._stack(bound, values)
            self.means.append(statement.slopes(stack, t).mean(axis=2))
        modes = int(np.prod(waves.shape))
        n = len(waves.components)
        names = list(problem.fields)
        self.dynamic = [f for f in names if waves.orders[f] > 0]
        tops = [waves.components.index(Component(f, waves.orders[f] - 1)) for f in self.dynamic]
        algebraic = [waves.components.index(Component(f, 0)) for f in names if waves.orders[f] == 0]
        rows = sum(len(b.terms) for b in self.bounds)
        mass = np.zeros((modes, rows, len(self.dynamic)), complex)
        linear = np.zeros((modes, rows, n), complex)
        at = 0
        for bound, means in zip(self.bounds, self.means, strict=True):
            for number, slot in enumerate(slots_of(bound)):
                factor = waves.multiplier(slot).ravel()
                order = order_in_time(problem, slot)
                for term in range(len(bound.terms)):
                    if order == waves.orders[slot[0]] and order > 0:
                        mass[:, at + term, self.dynamic.index(slot[0])] += means[term, number] * factor
                    else:
                        column = waves.components.index(Component(slot[0], order))
                        linear[:, at + term, column] += means[term, number] * factor
            at += len(bound.terms)
        self.algebraic = [waves.components[k].field for k in algebraic]
        self.L, self.gain, self.values_L, self.values_gain = _solved_for_rates(
            mass, linear, tops, algebraic, waves
        )

    def _stack(self, bound: Bound, values: np.ndarray) -> np.ndarray:
        """The slots of a law on the grid (slots, points), from waves (modes, n); those of the rates are zero."""
        waves = self.waves
        rows = []
        for slot in slots_of(bound):
            order = order_in_time(waves.problem, slot)
            if order == waves.orders[slot[0]] and order > 0:
                rows.append(np.zeros(int(np.prod(waves.counts))))
                continue
            column = waves.components.index(Component(slot[0], order))
            product = (waves.multiplier(slot).ravel() * values[:, column]).reshape(waves.shape)
            rows.append(np.fft.irfftn(product, waves.counts, axes=range(len(waves.counts))).ravel())
        return np.stack(rows)

    @cached_property
    def arrays(self) -> Any:
        """All arrays that the rest reads, to be handed to a compiled function."""
        waves = self.waves
        multipliers = [jnp.asarray(waves.multiplier(slot)) for slot in _slots_of_all(self.bounds)]
        means = [jnp.asarray(m) for m in self.means]
        return self.batches, multipliers, means, jnp.asarray(waves.kept), self.known


def rest_of(problem: Problem) -> Callable[..., Any]:
    """The traced function (numbers of a split, waves (modes, n), t) -> the laws less their linear part, (modes, rows)
    in waves. A slot that several laws read is brought to the grid once."""
    bounds = [b for b in problem.conditions.values() if b.governs]
    slots = _slots_of_all(bounds)
    residuals = [traced(problem, b) for b in bounds]
    constant = [_constant_slots(problem, b) for b in bounds]
    orders = orders_in_time(problem)
    components = components_of(problem)

    def function(numbers: Any, u: Any, t: Any) -> Any:
        batches, multipliers, means, kept, known = numbers
        size = len(batches[0]["points"])
        counts = (*kept.shape[:-1], size // max(int(np.prod(kept.shape[:-1])), 1))
        grids: dict[Slot, Any] = {}

        def on_grid(slot: Slot) -> Any:
            if slot not in grids:
                column = components.index(Component(slot[0], order_in_time(problem, slot)))
                product = multipliers[slots.index(slot)] * u[:, column].reshape(kept.shape)
                grids[slot] = jnp.fft.irfftn(product, counts).ravel()
            return grids[slot]

        rows = []
        for bound, residual, skipped, batch, mean in zip(
            bounds, residuals, constant, batches, means, strict=True
        ):
            idle = skipped | {s for s in slots_of(bound) if order_in_time(problem, s) == orders[s[0]] > 0}
            values = jnp.stack([jnp.zeros(size) if s in idle else on_grid(s) for s in slots_of(bound)])
            whole = jax.vmap(residual, in_axes=(1, 0, None, None), out_axes=1)(values, batch, known, t)
            left = whole - mean @ values
            rows += [(jnp.fft.rfftn(row.reshape(counts)) * kept).ravel() for row in left]
        return jnp.stack(rows, axis=1)

    return function


def _slots_of_all(bounds: list[Bound]) -> list[Slot]:
    """The slots that any of the conditions reads, each once."""
    return list(dict.fromkeys(slot for bound in bounds for slot in slots_of(bound)))


def _constant_slots(problem: Problem, bound: Bound) -> set[Slot]:
    """The slots in which a law is linear with a factor that never varies: nothing of them is left in the rest."""
    law = Pointwise(problem, bound)
    rng = np.random.default_rng(5)
    seen = [law.slopes(rng.standard_normal((law.places, len(law.slots)))) for _ in range(2)]
    slopes = np.concatenate([found[term] for found in seen for term in bound.terms], axis=0)
    per_term = slopes.reshape(2, len(bound.terms), law.places, len(law.slots))
    return {s for k, s in enumerate(law.slots) if not np.ptp(per_term[..., k], axis=(0, 2)).any()}


def applied(matrices: Any, u: Any) -> Any:
    """Matrices (modes, i, j) times (modes, j); small ones are quicker by sums than as a batch of products."""
    return (matrices * u[:, None, :]).sum(axis=-1)


def _solved_for_rates(
    mass: np.ndarray, linear: np.ndarray, tops: list[int], algebraic: list[int], waves: Waves
) -> tuple[np.ndarray, ...]:
    """L (modes, n, n) and the gain (modes, n, rows) of u' = L u + gain @ rest; and the same for the fields without
    a rate themselves.

    With G the columns of these fields and C the rows that hold no rate, the rates d' and the fields a
    solve [M G; C 0] (d', a) = -(A d + rest): an incompressible flow's pressure. A wave on which they do not
    act (the mean of a pressure) is left at zero by the pseudo-inverse.
    """
    modes, rows, moving = mass.shape
    n = linear.shape[-1]
    square = np.concatenate([mass, linear[:, :, algebraic]], axis=2)
    moved = linear.copy()
    moved[:, :, algebraic] = 0.0
    held = np.abs(mass).max(axis=(0, 2)) == 0
    square[:, held, :moving] = linear[:, held][:, :, tops]
    moved[:, held] = 0.0
    size = np.abs(square).max(axis=2, keepdims=True)
    size[size == 0] = 1.0
    inverse = -np.linalg.pinv(square / size, rcond=1e-12) / np.swapaxes(size, 1, 2)
    inverse[:, :, held] = 0.0
    L = np.zeros((modes, n, n), complex)
    gain = np.zeros((modes, n, rows), complex)
    L[:, tops] = inverse[:, :moving] @ moved
    gain[:, tops] = inverse[:, :moving]
    for at, component in enumerate(waves.components):
        if component.order + 1 < waves.orders[component.field]:
            L[:, at, waves.components.index(Component(component.field, component.order + 1))] = 1.0
    return L, gain, inverse[:, moving:] @ moved, inverse[:, moving:]
