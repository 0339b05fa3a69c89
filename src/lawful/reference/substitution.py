"""Fields that a law gives outright, such as the stresses of Hooke's law, put into the other laws."""

import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..calculus import Index, Laplacian, unit, zero
from ..conditions import Bound
from ..once import once
from ..problem import Problem
from ..structure import Pointwise, Slot, parameter_values
from ._base import AbstractNumerical, AbstractSolver
from .applicability import orders_in_time

SIZES, ALIKE = (1.0, 1.0, 1e-3, 1e3), 1e-9
"""Sizes of the values at which a law's slopes by a field must agree, and how closely."""
Known = Callable[[Slot], Any]
"""A derivative of a field at one place."""


@dataclass(frozen=True)
class Given:
    """A field as a function of others: the law `term` of `bound` is affine in the field, whose derivatives it does not
    read, and holds something of the slots `reads`. `axes` are the numbers of the field's coordinates in the domain."""

    field: str
    bound: Bound
    term: str
    reads: tuple[Slot, ...]
    axes: tuple[int, ...]

    def needs(self, index: Index) -> set[Slot]:
        """What a derivative of the field asks of others."""
        return {
            (other, _plus(part, more))
            for whole in _parts(index)
            for other, own in self.reads
            for part in _parts(own)
            for more in _below(whole)
        }

    def derivative(self, index: Index, known: Known, point: Any, parameters: Any) -> Any:
        """A derivative of the field at one place, `known` giving what `needs` names."""
        return sum(self._along(part, known, point, parameters) for part in _parts(index))

    def _along(self, index: tuple[int, ...], known: Known, point: Any, parameters: Any) -> Any:
        """That of the law's expression along the Taylor series of what it reads, about the place."""
        series = [
            [(more, known((other, _plus(part, more)))) for part in _parts(own) for more in _below(index)]
            for other, own in self.reads
        ]

        def expression(shift: Any) -> Any:
            numbers = [sum(_power(shift, k) * number for k, number in terms) for terms in series]
            place = jnp.asarray(point).at[np.asarray(self.axes)].add(shift)
            return self._expression(jnp.stack(numbers), place, parameters)

        found = expression
        for axis, times in enumerate(index):
            for _ in range(times):
                found = _slope(found, np.eye(len(index))[axis])
        return found(jnp.zeros(len(index)))

    @cached_property
    def _expression(self) -> Callable[..., Any]:
        """What the law makes of the slots that it reads, traced once."""

        def expression(numbers: Any, place: Any, parameters: Any) -> Any:
            values: dict[str, dict[Index, Any]] = {
                f: dict.fromkeys(own, jnp.zeros(())) for f, own in self.bound.needs.items()
            }
            for (other, own), number in zip(self.reads, numbers, strict=True):
                values[other][own] = number

            def law(own: float) -> Any:
                values[self.field][zero(len(self.axes))] = jnp.asarray(own)
                return self.bound.residual([values], place[None], parameters, {})[self.term]

            without = law(0.0)
            return -without / (law(1.0) - without)

        return jax.jit(expression)


def _slope(function: Callable[[Any], Any], direction: np.ndarray) -> Callable[[Any], Any]:
    return lambda x: jax.jvp(function, (x,), (jnp.asarray(direction, x.dtype),))[1]


def _power(shift: Any, index: tuple[int, ...]) -> Any:
    """The monomial that a derivative of that index multiplies in a Taylor series."""
    return math.prod(shift[axis] ** n / math.factorial(n) for axis, n in enumerate(index) if n)


def _parts(index: Index) -> list[tuple[int, ...]]:
    if isinstance(index, Laplacian):
        return [unit(a, index.dimension, 2) for a in index.axes]
    return [index]


def _below(index: tuple[int, ...]) -> list[tuple[int, ...]]:
    return list(itertools.product(*(range(k + 1) for k in index)))


