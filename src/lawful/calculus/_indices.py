"""Index algebra of partial derivatives: closures, set partitions and Leibniz expansions.

An index is a multi-index over a field's coordinates, `(2, 0)` for u_xx of u(x, t), or a
`Laplacian`, the sum of second derivatives over some axes carried as one number. An entry of -1 is the
antiderivative along that axis, which only a field that is represented by it can give.
"""

import functools
import itertools
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Laplacian:
    """The sum over `axes` of the second derivatives, propagated as one row."""

    axes: tuple[int, ...]
    dimension: int

    # JAX sorts the keys of dicts: after all multi-indices
    def __lt__(self, other: object) -> bool:
        return isinstance(other, Laplacian) and self.axes < other.axes

    def __gt__(self, other: object) -> bool:
        return not isinstance(other, Laplacian) or self.axes > other.axes


Index: TypeAlias = tuple[int, ...] | Laplacian


def order(index: Index) -> int:
    """The total order of differentiation."""
    return 2 if isinstance(index, Laplacian) else sum(index)


def zero(dimension: int) -> tuple[int, ...]:
    return (0,) * dimension


def unit(axis: int, dimension: int, times: int = 1) -> tuple[int, ...]:
    return tuple(times if i == axis else 0 for i in range(dimension))


def raised(index: Index, axis: int) -> tuple[int, ...]:
    """The index of the antiderivative along `axis` that gives this one; a Laplacian must be of that axis alone."""
    if isinstance(index, Laplacian):
        return unit(axis, index.dimension, 3)
    return tuple(times + (i == axis) for i, times in enumerate(index))


@functools.cache
def below(index: Index) -> tuple[Index, ...]:
    """All indices that a product or a composition at `index` needs, itself included."""
    if isinstance(index, Laplacian):
        return (zero(index.dimension), *(unit(a, index.dimension) for a in index.axes), index)
    return tuple(itertools.product(*(range(k + 1) for k in index)))


def closure(indices: Iterable[Index]) -> tuple[Index, ...]:
    """The smallest set that holds `indices` and is closed under `below`, lowest order first."""
    found = {b for index in indices for b in below(index)}
    return tuple(sorted(found, key=lambda i: (order(i), isinstance(i, Laplacian), str(i))))


def _set_partitions(items: tuple[int, ...]) -> Iterable[list[tuple[int, ...]]]:
    if not items:
        yield []
        return
    first, rest = items[0], items[1:]
    for partition in _set_partitions(rest):
        yield [(first,), *partition]
        for i, block in enumerate(partition):
            yield [*partition[:i], (first, *block), *partition[i + 1 :]]


@functools.cache
def partitions(index: Index) -> tuple[tuple[int, tuple[Index, ...]], ...]:
    """Faà di Bruno: D^index f(z) = sum of c * f^(len(blocks))(z) * prod of D^block z.

    Returns the pairs (c, blocks).
    """
    if isinstance(index, Laplacian):
        firsts = (unit(a, index.dimension) for a in index.axes)
        return ((1, (index,)), *((1, (e, e)) for e in firsts))
    dimension = len(index)
    labels = tuple(axis for axis, times in enumerate(index) for _ in range(times))
    counted: Counter[tuple[Index, ...]] = Counter()
    for partition in _set_partitions(tuple(range(len(labels)))):
        blocks = (
            tuple(sum(labels[i] == axis for i in block) for axis in range(dimension)) for block in partition
        )
        counted[tuple(sorted(blocks))] += 1
    return tuple((count, blocks) for blocks, count in counted.items())


@functools.cache
def leibniz(index: Index) -> tuple[tuple[int, Index, Index], ...]:
    """D^index (a b) = sum of c * D^left a * D^right b; returns the triples (c, left, right)."""
    if isinstance(index, Laplacian):
        nothing = zero(index.dimension)
        firsts = (unit(a, index.dimension) for a in index.axes)
        return ((1, nothing, index), (1, index, nothing), *((2, e, e) for e in firsts))
    terms = []
    for left in itertools.product(*(range(k + 1) for k in index)):
        right = tuple(i - j for i, j in zip(index, left, strict=True))
        terms.append((math.prod(math.comb(i, j) for i, j in zip(index, left, strict=True)), left, right))
    return tuple(terms)


def spell(index: Index, coordinates: tuple[str, ...]) -> str:
    """The index as a user writes it: `xxt`, or `laplacian(x, y)`."""
    if isinstance(index, Laplacian):
        return f"laplacian({', '.join(coordinates[a] for a in index.axes)})"
    return "".join(name * times for name, times in zip(coordinates, index, strict=True))
