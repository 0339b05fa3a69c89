"""What is refused, in one sentence each."""

import math
from typing import Any

import numpy as np
import pytest

from lawful.spectral import Periodic, Sine, advection, heat, nodes, schrodinger, wave

U = np.arange(8.0)
ON = Periodic(1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: heat(U * 1j, alpha=1.0, on=ON), "u0 must be real, got complex128 values; pass its real"),
        (lambda: heat(np.append(U, math.nan), alpha=1.0, on=ON), "1 of its 9"),
        (lambda: heat(U, alpha=-0.1, on=ON), "alpha must be 0 or above, got -0.1"),
        (lambda: heat(U, alpha=math.inf, on=ON), "alpha must be a finite number, got inf"),
        (lambda: heat(U, alpha="1", on=ON), "alpha must be a finite number, got '1'"),
        (lambda: heat(U, alpha=1.0, on=ON)(-0.1), "t must be 0 or above, got -0.1: this law smooths"),
        (lambda: heat(U, alpha=1.0, on=ON)([0.0, math.nan]), "t must be finite"),
        (
            lambda: heat(U, alpha=1.0, on=ON)([[0.0]]),
            r"a time or a row of times, got float64 values of shape \(1, 1\)",
        ),
        (
            lambda: heat(1.0, alpha=1.0, on=ON),
            r"u0 must be an array of values at the nodes, got the shape \(\)",
        ),
        (lambda: heat(["a"], alpha=1.0, on=ON), "u0 must be an array of numbers"),
        (lambda: heat(U, alpha=1.0, on=(ON, ON)), r"has 1 dimension\(s\) and on names 2 axes"),
        (lambda: advection(U, c=1.0, on=Sine(1.0)), "advection needs Periodic axes"),
        (
            lambda: advection(U, c=(1.0, 2.0), on=ON),
            r"c must have a component for each of the 1 dimension\(s\)",
        ),
        (lambda: schrodinger(U, D=math.nan, on=ON), "D must be a finite number"),
        (lambda: wave(U, U[:4], c=1.0, on=ON), r"must have one shape, got \(8,\) and \(4,\)"),
        (lambda: Periodic(0.0), "length must be a finite number above 0, got 0.0"),
        (lambda: Sine(-1.0), "length must be a finite number above 0, got -1.0"),
        (lambda: nodes(4, 4, 4, on=(ON, ON)), "name one for each"),
    ],
)
def test_a_mistake_is_a_sentence(call: Any, message: str, unchecked: None) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_an_axis_is_an_object(unchecked: None) -> None:
    with pytest.raises(TypeError, match=r"on must be Periodic\(length\) or Sine\(length\).* got 'periodic'"):
        heat(U, alpha=1.0, on="periodic")  # pyright: ignore[reportArgumentType]


def test_nodes() -> None:
    assert np.allclose(Periodic(2.0).nodes(4), [0, 0.5, 1, 1.5])
    assert np.allclose(Sine(2.0).nodes(3), [0.5, 1, 1.5])
    x, y = nodes(4, 3, on=(Periodic(2.0), Sine(2.0)))
    assert x.shape == y.shape == (4, 3)
    assert x[1, 0] == 0.5
    assert y[0, 2] == 1.5
