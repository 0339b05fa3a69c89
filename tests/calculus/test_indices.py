"""The index algebra: counts and identities known from combinatorics."""

import math

import pytest

from lawful.calculus import Index, Laplacian, closure, leibniz, order, spell, unit, zero
from lawful.calculus._indices import below, partitions

SOME: tuple[Index, ...] = ((0,), (3,), (1, 1), (2, 2), (1, 0, 2), Laplacian((0, 1), 2), Laplacian((0, 2), 3))
BELL = (1, 1, 2, 5, 15, 52)


@pytest.mark.parametrize("index", SOME, ids=str)
def test_a_closure_holds_its_index_is_closed_and_lowest_first(index: Index) -> None:
    found = closure([index])
    assert index in found
    assert all(set(below(i)) <= set(found) for i in found)
    assert list(map(order, found)) == sorted(map(order, found))
    assert closure(found) == found


@pytest.mark.parametrize("times", range(6))
def test_faa_di_bruno_counts_all_set_partitions(times: int) -> None:
    assert sum(count for count, _ in partitions((times,))) == BELL[times]
    assert sum(count for count, _ in partitions(tuple([1] * times) or (0,))) == BELL[times]


@pytest.mark.parametrize("index", [i for i in SOME if not isinstance(i, Laplacian)], ids=str)
def test_the_blocks_of_a_partition_add_up_to_the_index(index: tuple[int, ...]) -> None:
    for _, blocks in partitions(index):
        assert tuple(map(sum, zip(*blocks, strict=True))) == index or not blocks


@pytest.mark.parametrize("index", [i for i in SOME if not isinstance(i, Laplacian)], ids=str)
def test_leibniz_coefficients_sum_to_two_to_the_order(index: tuple[int, ...]) -> None:
    terms = leibniz(index)
    assert sum(count for count, _, _ in terms) == 2 ** sum(index)
    assert len(terms) == math.prod(k + 1 for k in index)


def test_leibniz_of_a_laplacian_has_the_two_gradients_twice() -> None:
    full, nothing = Laplacian((0, 1), 2), (0, 0)
    assert set(leibniz(full)) == {
        (1, nothing, full),
        (1, full, nothing),
        (2, (1, 0), (1, 0)),
        (2, (0, 1), (0, 1)),
    }


@pytest.mark.parametrize(
    ("index", "spelt"),
    [((2, 1), "xxt"), ((0, 0), ""), ((0, 3), "ttt"), (Laplacian((0, 1), 2), "laplacian(x, t)")],
)
def test_an_index_is_spelt_as_a_user_writes_it(index: Index, spelt: str) -> None:
    assert spell(index, ("x", "t")) == spelt


def test_indices_of_both_kinds_can_be_sorted_as_keys_of_a_pytree() -> None:
    keys = [Laplacian((0, 1), 2), (2, 0), Laplacian((0,), 2), (0, 1)]
    assert sorted(keys) == [(0, 1), (2, 0), Laplacian((0,), 2), Laplacian((0, 1), 2)]
    assert sorted([*keys[2:], *keys[:2]]) == sorted(keys)


def test_units() -> None:
    assert zero(3) == (0, 0, 0)
    assert unit(1, 3, 2) == (0, 2, 0)
