"""Finite elements in time: the coefficients of the fields, and of rates where a law is of second order in time."""

from functools import cached_property

import numpy as np
import scipy.sparse as sp

from ...problem import Problem
from ..abrupt import constant_along
from ..applicability import orders_in_time
from ..evolution import AbstractEquations
from ..sparse import Pattern, Sparse
from .assembly import residual_of
from .discretised import Discretised

TRIES = (0.137, 0.731)
"""Shares of the span at which the weak form is looked at for what it reads."""


class Motion(AbstractEquations):
    """The weak form as G(t, y, y') = 0.

    y holds the coefficients x of all fields, then v, those of the rates of the fields whose laws are of second order
    in time. Rows that belong to x hold the weak form of laws of first order, or x' = v; those of v the weak form of
    laws of second order. Given values g(t) are followed by their rates: x' = g', or v' = g''. Of fields without a rate,
    such as a pressure, neither rates nor those of given values occur.
    """

    def __init__(self, found: Discretised):
        problem = found.statement.problem
        assert problem.domain.time is not None
        self.found = found
        groups, orders = found.spaces.groups, list(orders_in_time(problem).values())
        numbers = [np.arange(g.start, g.stop) for g in groups]
        nothing = np.zeros(0, int)
        self.first = np.concatenate([nothing, *(n for n, k in zip(numbers, orders, strict=True) if k == 1)])
        self.second = np.concatenate([nothing, *(n for n, k in zip(numbers, orders, strict=True) if k == 2)])
        self.count = found.spaces.size
        self.size = self.count + len(self.second)
        self.rate_of = np.full(self.count, -1)
        """The number of the rate v of a coefficient, in y."""
        self.rate_of[self.second] = self.count + np.arange(len(self.second))
        self.row_of = np.where(self.rate_of >= 0, self.rate_of, np.arange(self.count))
        """The row in which the weak form with a test function stands."""
        self._algebraic = np.ones(self.size, bool)
        self._algebraic[np.concatenate([self.first, self.second, self.rate_of[self.second]])] = False
        self.free = np.ones(self.size, bool)
        self.free[self.row_of[found.held]] = False
        self._span = _span(problem)
        self._constant = constant_along(problem, problem.domain.time)

    @property
    def algebraic(self) -> np.ndarray:
        return self._algebraic

    def _states(self, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        """The coefficients of u, u_t and u_tt: (3, count)."""
        states = np.zeros((3, self.count))
        states[0] = y[: self.count]
        states[1, self.first] = ydot[self.first]
        states[1, self.second] = y[self.count :]
        states[2, self.second] = ydot[self.count :]
        return states

    def residual(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        if self._matrices is None:
            out = self._assembled(t, y, ydot)
        else:
            still, moving = self._matrices
            out = still @ y + moving @ ydot + self._load(t)
        out[self.second] = ydot[self.second] - y[self.count :]
        held = self.found.held
        rows, given = self.row_of[held], self._given(t)
        rates = np.where(self.rate_of[held] >= 0, given[2], given[1])
        out[rows] = np.where(self.algebraic[rows], y[rows] - given[0], ydot[rows] - rates)
        return out

    def _assembled(self, t: float, y: np.ndarray, ydot: np.ndarray) -> np.ndarray:
        out = np.zeros(self.size)
        terms = [term.at(t) for term in self.found.terms]
        out[self.row_of] = residual_of(terms, self._states(y, ydot))
        return out

    def _given(self, t: float) -> np.ndarray:
        return self._constant_given if self._constant else self.found.given(t)

    @cached_property
    def _constant_given(self) -> np.ndarray:
        return self.found.given(self._span[0])

    def _load(self, t: float) -> np.ndarray:
        nothing = np.zeros(self.size)
        return self._constant_load if self._constant else self._assembled(t, nothing, nothing)

    @cached_property
    def _constant_load(self) -> np.ndarray:
        nothing = np.zeros(self.size)
        return self._assembled(self._span[0], nothing, nothing)

    @cached_property
    def _matrices(self) -> tuple[Sparse, Sparse] | None:
        """dG/dy and dG/dy', where neither changes: laws are affine, with coefficients that are constant in time."""
        if not self.found.statement.affine:
            return None
        problem = self.found.statement.problem
        assert problem.domain.time is not None
        if not constant_along(problem, problem.domain.time, sources=False):
            return None
        still, moving = (sp.csr_array(self.matrix(data)) for data in self._constant_entries)
        return still, moving

    def _terms_entries(
        self, t: float, y: np.ndarray, ydot: np.ndarray, touched: list[np.ndarray]
    ) -> tuple[np.ndarray, ...]:
        """Data, rows and columns of all entries of the weak form, and whether they multiply y'."""
        states = self._states(y, ydot)
        found = [
            entry
            for term, kept in zip(self.found.terms, touched, strict=True)
            for entry in term.at(t).entries(states, kept)
        ]
        data, rows, columns = (np.concatenate([e[i] for e in found]) for i in range(3))
        times = np.concatenate([np.full(e[0].size, e[3]) for e in found])
        moving = (times == 2) | ((times == 1) & (self.rate_of[columns] < 0))
        of_rates = (times > 0) & (self.rate_of[columns] >= 0)
        return data, self.row_of[rows], np.where(of_rates, self.rate_of[columns], columns), moving

    @cached_property
    def _touched(self) -> list[np.ndarray]:
        """By term, what it reads, at random states."""
        rng, (begin, end) = np.random.default_rng(5), self._span
        states = [rng.uniform(0.5, 1.5, (3, self.count)) for _ in TRIES]
        times = [begin + s * (end - begin) for s in TRIES]
        return [
            np.any([term.at(t).touches(z) for t, z in zip(times, states, strict=True)], axis=0)
            for term in self.found.terms
        ]

    @cached_property
    def _pattern(self) -> Pattern:
        nothing = np.zeros(self.size)
        _, rows, columns, _ = self._terms_entries(self._span[0], nothing, nothing, self._touched)
        own = self._own_rows
        at = np.concatenate([rows, own[0]])
        return Pattern(at, np.concatenate([columns, own[1]]), (self.size, self.size))

    @cached_property
    def _own_rows(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Rows, columns and the two data of the equations x' = v and of those of given values."""
        rates = self.rate_of[self.second]
        held = self.row_of[self.found.held]
        rows = np.concatenate([self.second, self.second, held])
        columns = np.concatenate([self.second, rates, held])
        one, nought = np.ones(len(rates)), np.zeros(len(rates))
        without = self.algebraic[held]
        still = np.concatenate([nought, -one, np.where(without, 1.0, 0.0)])
        moving = np.concatenate([one, nought, np.where(without, 0.0, 1.0)])
        return rows, columns, still, moving

    def _entries(self, t: float, y: np.ndarray, ydot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        data, rows, _, moving = self._terms_entries(t, y, ydot, self._touched)
        data = data * self.free[rows]
        *_, own_still, own_moving = self._own_rows
        return (
            self._pattern.gather(np.concatenate([np.where(moving, 0.0, data), own_still])),
            self._pattern.gather(np.concatenate([np.where(moving, data, 0.0), own_moving])),
        )

    @cached_property
    def _constant_entries(self) -> tuple[np.ndarray, np.ndarray]:
        nothing = np.zeros(self.size)
        return self._entries(self._span[0], nothing, nothing)

    def jacobians(self, t: float, y: np.ndarray, ydot: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._entries(t, y, ydot) if self._matrices is None else self._constant_entries

    def matrix(self, data: np.ndarray) -> Sparse:
        return self._pattern.matrix(data)


def _span(problem: Problem) -> tuple[float, float]:
    time = problem.domain.time
    assert time is not None
    at = problem.domain.coordinates.index(time)
    lower, upper = problem.domain.bounds
    return lower[at], upper[at]
