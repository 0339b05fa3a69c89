"""Godunov's flux against the minimum and maximum over a fine grid, and where fluxes turn."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.reference.hyperbolic.extrema import godunov, local_lax_friedrichs, turning_points

FLUXES: dict[str, Callable[[Any], Any]] = {
    "convex": lambda u: u**2 / 2,
    "concave": lambda u: u * (1 - u),
    "waves": lambda u: jnp.sin(7 * u) + u,
    "kinks": lambda u: jnp.abs(jnp.abs(u) - 0.5),
    "Buckley-Leverett": lambda u: u**2 / (u**2 + 0.5 * (1 - u) ** 2),
}
over_fluxes = pytest.mark.parametrize("f", FLUXES.values(), ids=FLUXES.keys())


def turning(f: Callable[[Any], Any]) -> np.ndarray:
    def slope(u: Any) -> Any:
        u = jnp.asarray(u)
        return jax.jvp(f, (u,), (jnp.ones_like(u),))[1]

    return turning_points(slope, -2.0, 2.0, 1)


@over_fluxes
def test_godunov_is_the_extremum_between_the_states(f: Callable[[Any], Any]) -> None:
    left, right = np.random.default_rng(0).uniform(-1.5, 1.5, (2, 60))
    found = godunov(f, jnp.asarray(left), jnp.asarray(right), jnp.asarray(turning(f)))
    between = np.asarray(f(jnp.asarray(left + np.linspace(0, 1, 20_001)[:, None] * (right - left))))
    expected = np.where(left <= right, between.min(axis=0), between.max(axis=0))
    # the grid misses a kink by up to half of its spacing
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert (np.where(left <= right, expected - found, found - expected) >= -1e-14).all()


@over_fluxes
@pytest.mark.parametrize("exact", [True, False])
def test_fluxes_are_consistent_and_monotone(f: Callable[[Any], Any], exact: bool) -> None:
    """Up in the left state, down in the right one: what keeps order, and finds the entropy solution."""
    points = jnp.asarray(turning(f))

    def flux(a: Any, b: Any) -> Any:
        return godunov(f, a, b, points) if exact else local_lax_friedrichs(f, a, b)

    u = jnp.linspace(-1.4, 1.4, 57)
    np.testing.assert_allclose(flux(u, u), f(u), atol=1e-14)
    if exact:
        a, b = (g.ravel() for g in jnp.meshgrid(u, u))
        values = flux(a, b).reshape(57, 57)
        assert (jnp.diff(values, axis=1) >= -1e-12).all()
        assert (jnp.diff(values, axis=0) <= 1e-12).all()


def test_turning_points_are_exact_at_kinks_and_smooth_extrema() -> None:
    np.testing.assert_allclose(np.sort(turning(FLUXES["kinks"])[:, 0]), [-0.5, 0, 0.5], atol=1e-12)
    np.testing.assert_allclose(turning(FLUXES["concave"]), [[0.5]], atol=1e-12)
    assert turning(lambda u: 3 * u).shape == (0, 1)


def test_turning_points_by_place() -> None:
    centre = jnp.asarray([-1.0, 0.0, 5.0])
    found = turning_points(lambda u: jnp.asarray(u) - centre[None], -2.0, 2.0, 3)
    np.testing.assert_allclose(found[0, :2], [-1, 0], atol=1e-12)
    assert found.shape == (1, 3)
