"""Splines: polynomials exactly, periodic ends, dimensions, and interpolation of the order that is claimed."""

import numpy as np
import pytest

from lawful.reference.splines.space import Mesh, SplineSpace

BREAKS = (0.0, 0.3, 0.5, 1.0, 1.2, 2.0)


@pytest.mark.parametrize("conditions", [0, 1, 2, 3, 4])
def test_polynomials_and_their_derivatives_are_exact(conditions: int) -> None:
    space = SplineSpace(Mesh("x", BREAKS, 5, False), conditions)
    x = np.linspace(0, 2, 301)
    cubic = np.poly1d([1.0, -2.0, 0.5, 1.0])
    coefficients = np.linalg.lstsq(space.matrix(x).toarray(), cubic(x))[0]
    assert space.size == 5 * 5 + conditions
    for order in range(4):
        np.testing.assert_allclose(
            space.matrix(x, order) @ coefficients, np.polyval(np.polyder(cubic, order), x), atol=1e-8
        )


@pytest.mark.parametrize("conditions", [2, 4])
def test_periodic_splines_join_with_their_derivatives(conditions: int) -> None:
    space = SplineSpace(Mesh("x", BREAKS, 5, True), conditions)
    coefficients = np.random.default_rng(0).standard_normal(space.size)
    for order in range(conditions):
        low, high = space._plain(np.asarray([0.0, 2.0]), order) @ space._wrap @ coefficients
        assert low == pytest.approx(high, rel=1e-9, abs=1e-8)


def test_interpolation_at_gauss_points_has_the_order_claimed() -> None:
    errors = []
    for elements in (4, 8):
        mesh = Mesh.even("x", (0.0, 2.0), elements, 4, True)
        space = SplineSpace(mesh, 2)
        x = mesh.gauss_points
        coefficients = np.linalg.solve(space.matrix(x).toarray(), np.exp(np.sin(np.pi * x)))
        fine = np.linspace(0, 2, 999)
        errors.append(np.abs(space.matrix(fine) @ coefficients - np.exp(np.sin(np.pi * fine))).max())
    order = np.log2(errors[0] / errors[1])
    print(f"degree 5: order {order:.2f}")
    assert order >= 5.0