def _plus(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


@once
def given_fields(problem: Problem) -> list[Given]:
    """The fields that laws give outright, law by law; no start, data or rate may ask for them. What such a law is
    multiplied by may vary in place, but not with the fields, as is seen at values of both signs and of sizes from 1e-3
    to 1e3."""
    orders = orders_in_time(problem)
    asked = {f for b in problem.conditions.values() if b.observes or b.at_start or b.at_end for f in b.needs}
    out = []
    for bound in problem.conditions.values():
        if not bound.governs:
            continue
        law = Pointwise(problem, bound)
        rng = np.random.default_rng(11)
        signs = rng.choice((-1.0, 1.0), (len(SIZES), law.places, len(law.slots)))
        draws = signs * rng.uniform(0.5, 1.5, signs.shape) * np.reshape(SIZES, (-1, 1, 1))
        seen = [law.slopes(numbers) for numbers in draws]
        for term in bound.terms:
            slopes = np.stack([found[term] for found in seen])
            reads = [slot for k, slot in enumerate(law.slots) if slopes[..., k].any()]
            owns = {problem.fields[f] for f, _ in reads}
            if len(reads) < 2 or len(owns) > 1:
                continue
            axes = tuple(problem.domain.coordinates.index(c) for c in owns.pop())
            for slot in reads:
                field, factors = slot[0], slopes[..., law.slots.index(slot)]
                alone = [i for f, i in reads if f == field] == [zero(len(axes))]
                free = not orders[field] and field not in asked
                fixed = factors.all() and (np.ptp(factors, axis=0) <= ALIKE * np.abs(factors[0])).all()
                if alone and free and fixed:
                    others = tuple(other for other in reads if other != slot)
                    out.append(Given(field, bound, term, others, axes))
    return out


@dataclass(frozen=True)
class Reduced:
    """A problem with fewer fields, and those that were put into its laws."""

    problem: Problem
    given: Mapping[str, Given]

    def needs(self, slot: Slot) -> set[Slot]:
        """What a slot asks of the fields that remain."""
        field, index = slot
        if field not in self.given:
            return {slot}
        return {deeper for one in self.given[field].needs(index) for deeper in self.needs(one)}

    def known(self, table: Mapping[str, Any], point: Any, parameters: Any) -> Known:
        """Any slot at one place, from a table of those of the fields that remain; each is worked out once."""
        found: dict[Slot, Any] = {}

        def known(slot: Slot) -> Any:
            field, index = slot
            if field not in self.given:
                return table[field][index]
            if slot not in found:
                found[slot] = self.given[field].derivative(index, known, point, parameters)
            return found[slot]

        return known


def _depends(given: Mapping[str, Given], field: str, on: str) -> bool:
    """Whether a field depends on another through those that are given."""
    return field == on or (field in given and any(_depends(given, f, on) for f, _ in given[field].reads))


@once
def reduced(problem: Problem, solver: AbstractSolver) -> Reduced | None:
    """The problem with as many fields less as let a solver take it; None where it never does."""
    given: dict[str, Given] = {}
    for one in given_fields(problem):
        used = any(g.bound is one.bound and g.term == one.term for g in given.values())
        if used or one.field in given or any(_depends(given, f, one.field) for f, _ in one.reads):
            continue
        given[one.field] = one
        found = Reduced(_without(problem, given), dict(given))
        if solver.refuses(found.problem) is None:
            return found
    return None


def _without(problem: Problem, given: Mapping[str, Given]) -> Problem:
    """The problem less some fields and the laws that give them."""
    fields = {f: own for f, own in problem.fields.items() if f not in given}
    whole = Reduced(problem, given)
    put = {name: _put(bound, whole) for name, bound in problem.conditions.items()}
    return problem.having(
        fields, {n: b for n, b in put.items() if b.terms or not problem.conditions[n].terms}
    )


def _put(bound: Bound, whole: Reduced) -> Bound:
    gone = frozenset(g.term for g in whole.given.values() if g.bound is bound)
    slots = [(f, i) for f, own in bound.needs.items() for i in own]
    if not gone and not any(f in whole.given for f, _ in slots):
        return bound
    if bound.joins:
        return replace(bound, needs={f: own for f, own in bound.needs.items() if f not in whole.given})
    needs: dict[str, set[Index]] = {}
    for field, index in (deeper for slot in slots for deeper in whole.needs(slot)):
        needs.setdefault(field, set()).add(index)
    less = bound.without(gone)

    def residual(values: Any, points: Any, parameters: Any, extra: Any) -> dict[str, Any]:
        full = []
        for table, point in zip(values, points, strict=True):
            known = whole.known(table, point, parameters)
            full.append({f: {i: known((f, i)) for i in own} for f, own in bound.needs.items()})
        return less.residual(full, points, parameters, extra)

    kept = {f: frozenset(indices) for f, indices in needs.items()}
    return replace(less, needs=kept, residual=residual, plan=None)


@dataclass(frozen=True)
class Restored(AbstractNumerical):
    """A solution of a problem with fewer fields, and the others by the laws that give them."""

    numerical: AbstractNumerical
    reduced: Reduced

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        values = self.numerical.evaluate(points)
        dimension = points.shape[1]
        more = {
            f: self.derivative(self.reduced.problem, points, f, zero(dimension)) for f in self.reduced.given
        }
        return values | more

    def derivative(self, problem: Problem, points: np.ndarray, field: str, index: Index) -> np.ndarray:
        slots = sorted(self.reduced.needs((field, index)), key=str)
        numbers = [self.numerical.derivative(self.reduced.problem, points, *slot) for slot in slots]
        if field not in self.reduced.given:
            return numbers[0]
        parameters = parameter_values(self.reduced.problem)

        def at_place(row: Any, point: Any) -> Any:
            table: dict[str, dict[Index, Any]] = {f: {} for f, _ in slots}
            for (other, own), number in zip(slots, row, strict=True):
                table[other][own] = number
            return self.reduced.known(table, point, parameters)((field, index))

        return np.asarray(
            jax.vmap(at_place)(jnp.asarray(np.stack(numbers, axis=1)), jnp.asarray(points, float))
        )


class Substitution(AbstractSolver):
    """What a solver takes once fields that laws give outright, such as stresses or fluxes, are put into the others."""

    inner: AbstractSolver = eqx.field(kw_only=True)
    method: str = eqx.field(kw_only=True)
    refinement: float = eqx.field(kw_only=True)

    def __init__(self, inner: AbstractSolver):
        self.inner, self.method = inner, f"{inner.method}, laws put into each other"
        self.refinement, self.norm, self.growth = inner.refinement, inner.norm, inner.growth
        self.order = inner.order

    def refuses(self, problem: Problem) -> str | None:
        reason = self.inner.refuses(problem)
        if reason is None:
            return "it takes the problem as it is."
        return None if reduced(problem, self.inner) else reason

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        """Raises `Unsolved` where the other solver does."""
        found = reduced(problem, self.inner)
        assert found is not None
        return Restored(self.inner.solve(found.problem, level), found)
