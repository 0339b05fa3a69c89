"""Entropy solutions of conservation laws: finite volumes of fifth order, from the flux that is stated."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ..._names import listed
from ..._runtime import quick_jit
from ...conditions import Balance
from ...domain import Box
from ...problem import Problem
from ...structure import parameter_values
from .._base import AbstractNumerical, AbstractSolver, Norm, Unsolved
from .cells import Cells
from .finite_volumes import FiniteVolumes
from .marching import march
from .prescribed import Prescribed, prescribed
from .snapshots import Snapshots
from .waves import jacobian

CELLS = {1: 200, 2: 32}
"""Along the longest side at level 0, by dimension."""
MOST_NUMBERS = 30_000_000
"""States are stored each time a wave may have crossed a cell, unless that were more numbers than this."""
LEAST_TIMES = 16
TRIES = 3
HEADROOM = 1.5
"""How much faster waves may become than at first, and than stored times are meant for."""


class ConservationLaws(AbstractSolver):
    """Finite volumes for laws stated by `Conservation`, in one or two dimensions.

    CWENO polynomials of fifth order in cells, Godunov's flux for one field and that of Harten, Lax and van Leer for
    systems (component-wise, which leaves small ripples at strong jumps), SSP-RK3 in time. Order five in space
    (four in two dimensions) and three in time where the solution is smooth; in the mean of the absolute error
    about one where it jumps, which is why the mean is the norm. `courant` is the share of a cell that a wave
    crosses in a step, `cells` the number along the longest side at level 0.
    """

    method: str = "finite volumes"
    refinement: float = 2.0
    norm: Norm = "mean"
    courant: float = 0.5
    cells: int | None = None

    def refuses(self, problem: Problem) -> str | None:
        laws = [b for b in problem.conditions.values() if b.governs]
        if not laws or any(b.balance is None for b in laws):
            return "the law is not stated by its flux, as Conservation(flux)."
        if len(laws) > 1:
            return (
                f"{listed(b.name for b in laws)} are stated apart; state one law, its flux a dict by field."
            )
        domain = problem.domain
        if not isinstance(domain, Box) or domain.time is None:
            return "the domain is no box with time."
        if len(domain.space) > max(CELLS):
            return (
                f"space has {len(domain.space)} dimensions, and at most {max(CELLS)} are divided into cells."
            )
        if problem.unknowns:
            return f"{listed(problem.unknowns)} is unknown."
        balance = balance_of(problem)
        other = [f for f in problem.fields if f not in balance.conserved]
        if other:
            return f"no flux is given for {listed(other)}."
        narrow = [f for f in problem.fields if problem.fields[f] != domain.coordinates]
        if narrow:
            return f"{listed(narrow)} does not depend on all of {listed(domain.coordinates)}."
        try:
            given = prescribed(problem)
        except ValueError as error:
            return str(error)
        if given.end:
            return "something holds at the last time, and fluxes are followed forward."
        missing = [f for f in problem.fields if f not in given.start]
        if missing:
            return f"nothing is said of {listed(missing)} at the start."
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        domain = problem.domain
        assert isinstance(domain, Box)
        assert domain.time is not None
        balance, given = balance_of(problem), prescribed(problem)
        lengths = [b - a for a, b in map(domain.interval, domain.space)]
        finest = (self.cells or CELLS[len(lengths)]) * 2**level
        counts = tuple(max(8, math.ceil(finest * length / max(lengths))) for length in lengths)
        cells = Cells(domain, counts, balance.conserved, given)
        start, end = domain.interval(domain.time)
        q = cells.averages()
        if not np.isfinite(q).all():
            raise Unsolved("The start is not finite everywhere.")
        bounds, expected = _around(cells, q, given, start, end), 0.0
        for _ in range(TRIES):
            volumes = FiniteVolumes(cells, balance, problem.scope, parameter_values(problem), bounds)
            if expected == 0.0:
                _require_hyperbolic(volumes, q, start)
                expected = HEADROOM * float(jax.jit(volumes.pace)(q, start))
            most = MOST_NUMBERS // q.size
            times = int(np.clip(math.ceil(expected * (end - start)), min(LEAST_TIMES, most), most))
            interval = (end - start) / times
            states, pace = self._marched(volumes, q, start, interval, times)
            sound = np.isfinite(states.reshape(times + 1, -1)).all(axis=1)
            if not sound.all():
                raise Unsolved(
                    f"The states of {max(counts)} cells ceased to be finite by "
                    f"{domain.time}={start + interval * int(np.argmin(sound)):.3g}; the law may lose its real wave "
                    "speeds there, as where a depth or density vanishes."
                )
            low, high = float(states.min()), float(states.max())
            enough = pace <= HEADROOM / interval or times == most
            if enough and (len(balance.conserved) > 1 or (bounds[0] <= low and high <= bounds[1])):
                return Snapshots(cells, states, start, end)
            bounds, expected = _widened(min(low, bounds[0]), max(high, bounds[1])), pace
        raise Unsolved(
            f"Waves became faster and states larger each of {TRIES} times that {max(counts)} cells were tried."
        )

    def _marched(
        self, volumes: FiniteVolumes, q: Any, start: float, interval: float, times: int
    ) -> tuple[np.ndarray, float]:
        """The states, with ghost cells, at times + 1 times, and the largest pace."""

        @quick_jit
        def run(q: Any) -> Any:
            padded = volumes.cells.padded
            return march(volumes.rate, volumes.pace, q, start, interval, times, self.courant, kept=padded)

        states, pace = run(q)
        return np.asarray(states), float(pace)


def balance_of(problem: Problem) -> Balance:
    """The balance of the conservation law of a problem."""
    balance, *_ = (b.balance for b in problem.conditions.values() if b.balance is not None)
    return balance


def _widened(low: float, high: float) -> tuple[float, float]:
    reach = max(high - low, 0.1 * max(abs(low), abs(high)), 1e-6)
    return low - reach / 2, high + reach / 2


def _around(cells: Cells, q: Any, given: Prescribed, start: float, end: float) -> tuple[float, float]:
    """Bounds of what starts and walls prescribe, and somewhat more."""
    extremes = [float(q.min()), float(q.max())]
    rng = np.random.default_rng(0)
    for walls in given.walls.values():
        lower, upper = (np.asarray(ends) for ends in cells.domain.bounds)
        points = lower + rng.random((256, len(lower))) * (upper - lower)
        for value in walls.values():
            there = np.asarray(jax.vmap(value)(jnp.asarray(points)))
            extremes += [float(there.min()), float(there.max())]
    return _widened(min(extremes), max(extremes))


def _require_hyperbolic(volumes: FiniteVolumes, q: Any, t: float) -> None:
    if len(volumes.cells.conserved) == 1:
        return
    for c in volumes.space:
        centres = np.meshgrid(
            *(volumes.cells.along(a, np.arange(n) + 0.5) for a, n in enumerate(volumes.cells.counts)),
            indexing="ij",
        )
        A = jacobian(volumes.at(volumes.balance.flux[c], tuple(centres), t), q)
        slopes = np.moveaxis(np.asarray(A), (0, 1), (-2, -1))
        if not np.isfinite(slopes).all():
            raise Unsolved(
                f"The flux along {c} or its slopes are not finite at the start, as where a depth or density vanishes."
            )
        speeds = np.linalg.eigvals(slopes)
        if np.abs(speeds.imag).max() > 1e-6 * max(np.abs(speeds).max(), 1e-300):
            raise Unsolved(
                f"The flux along {c} has complex wave speeds at the start, so the law is not hyperbolic."
            )
