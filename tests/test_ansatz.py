"""Hard constraints hold whatever the parameters, and stay away where they would lock in an error."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.calculus import Nested, zero
from lawful.objective import Objective, device_mesh
from lawful.points import PointSets
from lawful.trial import TrialSpace
from lawful.unmet import unmet_conditions


def space_of(problem, seed=0):
    return TrialSpace(problem, lw.nn.MLP(6, 2), key=jax.random.key(seed), dtype=jnp.float64)


def left(problem):
    return {t for b in unmet_conditions(problem, space_of(problem)).values() for t in b.terms}


def residual_sizes(problem):
    """The largest residual of each condition on walls and start, at random parameters."""
    space = space_of(problem)
    sides = {n: b for n, b in problem.conditions.items() if b.imposes and not b.joins}
    objective = Objective(space, sides, device_mesh(1))
    counts = dict.fromkeys(sides, 40)
    data = objective.place(PointSets(problem, sides, lw.sampling.Uniform(), counts, 0).first())
    theta = jnp.asarray(np.random.default_rng(0).standard_normal(space.size))
    return {t: float(np.abs(r).max()) for t, r in objective.jitted.residuals(theta, data).items()}


XT = lw.Box(x=(-1, 2)) * lw.Time(t=(0, 3))


def heat(u):
    return u.t - u.xx


HARD = {
    "moving walls": (
        XT,
        {
            "pde": lw.Interior(heat),
            "low": lw.Boundary(lambda u, t: 2 * u - jnp.sin(t), on="x.lower"),
            "high": lw.Boundary(lambda u, t: u - 3 - t**2, on="x.upper"),
            "start": lw.Initial(lambda u, x: u - (x + 1)),
        },
    ),
    "one wall": (
        XT,
        {
            "pde": lw.Interior(heat),
            "low": lw.Boundary(lambda u: u - 1, on="x.lower"),
            "high": lw.Free(on="x.upper"),
            "start": lw.Initial(lambda u, x: u - jnp.cos(x + 1)),
        },
    ),
    "wave": (
        XT,
        {
            "pde": lw.Interior(lambda u: u.tt - u.xx),
            "walls": lw.Boundary(lambda u: u),
            "start": lw.Initial(
                lambda u, x: {
                    "place": u - jnp.sin(jnp.pi * (x + 1)),
                    "speed": u.t - jnp.sin(2 * jnp.pi * (x + 1) / 3),
                }
            ),
        },
    ),
    "plate": (
        lw.Box(x=(0, 1), y=(0, 2)),
        {
            "pde": lw.Interior(lambda u: lw.laplacian(u)),
            "walls": lw.Boundary(lambda u, x, y: u - x * y - jnp.exp(x)),
        },
    ),
    "room": (
        lw.Box(x=(0, 1), y=(0, 2), z=(-1, 1)),
        {
            "pde": lw.Interior(lambda u: lw.laplacian(u)),
            "floor": lw.Boundary(lambda u, x, y, z: u - x * y * z - jnp.exp(x), on="z.lower"),
            "ends": lw.Boundary(lambda u, x, y, z: u - x * y * z - jnp.exp(x), on="x"),
            "side": lw.Boundary(lambda u, x, y, z: 2 * u - 2 * x * y * z - 2 * jnp.exp(x), on="y.upper"),
            "open": lw.Free(on="walls"),
        },
    ),
    "four coordinates": (
        lw.Box(x=(0, 1), y=(0, 2), z=(-1, 1), w=(0, 1)),
        {
            "pde": lw.Interior(lambda u: lw.laplacian(u)),
            "walls": lw.Boundary(lambda u, x, y, z, w: u - x * y * z * w - jnp.exp(x + w)),
        },
    ),
}


@pytest.mark.parametrize("name", HARD)
def test_walls_and_starts_are_met_exactly(name):
    problem = lw.Problem(HARD[name][0], "u", HARD[name][1])
    assert max(residual_sizes(problem).values()) <= 1e-11
    assert left(problem) == {"pde"}


SOFT = {
    "jump": lambda u, x: u - jnp.where(x < 0.5, 1.0, 0.0),
    "kink": lambda u, x: u - jnp.abs(x - 0.5),
    "corner": lambda u, x: u - 1.0,
}


@pytest.mark.parametrize("name", SOFT)
def test_a_start_that_would_lock_in_an_error_stays_soft(name):
    parts = {
        "pde": lw.Interior(heat),
        "walls": lw.Boundary(lambda u: u),
        "start": lw.Initial(SOFT[name]),
    }
    assert left(lw.Problem(XT, "u", parts)) == {"pde", "start"}


def test_a_kink_across_the_periodic_seam_stays_soft():
    assert "start" in left(lw.problems.allen_cahn())


def test_an_ansatz_that_bends_the_network_is_differentiated_as_well():
    parts = {
        "pde": lw.Interior(heat),
        "start": lw.Initial(lambda u, x: u - jnp.exp(x)),
        "sides": lw.Free(on="x"),
    }
    problem = lw.Problem(XT, "u", parts, ansatz={"u": lambda u, x, t: jnp.exp(x + t * u)})
    assert left(problem) == {"pde"}
    space = space_of(problem)
    points = jnp.asarray(np.random.default_rng(0).uniform(0, 1, (9, 2)))
    tree = space.tree(space.initial)
    wanted = frozenset({(2, 0), (0, 1), (1, 1)})
    found = space.jets(tree, points, {"u": wanted})["u"]

    def value(x):
        return space.jets(tree, x[None], {"u": frozenset({zero(2)})})["u"][zero(2)]

    expected = Nested()(value, points, wanted)
    for index in wanted:
        np.testing.assert_allclose(found[index], expected[index][:, 0], rtol=1e-10, atol=1e-12)


def test_a_start_rate_that_contradicts_the_walls_is_left_to_training():
    """A struck string: u.t = 1 everywhere, and u = 0 at its ends."""

    def struck(rate):
        conditions = {
            "pde": lw.Interior(lambda u: u.tt - u.xx),
            "walls": lw.Boundary(lambda u: u, on="x"),
            "shape": lw.Initial(lambda u: u),
            "rate": lw.Initial(lambda u, x: u.t - rate(x)),
        }
        return lw.Problem(XT, "u", conditions)

    assert left(struck(lambda x: 1.0 + 0 * x)) == {"pde", "rate"}
    assert left(struck(lambda x: (x + 1) * (2 - x))) == {"pde"}


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e9])
def test_units_do_not_change_what_is_met(scale):
    """A flux with a small coefficient is no rounding, and a contradiction in small numbers no agreement."""
    conditions = {
        "pde": lw.Interior(heat),
        "flux": lw.Boundary(lambda u: scale * u.x, on="x.lower"),
        "wall": lw.Boundary(lambda u: scale * u - scale, on="x.upper"),
        "start": lw.Initial(lambda u: u - 1),
    }
    assert left(lw.Problem(XT, "u", conditions)) == {"pde", "flux"}
    conditions["start"] = lw.Initial(lambda u: u - 2)
    assert left(lw.Problem(XT, "u", conditions)) == {"pde", "flux", "start"}


def test_a_one_sided_wall_is_no_hard_wall():
    """max(u, 0) = 0 allows u < 0, so it must not become u = 0."""
    conditions = {
        "pde": lw.Interior(heat),
        "low": lw.Boundary(lambda u: jnp.maximum(u, 0.0), on="x.lower"),
        "high": lw.Boundary(lambda u: u, on="x.upper"),
        "start": lw.Free(on="t"),
    }
    assert left(lw.Problem(XT, "u", conditions)) == {"pde", "low"}
