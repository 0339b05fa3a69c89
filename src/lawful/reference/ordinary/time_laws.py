"""Laws in time alone, as one residual of all derivatives, and the state from which they start."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..._names import listed
from ..._runtime import quick_jit
from ...conditions import Bound
from ...problem import Problem
from ...structure import parameter_values

GUESSES = (0.0, 1.0, 1.0, 0.1, 10.0)
"""Sizes of the random numbers from which roots are sought: one root only is a start."""
ITERATIONS = 60
SAME, RANK = 1e-8, 1e-10
"""Relative differences of roots that are one, and singular values that count as zero."""


class TimeLaws:
    """F(t, U) = 0, with U[i, k] the k-th derivative of field i, and the start of it.

    `orders` has by field the highest derivative in the laws; those below it are the state. The start is at
    `begin`, which is the last time where conditions are `Final`, and the solution is then run backward to `end`.
    """

    def __init__(self, problem: Problem):
        (self.time,) = problem.domain.coordinates
        bounds = list(problem.conditions.values())
        self.fields = tuple(problem.fields)
        self.orders = tuple(problem.orders(f).get(self.time, 0) for f in self.fields)
        self.width = max(self.orders) + 1
        self.laws = [b for b in bounds if b.governs]
        starts = [b for b in bounds if b.at_start and b.terms]
        finals = [b for b in bounds if b.at_end and b.terms]
        self.starts = starts or finals
        (first,), (last,) = problem.domain.bounds
        self.begin, self.end = (last, first) if finals and not starts else (first, last)
        self._known = parameter_values(problem)
        self.residual = self._stacked(self.laws)

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the laws."""
        return tuple(term for bound in self.laws for term in bound.terms)

    @property
    def below(self) -> np.ndarray:
        """Which entries of U are the state."""
        return np.arange(self.width) < np.array(self.orders)[:, None]

    @property
    def highest(self) -> np.ndarray:
        """Which entries of U are the highest derivatives of their fields."""
        return np.arange(self.width) == np.array(self.orders)[:, None]

    def handle(self, field: int, order: int) -> str:
        """`u.tt` for the second derivative."""
        return self.fields[field] + (f".{self.time * order}" if order else "")

    def _stacked(self, bounds: list[Bound]) -> Callable[[Array, Array], Array]:
        def residual(t: Array, U: Array) -> Array:
            table = {f: {(k,): U[i, k] for k in range(self.width)} for i, f in enumerate(self.fields)}
            found = [b.residual([table], jnp.reshape(t, (1, 1)), self._known, {}) for b in bounds]
            return jnp.stack(
                [jnp.asarray(r[term], float) for b, r in zip(bounds, found, strict=True) for term in b.terms]
            )

        return residual

    def start(self) -> tuple[np.ndarray | None, str]:
        """U at the start, highest derivatives included as far as the laws fix them there; or the reason why not.

        What the starts read of the state is solved for by Newton's method from several guesses, together with
        the laws where a start reads a highest derivative.
        """
        deep = [
            (b.name, self.handle(i, index[0]))
            for b in self.starts
            for i, f in enumerate(self.fields)
            for index in b.needs.get(f, ())
            if isinstance(index, tuple) and index[0] > self.orders[i]
        ]
        if deep:
            return None, f"{deep[0][0]!r} reads {deep[0][1]}, which is of higher order than the laws."
        reads_highest = any(
            (self.orders[i],) in b.needs.get(f, ()) for b in self.starts for i, f in enumerate(self.fields)
        )
        U = np.zeros((len(self.fields), self.width))
        state = self._stacked(self.starts)
        if self.below.any() and not self.starts:
            return None, "no condition fixes a start."
        if reads_highest:
            mask = self.below | self.highest

            def joint(t: Array, U: Array) -> Array:
                return jnp.concatenate([state(t, U), self.residual(t, U)])

            return self._only_root(joint, mask, U, "the starts and laws")
        if self.below.any():
            U, reason = self._only_root(state, self.below, U, "the starts")
            if U is None:
                return None, reason
        found, regular = self._roots(self.residual, self.highest, U)
        if not found or not regular:
            return (found[0] if found else U), ""  # singular there: what follows decides
        if not _one(found):
            several = listed(self.handle(i, k) for i, k in enumerate(self.orders))
            return None, f"the laws leave several values of {several} at the start."
        return found[0], ""

    def _only_root(
        self, function: Callable[[Array, Array], Array], mask: np.ndarray, U: np.ndarray, what: str
    ) -> tuple[np.ndarray | None, str]:
        found, regular = self._roots(function, mask, U)
        wanted = listed(self.handle(int(i), int(k)) for i, k in np.argwhere(mask))
        if not found:
            return None, f"{what} contradict one another, or have no solution for {wanted}."
        if not regular:
            return None, f"{what} do not fix all of {wanted}."
        if not _one(found):
            return None, f"{what} allow several values of {wanted}."
        return found[0], ""

    def _roots(
        self, function: Callable[[Array, Array], Array], mask: np.ndarray, U: np.ndarray
    ) -> tuple[list[np.ndarray], bool]:
        """Roots in the entries under the mask, and whether the linear systems there have full rank."""
        t = jnp.asarray(self.begin)

        def residual(z: Array) -> Array:
            return function(t, jnp.asarray(U).at[mask].set(z))

        @quick_jit
        def value_and_slope(z: Array) -> tuple[Array, Array]:
            return residual(z), jax.jacfwd(residual)(z)

        rng = np.random.default_rng(3)
        roots, regular = [], True
        for size in GUESSES:
            z = size * rng.standard_normal(int(mask.sum()))
            root, full = _newton(value_and_slope, z)
            if root is not None:
                out = U.copy()
                out[mask] = root
                roots.append(out)
                regular &= full
        return roots, regular


def _newton(
    value_and_slope: Callable[[np.ndarray], tuple[Array, Array]], z: np.ndarray
) -> tuple[np.ndarray | None, bool]:
    """A root by Gauss and Newton, None where there is none; and whether the slope has full rank there."""
    at_zero = np.nan_to_num(np.abs(value_and_slope(np.zeros_like(z))[0]), nan=0.0, posinf=0.0)
    for _ in range(ITERATIONS):
        r, J = map(np.asarray, value_and_slope(z))
        if not (np.isfinite(r).all() and np.isfinite(J).all()):
            return None, False
        rows = np.abs(J).max(axis=1, initial=0.0)
        rows[rows == 0] = 1.0
        columns = np.abs(J / rows[:, None]).max(axis=0, initial=0.0)
        columns[columns == 0] = 1.0
        step, _, rank, _ = np.linalg.lstsq(J / rows[:, None] / columns, -r / rows, rcond=RANK)
        step = step / columns
        z = z + step
        if np.abs(step).max(initial=0.0) <= 1e-13 * max(1e-3, np.abs(z).max(initial=0.0)):
            small = 1e-9 * (at_zero + np.abs(J) @ np.abs(z))
            return (z if (np.abs(value_and_slope(z)[0]) <= small).all() else None), bool(rank == len(z))
    return None, False


def _one(roots: list[np.ndarray]) -> bool:
    size = max(np.abs(r).max(initial=0.0) for r in roots) + 1e-300
    return all(np.abs(r - roots[0]).max() <= SAME * size for r in roots)
