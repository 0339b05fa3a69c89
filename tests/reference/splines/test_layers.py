"""Layers along walls: meshes find them, and where none is fine enough it is said."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.reference import derive

PLACES = np.random.default_rng(0).random(400)
BESIDE = 1 - np.logspace(-9, -1, 400)


def across(x, eps: float):
    """The solution of u' - eps u'' = 1 on (0, 1), zero at both ends."""
    return x - (jnp.exp((x - 1) / eps) - jnp.exp(-1 / eps)) / (1 - jnp.exp(-1 / eps))


def line(eps: float) -> lw.Problem:
    law = lw.Interior(lambda u: u.x - eps * u.xx - 1)
    return lw.Problem(lw.Box(x=(0, 1)), "u", {"law": law, "ends": lw.Boundary(lambda u: u, on="x")})


def plane(eps: float) -> lw.Problem:
    """Whose solution is `across` along x times y (1 - y)."""

    def law(u, x, y):
        return u.x - eps * lw.laplacian(u) - y * (1 - y) - 2 * eps * across(x, eps)

    return lw.Problem(
        lw.Box(x=(0, 1), y=(0, 1)), "u", {"law": lw.Interior(law), "wall": lw.Boundary(lambda u: u)}
    )


@pytest.mark.parametrize("eps", [1e-2, 1e-4, 1e-6])
def test_a_layer_is_found_however_thin_elements_must_be(eps: float) -> None:
    x = np.concatenate([PLACES, BESIDE])
    judged = derive(line(eps)).evaluate({"x": x}, ("u",))
    error = np.abs(judged.values["u"] - across(x, eps)).max()
    assert not judged.doubt
    assert judged.norm == "max"
    assert error <= 3 * judged.errors["u"] <= 3e-7


def test_a_layer_in_the_plane_is_found() -> None:
    x = np.concatenate([PLACES, BESIDE])
    y = np.random.default_rng(1).random(len(x))
    judged = derive(plane(1e-4)).evaluate({"x": x, "y": y}, ("u",))
    error = np.abs(judged.values["u"] - y * (1 - y) * across(x, 1e-4)).max()
    assert not judged.doubt
    assert error <= 3 * judged.errors["u"] <= 3e-7


@pytest.mark.parametrize("eps", [1e-7, 1e-8])
def test_a_layer_that_no_mesh_resolves_is_told(eps: float) -> None:
    """It used to be taken for a jump that is prescribed, and agreement in the mean for an answer."""
    judged = derive(line(eps)).evaluate({"x": PLACES}, ("u",))
    assert (
        "u changes along x within less than an element of the finest mesh, as in a thin layer" in judged.doubt
    )
