"""Which numbers are taken, and that those of NumPy are kept as those of Python."""

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from lawful import nn, optim, sampling, weighting
from lawful._numbers import is_real, is_seed, is_whole, plain
from lawful.description import describe


@pytest.mark.parametrize("value", [True, np.True_, 1.0, "1", None, 0, np.int64(0), (1,), 1j])
def test_what_is_no_whole_number(value: Any) -> None:
    assert not is_whole(value)
    assert is_whole(1)
    assert is_whole(np.uint8(1))


@pytest.mark.parametrize("value", [False, "1", None, np.nan, -np.inf, 10**400, 1j, np.ones(1)])
def test_what_is_no_real_number(value: Any) -> None:
    assert not is_real(value)
    assert all(is_real(each) for each in (0, -1.5, np.float32(2), np.int64(3), Fraction(1, 3)))


def test_the_largest_seed() -> None:
    assert is_seed(2**63 - 1)
    assert not is_seed(2**63)
    assert not is_seed(np.uint64(2**63))


def test_numbers_become_those_of_python_wherever_they_stand() -> None:
    found = plain({"a": (np.int64(1), [np.float32(0.5)]), "b": True, "c": None})
    assert found == {"a": (1, [0.5]), "b": True, "c": None}
    assert [type(found["a"][0]), type(found["a"][1][0]), type(found["b"])] == [int, float, bool]


STRATEGIES = [
    lambda n: nn.MLP(n(4), n(2)),
    lambda n: nn.Periodic(on=("x",), harmonics=n(2), base=nn.Siren(n(4), n(2))),
    lambda n: nn.RandomFeatures(n(20)),
    lambda n: nn.Attraction(points=n(20)),
    lambda n: optim.Chain(optim.Adam(n(3)), optim.LBFGS(memory=n(3))),
    lambda n: optim.Adam(learning_rate=optim.CosineDecay(steps=n(5))),
    lambda n: optim.Adam(learning_rate=optim.StepDecay((1.0, 0.1), (n(5),))),
    lambda n: sampling.ResidualAdaptive(n(5), pool=n(2)),
    lambda n: weighting.Causal(slices=n(4), every=n(5)),
    lambda n: weighting.Constant({"pde": n(4)}),
]


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize("make", STRATEGIES)
def test_strategies_with_whole_numbers_of_numpy_are_those_with_pythons(make: Any) -> None:
    assert json.dumps(describe(make(np.int64))) == json.dumps(describe(make(int)))


@pytest.mark.usefixtures("unchecked")
def test_sizes_of_networks_in_continuous_depth_may_be_of_numpy() -> None:
    depth = nn.continuous
    n: Any = np.int64
    assert depth.ResNet(n(4), n(8), n(2)) == depth.ResNet(4, 8, 2)
    assert depth.DynamicalLayer(n(4), steps=n(5)).steps == 5
    assert [type(width) for width in depth.DynPMNN((n(4), 3)).widths] == [int, int]
