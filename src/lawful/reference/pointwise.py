"""The statement of a condition as a function of numbers: the values of its slots at many places, and time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .._runtime import quick_jit
from ..calculus import Index, Laplacian
from ..conditions import Bound
from ..once import once
from ..problem import Problem
from ..structure import Slot, parameter_values

Compiled = dict[str, Callable[..., Any]]


def slots_of(bound: Bound) -> list[Slot]:
    """The (field, index) pairs that a condition reads, in a fixed order."""
    return [(f, i) for f in bound.needs for i in sorted(bound.needs[f], key=str)]


def order_in_time(problem: Problem, slot: Slot) -> int:
    field, index = slot
    coordinates = problem.fields[field]
    if isinstance(index, Laplacian) or problem.domain.time not in coordinates:
        return 0
    return index[coordinates.index(problem.domain.time)]


@dataclass(frozen=True)
class Statement:
    """A condition at places `points` (P, d), read from slots (S, P); time is an argument of its own.

    Every method returns one row a term: `values` and `rates` (T, P), `slopes` (T, S, P). They compile once a
    problem and power of two of places.
    """

    problem: Problem
    bound: Bound
    points: np.ndarray

    @property
    def slots(self) -> list[Slot]:
        return slots_of(self.bound)

    @cached_property
    def _batch(self) -> dict[str, jax.Array]:
        count = len(self.points)
        padded = max(8, 1 << (count - 1).bit_length())
        rows = np.minimum(np.arange(padded), count - 1)
        batch = self.bound.batch(np.asarray(self.points, float)[rows])
        return {name: jnp.asarray(column) for name, column in batch.items()}

    @cached_property
    def _known(self) -> dict[str, jax.Array]:
        return {k: jnp.asarray(v, float) for k, v in parameter_values(self.problem).items()}

    @cached_property
    def _functions(self) -> Compiled:
        return _compiled(self.problem, self.bound.name)

    def _call(self, what: str, t: float, *stacks: np.ndarray) -> np.ndarray:
        padded = len(self._batch["points"])
        count = len(self.points)
        full = [np.zeros((len(self.slots), padded)) for _ in stacks]
        for target, stack in zip(full, stacks, strict=True):
            target[:, :count] = stack
            target[:, count:] = stack[:, -1:]
        found = self._functions[what](self._batch, self._known, np.float64(t), *full)
        return np.asarray(found)[..., :count]

    def values(self, slots: np.ndarray, t: float = 0.0) -> np.ndarray:
        """The residuals."""
        return self._call("values", t, slots)

    def slopes(self, slots: np.ndarray, t: float = 0.0) -> np.ndarray:
        """The derivatives of the residuals by the slots."""
        return self._call("slopes", t, slots)

    def rates(self, slots: np.ndarray, first: np.ndarray, t: float) -> np.ndarray:
        """The first derivative in time of the residuals, where slots move at the rate `first`."""
        return self._call("rates", t, slots, first)

    def accelerations(self, slots: np.ndarray, first: np.ndarray, second: np.ndarray, t: float) -> np.ndarray:
        """The second derivative in time of the residuals."""
        return self._call("accelerations", t, slots, first, second)


def traced(problem: Problem, bound: Bound) -> Callable[..., Any]:
    """The function (numbers (S,), place, known parameters, t) -> residuals (T,), to be traced by JAX; `place` holds the
    columns of the condition's batch at one point."""
    slots = slots_of(bound)
    time = problem.domain.time
    axis = problem.domain.coordinates.index(time) if time else None

    def at_place(numbers: Any, place: dict[str, Any], known: Any, t: Any) -> Any:
        point = place["points"]
        if axis is not None:
            point = jnp.where(jnp.arange(len(problem.domain.coordinates)) == axis, t, point)
        table: dict[str, dict[Index, Any]] = {f: {} for f in bound.needs}
        for (f, index), number in zip(slots, numbers, strict=True):
            table[f][index] = number
        extra = {k: v for k, v in place.items() if k != "points"}
        found = bound.residual([table], point, known, extra)
        return jnp.stack([jnp.asarray(found[term], float) for term in bound.terms])

    return at_place


@once
def _compiled(problem: Problem, condition: str) -> Compiled:
    at_place = traced(problem, problem.conditions[condition])

    def moving(s: Any, ds: Any, dds: Any, place: Any, known: Any, t: Any) -> Callable[[Any], Any]:
        return lambda tau: at_place(s + tau * ds + tau**2 / 2 * dds, place, known, t + tau)

    def rate(place: Any, known: Any, t: Any, s: Any, ds: Any) -> Any:
        path = moving(s, ds, jnp.zeros_like(s), place, known, t)
        return jax.jvp(path, (0.0,), (1.0,))[1]

    def acceleration(place: Any, known: Any, t: Any, s: Any, ds: Any, dds: Any) -> Any:
        path = moving(s, ds, dds, place, known, t)
        return jax.jvp(lambda tau: jax.jvp(path, (tau,), (1.0,))[1], (0.0,), (1.0,))[1]

    def many(function: Callable[..., Any], stacks: int) -> Callable[..., Any]:
        axes = (0, None, None, *([1] * stacks))
        return quick_jit(jax.vmap(function, in_axes=axes, out_axes=-1))

    return {
        "values": many(lambda place, known, t, s: at_place(s, place, known, t), 1),
        "slopes": many(lambda place, known, t, s: jax.jacfwd(at_place)(s, place, known, t), 1),
        "rates": many(rate, 2),
        "accelerations": many(acceleration, 3),
    }
