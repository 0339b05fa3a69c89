"""Fields in any units: how large they are is told before training, and the run does not depend on it."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.recipe import RESIDUAL_BAND, default_weighting
from lawful.sizes import field_sizes, nearest_power_of_ten, term_sizes

ROD = lw.Box(x=(0, 0.1)) * lw.Time(t=(0, 200))


def rod(**conditions):
    parts = {"pde": lw.Interior(lambda u: u.t - 1e-5 * u.xx), "walls": lw.Boundary(lambda u: u)}
    return lw.Problem(ROD, "u", {**parts, "start": lw.Initial(lambda u: u - 300.0), **conditions})


def beam():
    conditions = {
        "pde": lw.Interior(lambda w: 2e6 * w.xxxx - 1e3),
        "ends": lw.Boundary(lambda w: {"w": w, "moment": w.xx}),
    }
    return lw.Problem(lw.Box(x=(0, 2)), "w", conditions)


def reaction():
    conditions = {
        "ode": lw.Interior(lambda a, b: {"a": a.t + 3 * a, "b": b.t - 3 * a}),
        "start": lw.Initial(lambda a, b: {"a": a - 50.0, "b": b}),
    }
    return lw.Problem(lw.Time(t=(0, 10)), "a b", conditions)


def seepage():
    conditions = {
        "momentum": lw.Interior(lambda u, p: 1e6 * u + p.x),
        "inlet": lw.Boundary(lambda u: u - 2.0, on="x"),
        "open": lw.Free(on="x"),
    }
    return lw.Problem(lw.Box(x=(0, 1)), "u p", conditions)


SIZES = {
    "a start": (rod(), {"u": 300.0}),
    "a flux": (
        rod(walls=lw.Boundary(lambda u: 45 * u.x - 9e5), start=lw.Initial(lambda u: u)),
        {"u": 2e4 * 0.1 / np.pi},
    ),
    "data before a start": (rod(seen=lw.Data(x=[0.05, 0.06], t=[1.0, 2.0], u=[30.0, -30.0])), {"u": 30.0}),
    "a source alone": (beam(), {"w": 1e3 / 2e6 * (2 / np.pi) ** 4}),
    "nothing": (rod(start=lw.Initial(lambda u: u)), {"u": 1.0}),
    "a field like another": (reaction(), {"a": 50.0, "b": 50.0}),
    "a pressure in other units": (seepage(), {"u": 2.0, "p": 2e6 / np.pi}),
}


@pytest.mark.parametrize("name", SIZES)
def test_sizes_come_from_data_conditions_and_laws(name):
    problem, expected = SIZES[name]
    found = field_sizes(problem)
    assert found.keys() == expected.keys()
    for field, size in expected.items():
        assert found[field] == pytest.approx(size, rel=1e-6)


@pytest.mark.parametrize("size", [1e-7, 0.3, 0.99, 4.0, 300.0, 2e9])
def test_units_are_near(size):
    assert 10**-0.51 <= size / nearest_power_of_ten(size) <= 10**0.51


def burgers(speed, length):
    """Burgers' equation, velocities in units of `speed` and places in units of `length`."""
    conditions = {
        "pde": lw.Interior(lambda u, nu: u.t + u * u.x - nu * u.xx),
        "walls": lw.Boundary(lambda u: u),
        "start": lw.Initial(lambda u, x: u + speed * jnp.sin(jnp.pi * x / length)),
    }
    domain = lw.Box(x=(-length, length)) * lw.Time(t=(0, length / speed))
    return lw.Problem(domain, "u", conditions, {"nu": 0.05 * speed * length})


def test_a_solution_is_as_good_in_other_units():
    def solved(speed, length):
        choices = {"steps": 500, "points": 1024, "network": lw.nn.MLP(10, 2), "reference": "stated"}
        return lw.solve(burgers(speed, length), **choices)

    x, t = np.linspace(-1, 1, 33)[:, None], np.linspace(0, 1, 17)[None]
    plain = solved(1.0, 1.0).u(x=x, t=t)
    for speed, length in ((1e-3, 1e2), (300.0, 0.05)):
        ours = solved(speed, length).u(x=length * x, t=t * length / speed) / speed
        assert np.abs(ours - plain).max() <= 2e-3


def test_a_beam_of_steel_on_a_stiff_foundation_in_newtons_and_metres():
    """E I w.xxxx + k w^3 = q: numbers from 1e-4 to 1e12 in one law."""
    deflection, stiffness, foundation = 1e-3, 1.7e6, 1e12

    def exact(x):
        return deflection * np.sin(np.pi * x / 2)

    def law(w, x):
        shape = deflection * jnp.sin(jnp.pi * x / 2)
        load = stiffness * (jnp.pi / 2) ** 4 * shape + foundation * shape**3
        return stiffness * w.xxxx + foundation * w**3 - load

    ends = lw.Boundary(lambda w: {"w": w, "moment": stiffness * w.xx})
    conditions = {"pde": lw.Interior(law), "ends": ends}
    solution = lw.solve(lw.Problem(lw.Box(x=(0, 2)), "w", conditions, reference=lw.Exact(exact)))
    assert solution.verdict.word == "supported"
    assert solution.facts["errors"]["w"]["rel_l2"] <= 1e-5


def test_growth_at_its_own_size_agrees_with_least_squares():
    """Logistic growth to some thousands, both parameters unknown."""
    from scipy.optimize import curve_fit

    def growth(t, r, capacity, first):
        return capacity / (1 + (capacity / first - 1) * np.exp(-r * t))

    times = np.linspace(0, 10, 12)
    seen = growth(times, 0.8, 5000.0, 200.0) + 100 * np.random.default_rng(3).normal(size=12)
    conditions = {
        "growth": lw.Interior(lambda n, r, capacity: n.t - r * n * (1 - n / capacity)),
        "seen": lw.Data(t=times, n=seen, noise=100.0),
    }
    unknown = {"r": lw.Unknown(0.5, lower=0), "capacity": lw.Unknown(4000.0, lower=0)}
    solution = lw.solve(lw.Problem(lw.Time(t=(0, 10)), "n", conditions, unknown))
    best, _ = curve_fit(growth, times, seen, p0=[0.5, 4000, 100])
    assert solution.params["r"] == pytest.approx(best[0], rel=1e-3)
    assert solution.params["capacity"] == pytest.approx(best[1], rel=1e-3)
    low, high = solution.intervals["capacity"]
    assert low < 5000 < high


def test_laws_of_ordinary_size_weigh_what_they_did():
    problem = lw.problems.burgers()
    weighting, _ = default_weighting(problem, field_sizes(problem))
    assert weighting.weights == {"pde": 1.0, "walls": 100.0, "start": 100.0}


def test_a_law_in_other_units_is_weighed_by_its_size():
    problem = burgers(1e3, 1e-2)
    sizes = field_sizes(problem)
    size = term_sizes(problem, problem.conditions["pde"], sizes)["pde"]
    weighting, _ = default_weighting(problem, sizes)
    assert weighting.weights["pde"] == pytest.approx((RESIDUAL_BAND / size) ** 2)
