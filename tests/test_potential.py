"""Networks that are the antiderivative of what is conserved: the same calculus, starts, and where shocks stand."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import erf

import lawful as lw
from lawful.calculus import Scope
from lawful.magnitude import residuals_and_sizes
from lawful.potential import integrated_start
from lawful.trial import TrialSpace


def burgers(start: Any, **more: Any) -> lw.Problem:
    return lw.Problem(
        lw.Box(x=(-1, 2)) * lw.Time(t=(0, 1)),
        "u",
        {
            "pde": lw.Conservation(lambda u: u**2 / 2, closure=lw.Potential(1e-3)),
            "left": lw.Boundary(lambda u: u, on="x.lower"),
            "start": lw.Initial(start),
        },
        **more,
    )


@pytest.mark.parametrize("network", [lw.nn.MLP(7, 2), lw.nn.FourierFeatures(6, 1)])
def test_the_field_is_the_slope_of_what_its_law_asks_for(network: Any) -> None:
    """Values and derivatives against nested differentiation of the antiderivative, in a box that is not centred."""
    space = TrialSpace(
        burgers(lambda u: u - 1), network, key=jax.random.key(3), dtype="float64", units={"u": 10.0}
    )
    tree = space.tree(space.initial)

    def antiderivative(x: Any, t: Any) -> Any:
        return space.jets(tree, jnp.asarray([[x, t]]), {"u": frozenset({(-1, 0)})})["u"][-1, 0][0]

    def slope(times: int, rates: int) -> Any:
        f = antiderivative
        for _ in range(times):
            f = jax.grad(f, 0)
        for _ in range(rates):
            f = jax.grad(f, 1)
        return f

    points = jnp.asarray([[-0.3, 0.2], [1.4, 0.9]])
    indices = {(0, 0), (-1, 1), (1, 0), (1, 1), (2, 0)}
    found = space.jets(tree, points, {"u": frozenset(indices)})["u"]
    assert set(found) == indices
    for index in indices:
        expected = [slope(index[0] + 1, index[1])(x, t) for x, t in points]
        np.testing.assert_allclose(found[index], expected, rtol=1e-9, atol=1e-12)


def test_slopes_are_of_the_size_of_the_field() -> None:
    """Whatever the length of the domain and the unit of the field."""

    def spread(length: float, unit: float) -> float:
        law = lw.Conservation(lambda u: u, closure=lw.Potential(1e-3))
        problem = lw.Problem(
            lw.Box(x=(0, length)) * lw.Time(t=(0, 1)),
            "u",
            {"pde": law, "start": lw.Initial(lambda u: u), "f": lw.Free(on="x")},
        )
        space = TrialSpace(
            problem, lw.nn.MLP(8, 2), key=jax.random.key(0), dtype="float64", units={"u": unit}
        )
        points = jnp.stack([jnp.linspace(0, length, 50), jnp.full(50, 0.3)], axis=1)
        return float(np.std(space.values(space.tree(space.initial), points)["u"]))

    assert spread(1e-3, 100.0) == pytest.approx(100 * spread(1.0, 1.0), rel=1e-9)


def test_starts_are_integrated_along_the_coordinate() -> None:
    """A bell to the rounding of the table, a jump to a cell of it."""
    bell = burgers(lambda u, x: u - jnp.exp(-10 * x**2))
    x = np.linspace(-1, 2, 8193)
    points = np.stack([x, np.zeros_like(x)], axis=1)
    found = integrated_start(bell, bell.conditions["start"]).batch(points)["integral.start"]
    exact = np.sqrt(np.pi / 40) * (erf(np.sqrt(10) * x) + erf(np.sqrt(10)))
    np.testing.assert_allclose(found, exact, atol=1e-14)
    step = burgers(lambda u, x: 3 * u - jnp.where(x < 0.1234, 6.0, 0.0))
    found = integrated_start(step, step.conditions["start"]).batch(points)["integral.start"]
    np.testing.assert_allclose(found, 2 * np.minimum(x + 1, 1.1234), atol=2 * 3 / 8192)
    law = step.conditions["pde"]
    assert integrated_start(step, law) is law


def test_a_start_with_an_unknown_parameter_is_left_as_it_is() -> None:
    conditions = {
        "pde": lw.Conservation(lambda u: u, closure=lw.Potential()),
        "start": lw.Initial(lambda u, x, a: u - a * x),
        "seen": lw.Data(x=[0.5], t=[0.5], u=[1.0]),
    }
    problem = lw.Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions, {"a": lw.Unknown(1.0)})
    assert integrated_start(problem, problem.conditions["start"]) is problem.conditions["start"]


def test_a_system_is_integrated_field_by_field() -> None:
    """Q_t + f - viscosity q_x, with the potentials of both fields, of which each flux may hold both."""
    law = lw.Conservation(lambda h, q: {"h": q, "q": q**2 / h + h**2}, closure=lw.Potential(0.1))
    domain = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    bound = law.bind("pde", domain, Scope(dict.fromkeys("hq", ("x", "t")), ("x", "t"), (), "t"), {})
    h = {(-1, 1): 5.0, (0, 0): 2.0, (1, 0): 3.0}
    q = {(-1, 1): 7.0, (0, 0): 4.0, (1, 0): -1.0}
    assert {f: set(needed) for f, needed in bound.needs.items()} == {"h": set(h), "q": set(q)}
    table = {f: {i: jnp.asarray(v) for i, v in row.items()} for f, row in {"h": h, "q": q}.items()}
    found = bound.residual([table], jnp.full((1, 2), 0.3), {}, {})
    assert found["pde.h"] == pytest.approx(5 + 4 - 0.1 * 3)
    assert found["pde.q"] == pytest.approx(7 + 8 + 4 + 0.1)


def test_a_mean_goes_around_a_circle() -> None:
    """The antiderivative of a periodic field is periodic only where its mean is zero; here it is 1.

    u_t + u_x = 0 from 1 + sin(x) / 2: the wave travels, but for a viscosity of 1e-3 (a loss of 1e-3 t of its height).
    """
    problem = lw.Problem(
        lw.Box(x=(0, 2 * np.pi)) * lw.Time(t=(0, 1)),
        "u",
        {
            "pde": lw.Conservation(lambda u: u, closure=lw.Potential(1e-3)),
            "around": lw.Periodic(on="x"),
            "start": lw.Initial(lambda u, x: u - 1 - jnp.sin(x) / 2),
        },
    )
    solution = lw.solve(problem, steps=150, points=256, method="pinn", reference="stated")
    x = np.linspace(0, 2 * np.pi, 65)
    assert np.abs(solution.u(x=x, t=1.0) - 1 - np.exp(-1e-3) * np.sin(x - 1) / 2).max() <= 3e-2


@pytest.mark.usefixtures("unchecked")
def test_a_periodic_network_is_no_antiderivative() -> None:
    with pytest.raises(
        ValueError, match=r"the network is periodic in x, but Potential\(\) takes it for the antideriv"
    ):
        lw.solve(burgers(lambda u: u), network=lw.nn.Periodic(on=("x",)), steps=1, reference="stated")


def test_a_start_and_its_integral_are_told_apart() -> None:
    """What is compiled for the one is not taken for the other, whichever comes first."""
    problem = burgers(lambda u: u - 2.0)
    space = TrialSpace(problem, lw.nn.MLP(5, 1), key=jax.random.key(0), dtype="float64")
    start, theta = problem.conditions["start"], np.asarray(space.initial)
    x = np.linspace(-0.9, 1.9, 5)
    points = np.stack([x, np.zeros(5)], 1)
    jets = space.jets(space.tree(space.initial), jnp.asarray(points), {"u": frozenset({(-1, 0), (0, 0)})})[
        "u"
    ]
    for bound, expected in (
        (integrated_start(problem, start), jets[-1, 0] - 2.0 * (x + 1)),
        (start, jets[0, 0] - 2.0),
    ):
        found, _ = residuals_and_sizes(space, bound)(theta, bound.batch(points))
        np.testing.assert_allclose(found["start"], expected, atol=1e-9)


def test_a_shock_stands_where_what_is_conserved_puts_it() -> None:
    """Mean |e| at t = 0.3, of which 1.4e-3 are those of the viscosity: arXiv 2601.00473 has 1.4e-1."""
    problem = lw.problems.burgers_inviscid(viscosity=5e-4)
    solution = lw.solve(
        problem, steps=500, reference="stated", sampling=lw.sampling.ResidualAdaptive(every=50), method="pinn"
    )
    x = np.linspace(0, 1, 2001)
    error = np.abs(solution.u(x=x, t=0.3) - (x < 0.65))
    assert error.mean() <= 5e-3
    place = x[np.argmin(np.abs(np.asarray(solution.u(x=x, t=0.3)) - 0.5))]
    assert place == pytest.approx(0.65, abs=5e-3)


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: lw.Potential(-1.0), r"viscosity must be a finite number above 0, got -1\.0"),
        (
            lambda: burgers(lambda u: u, ansatz={"u": lambda u, t: t * u}),
            r"an ansatz of u is given, and by closure=Potential\(\.\.\.\) the network is the antiderivative of u",
        ),
        (
            lambda: lw.Problem(
                lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
                "u",
                {"pde": lw.Conservation(lambda u: u, source=lambda u: -u, closure=lw.Potential())},
            ),
            "condition 'pde': Potential is for laws without a source",
        ),
        (
            lambda: lw.Problem(
                lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1)),
                "u",
                {"pde": lw.Conservation({"x": lambda u: u, "y": lambda u: u}, closure=lw.Potential())},
            ),
            "condition 'pde': Potential is for one coordinate of space, and here are x and y",
        ),
    ],
)
def test_what_has_no_potential_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
