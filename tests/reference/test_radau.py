"""The tableau: exactness on polynomials, and the nodes of the literature."""

import numpy as np
import pytest

from lawful.reference.ordinary.radau import Radau


@pytest.mark.parametrize("stages", [1, 3, 5, 7])
def test_orders(stages: int) -> None:
    """Of the stages and of the polynomial s, at the end of a step 2 s - 1."""
    radau = Radau(stages)
    c, A = radau.nodes, radau.matrix
    assert c[-1] == 1
    for k in range(1, 2 * stages):
        assert abs(A[-1] @ c ** (k - 1) - 1 / k) <= 1e-15
    theta = np.linspace(0, 1, 11)
    for k in range(1, stages + 1):
        assert np.abs(A @ c ** (k - 1) - c**k / k).max() <= 1e-14
        assert np.abs(radau.integrals(theta) @ c ** (k - 1) - theta**k / k).max() <= 1e-14
        assert np.abs(radau.interpolation(theta) @ c ** (k - 1) - theta ** (k - 1)).max() <= 1e-13


def test_three_stages_are_the_known_ones() -> None:
    root = np.sqrt(6)
    assert np.abs(Radau(3).nodes - [(4 - root) / 10, (4 + root) / 10, 1]).max() <= 1e-15
    assert abs(Radau(3).matrix[0, 0] - (88 - 7 * root) / 360) <= 1e-15


@pytest.mark.parametrize("stages", [3, 7])
def test_what_is_stiff_is_damped(stages: int) -> None:
    """R(z) = 1 + z b (1 - z A)^-1 1 is at most 1 on the imaginary axis, and vanishes far out."""
    A, one = Radau(stages).matrix, np.ones(stages)

    def gain(z: complex) -> float:
        return abs(1 + z * A[-1] @ np.linalg.solve(np.eye(stages) - z * A, one))

    assert all(gain(1j * y) <= 1 + 1e-13 for y in np.geomspace(1e-2, 1e4, 50))
    assert gain(-1e8) <= 1e-6
