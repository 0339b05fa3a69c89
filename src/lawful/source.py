"""Where a solution's values come from: a trained network, or the reference."""

import abc
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .calculus import HIGHEST_ORDER, Index, zero
from .problem import Problem
from .reference import Judged, Unsolved, reference_of
from .trial import TrialSpace

CHUNK = 8192
HIGHEST_DIFFERENCE = 2
"""The order up to which a reference is differentiated where nobody asked for it."""


class AbstractSource(abc.ABC):
    """Where the values of a solution come from."""

    @abc.abstractmethod
    def derivative(self, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        """A derivative of a field at points (n, d) of the problem's coordinates, of shape (n,)."""

    @abc.abstractmethod
    def account(self, points: np.ndarray) -> Judged | None:
        """The values at points (n, d) with an estimate of their error; None where the source makes none."""

    @property
    @abc.abstractmethod
    def highest_order(self) -> int:
        """Of the derivatives that it gives."""

    @abc.abstractmethod
    def parameters(self) -> dict[str, np.ndarray]:
        """All numbers by which the values can be computed again; empty where nothing was trained."""


class NetworkSource(AbstractSource):
    """A trained network, its derivatives by the engine that trained it."""

    def __init__(self, space: TrialSpace, theta: np.ndarray):
        self.space, self.theta = space, np.asarray(theta)
        self._evaluate: dict[tuple[str, Index], Callable[..., Any]] = {}

    def derivative(self, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        key = (field, index)
        if key not in self._evaluate:

            def evaluate(frozen: Any, theta: Any, points: Any) -> Any:
                space = self.space.with_frozen(frozen)
                jets = space.jets(space.tree(theta), points, {field: frozenset({index})})
                return jets[field][index]

            self._evaluate[key] = jax.jit(evaluate)
        count, frozen = len(points), self.space.frozen()
        size = min(CHUNK, count) if count else 1
        parts = []
        for at in range(0, count, size):
            chunk = points[at : at + size]
            full = np.concatenate([chunk, np.repeat(chunk[:1], size - len(chunk), axis=0)])
            values = self._evaluate[key](frozen, self.theta, jnp.asarray(full, self.space.dtype))
            parts.append(np.asarray(values)[: len(chunk)])
        return np.concatenate(parts) if parts else np.zeros(0)

    def account(self, points: np.ndarray) -> None:
        return None

    @property
    def highest_order(self) -> int:
        return HIGHEST_ORDER

    def parameters(self) -> dict[str, np.ndarray]:
        """theta, the same numbers layer by layer under the names of the network's fields, and under
        `frozen` those that were not trained, such as random wave numbers."""
        tree = self.space.tree(jnp.asarray(self.theta))
        named: dict[str, np.ndarray] = {"theta": self.theta}
        for path, leaf in jax.tree_util.tree_leaves_with_path(tree[0]):
            named["network" + jax.tree_util.keystr(path)] = np.asarray(leaf)
        named |= self.space.frozen()
        return named | {f"free.{name}": np.atleast_1d(np.asarray(v)) for name, v in tree[1].items()}


class ReferenceSource(AbstractSource):
    """The reference taken as the solution, `which`: the stated or the derived one. Splines are differentiated exactly,
    other solutions by differences."""

    def __init__(self, problem: Problem, which: str = "auto"):
        self.problem, self.which = problem, which

    def account(self, points: np.ndarray) -> Judged:
        """Raises `Unsolved`."""
        places = dict(zip(self.problem.domain.coordinates, points.T.copy(), strict=True))
        try:
            return reference_of(self.problem, self.which).evaluate(places, tuple(self.problem.fields))
        except Unsolved as reason:
            raise Unsolved(f"there is no classical solution: {reason}") from None

    def derivative(self, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        if index == zero(len(self.problem.fields[field])):
            return self.account(points).values[field]
        return reference_of(self.problem, self.which).derivative(self.problem, points, field, index)

    @property
    def highest_order(self) -> int:
        return HIGHEST_DIFFERENCE

    def parameters(self) -> dict[str, np.ndarray]:
        return {}
