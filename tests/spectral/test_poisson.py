"""Fields of sources: manufactured solutions, the mean, resonance."""

import math
from typing import Any

import numpy as np
import pytest

from lawful.spectral import Periodic, Sine, helmholtz, nodes, poisson, screened_poisson

ON = (Periodic(2.0), Sine(1.5))


def manufactured() -> tuple[np.ndarray, np.ndarray]:
    """u and -lap u of two waves."""
    x, y = nodes(12, 11, on=ON)
    a, b = np.cos(math.pi * x + 1) * np.sin(2 * math.pi * y / 1.5), np.sin(math.pi * y / 1.5)
    ka, kb = math.pi**2 * (1 + 4 / 1.5**2), math.pi**2 / 1.5**2
    return a + 3 * b, ka * a + 3 * kb * b


def test_manufactured_solutions() -> None:
    u, f = manufactured()
    assert np.abs(poisson(f, on=ON) - u).max() <= 1e-13
    assert np.abs(screened_poisson(f + 4 * u, kappa=2.0, on=ON) - u).max() <= 1e-13
    assert np.abs(helmholtz(f - 9 * u, k=3.0, on=ON) - u).max() <= 1e-13


def test_the_periodic_solution_has_mean_zero() -> None:
    x, y = nodes(12, 15, on=Periodic(2.0))
    u = np.cos(math.pi * x) * np.sin(2 * math.pi * y)
    for offset in (0.0, 1e-14):
        found = poisson(5 * math.pi**2 * u + offset, on=Periodic(2.0))
        assert np.abs(found - u).max() <= 1e-13
        assert abs(float(found.mean())) <= 1e-15
    flat = screened_poisson(np.full((4, 5), 8.0), kappa=2.0, on=Periodic(2.0))
    assert np.abs(flat - 2.0).max() <= 1e-14


def test_single_precision_stays_single() -> None:
    u, f = manufactured()
    found = poisson(f.astype(np.float32), on=ON)
    assert found.dtype == np.float32
    assert np.abs(found - u).max() <= 1e-5


@pytest.mark.parametrize(
    ("solve", "message"),
    [
        (lambda f: poisson(f + 1, on=Periodic(2.0)), r"f has the mean 1, .*f - f.mean\(\)"),
        (lambda f: screened_poisson(f, kappa=0.0, on=ON), r"kappa must not be 0; .*poisson\(f, on"),
        (lambda f: helmholtz(f, k=2 * math.pi, on=Periodic(2.0)), r"k = 6.28319 is the wavenumber of a free"),
        (lambda f: poisson(f * 1j, on=ON), r"f must be real, got complex128"),
    ],
)
def test_what_has_no_solution_is_refused(solve: Any, message: str, unchecked: None) -> None:
    f = np.zeros((12, 11))
    f[3, 4], f[5, 6] = 1.0, -1.0
    with pytest.raises(ValueError, match=message):
        solve(f)
