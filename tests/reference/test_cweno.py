"""Polynomials in cells: their order, their averages, and what they do at jumps."""

import numpy as np
import pytest

from lawful.reference.hyperbolic import cweno


def stencils(averages: np.ndarray) -> list[np.ndarray]:
    return [averages[k : len(averages) - 4 + k] for k in range(5)]


def error(cells: int, at: float) -> float:
    """Of the polynomials of sin in `cells` cells of its period, from exact averages."""
    h = 2 * np.pi / cells
    faces = h * np.arange(-2, cells + 3)
    averages = -np.diff(np.cos(faces)) / h
    x = faces[2:-3] + h * (at + 0.5)
    return float(np.abs(cweno.value(cweno.polynomial(*stencils(averages)), at) - np.sin(x)).max())


@pytest.mark.parametrize("at", [-0.5, -0.2, 0.0, 0.31, 0.5])
def test_fifth_order_anywhere_in_a_cell(at: float) -> None:
    errors = [error(n, at) for n in (80, 160, 320)]
    order = np.log2(errors[1] / errors[2])
    print(f"observed order at {at}: {order:.2f}")
    assert order >= 4.7
    assert errors[-1] < 1e-9


def test_the_average_of_the_polynomial_is_that_of_the_cell() -> None:
    averages = np.random.default_rng(0).standard_normal(40)
    nodes, weights = np.polynomial.legendre.leggauss(5)
    p = cweno.polynomial(*stencils(averages))
    found = sum(w / 2 * cweno.value(p, x / 2) for x, w in zip(nodes, weights, strict=True))
    np.testing.assert_allclose(found, averages[2:-2], atol=1e-13)


def test_cells_beside_a_jump_do_not_see_it() -> None:
    averages = np.where(np.arange(20) < 10, 1.0, 0.0)
    p = cweno.polynomial(*stencils(averages))
    for at in (-0.5, 0.0, 0.5):
        np.testing.assert_allclose(cweno.value(p, at), averages[2:-2], atol=1e-12)


def test_mirrored_averages_give_mirrored_polynomials() -> None:
    a = np.random.default_rng(1).standard_normal((5, 30))
    one, other = cweno.polynomial(*a), cweno.polynomial(*a[::-1])
    np.testing.assert_allclose(cweno.value(one, 0.4), cweno.value(other, -0.4), atol=1e-13)


def test_values_between_are_of_fourth_order_and_keep_jumps() -> None:
    def deviation(h: float) -> float:
        shares = np.linspace(0, 1, 11)
        values = cweno.between(*np.exp(0.3 + h * np.arange(-1, 3)), shares)
        return float(np.abs(values - np.exp(0.3 + shares * h)).max())

    assert np.log2(deviation(0.04) / deviation(0.01)) / 2 >= 3.7
    assert cweno.between(1.0, 1.0, 1.0, 0.0, 0.5) == pytest.approx(1, abs=1e-4)
    between = cweno.between(1.0, 1.0, 0.0, 0.0, np.linspace(0, 1, 11))
    assert (np.diff(between) < 0).all()
