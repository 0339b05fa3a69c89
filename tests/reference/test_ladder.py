"""References derived from problems with known solutions: how far off they are, what they say of it, and their order."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.problem import Problem
from lawful.reference import SOLVERS, derive

PI = np.pi
EPS = 1e-2
BRATU = 1.5171645990507543  # of theta = sqrt(2) cosh(theta / 4), for u'' + e^u = 0


def layer(x: np.ndarray) -> np.ndarray:
    return x - np.expm1(x / EPS) / np.expm1(1 / EPS)


def box(law: Callable, exact: Callable, **walls: Callable) -> Problem:
    """A law on the unit interval or square with an exact solution."""
    names = tuple(exact.__code__.co_varnames[: exact.__code__.co_argcount])
    conditions = {"law": lw.Interior(law)} | {
        f"wall{k}": lw.Boundary(wall, on=on) for k, (on, wall) in enumerate(walls.items())
    }
    return Problem(lw.Box(**dict.fromkeys(names, (0, 1))), "u", conditions, reference=lw.Exact(exact))


def zero(u):
    return u


KNOWN: dict[str, Callable[[], Problem]] = {
    "heat": lw.problems.heat,
    "diffusion_reaction": lw.problems.diffusion_reaction,
    "schrodinger_box": lw.problems.schrodinger_box,
    "burgers": lambda: lw.problems.burgers(nu=0.02),
    "fisher_kpp": lw.problems.fisher_kpp,
    "advection_diffusion": lw.problems.advection_diffusion,
    "poisson": lambda: lw.problems.poisson(dimension=2),
    "helmholtz": lw.problems.helmholtz,
    "darcy": lw.problems.darcy,
    "oscillator": lw.problems.oscillator,
    "a layer": lambda: box(lambda u: EPS * u.xx - u.x + 1, layer, x=zero),
    "steady and nonlinear": lambda: box(
        lambda u, x: u.xx - u**3 + jnp.sin(3 * x) ** 3 + 9 * jnp.sin(3 * x),
        lambda x: np.sin(3 * x),
        **{"x.lower": lambda u: u.x - 3, "x.upper": lambda u: u + u.x - jnp.sin(3.0) - 3 * jnp.cos(3.0)},
    ),
    "mixed sides": lambda: box(
        lambda u, x, y: lw.laplacian(u) + 2 * jnp.cos(x) * jnp.sin(y),
        lambda x, y: np.cos(x) * np.sin(y),
        **{
            "x.lower": lambda u: u.x,
            "x.upper": lambda u, y: u + 2 * u.x - (jnp.cos(1.0) - 2 * jnp.sin(1.0)) * jnp.sin(y),
            "y.lower": zero,
            "y.upper": lambda u, x: u.y - jnp.cos(x) * jnp.cos(1.0),
        },
    ),
}


def wave(count: int, speed: float) -> Callable[[], Problem]:
    """Korteweg's and de Vries' equation with a source: of order four in time, and hard to resolve at first."""
    k, d = 2 * PI * count, 1e-4

    def law(u, x, t):
        p = k * x - speed * t
        sources = -speed * jnp.cos(p) + k * jnp.sin(p) * jnp.cos(p) - d * k**3 * jnp.cos(p)
        return u.t + u * u.x + d * u.xxx - sources

    conditions = {
        "law": lw.Interior(law),
        "around": lw.Periodic(on="x"),
        "start": lw.Initial(lambda u, x: u - jnp.sin(k * x)),
    }
    exact = lw.Exact(lambda x, t: np.sin(k * x - speed * t))
    return lambda: Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions, reference=exact)


KNOWN |= {"eight waves": wave(8, 20.0), "twelve waves": wave(12, 20.0)}
FLOOR = 1e-11
"""Relative to the largest value: errors below are rounding, and no ratio is asked of them."""


@pytest.mark.parametrize("name", KNOWN)
def test_the_estimate_is_within_a_factor_five_and_never_below_a_third(name: str) -> None:
    problem = KNOWN[name]()
    region = problem.domain.interior()
    points = region.place(np.random.default_rng(3).random((800, region.dimension)))
    places = {c: points[:, k].copy() for k, c in enumerate(problem.domain.coordinates)}
    fields = tuple(problem.fields)
    exact = problem.reference.evaluate(places, fields).values
    derived = derive(problem)
    judged = derived.evaluate(places, fields)
    assert not judged.doubt
    for field in fields:
        size = float(np.abs(exact[field]).max())
        error = float(np.abs(judged.values[field] - exact[field]).max())
        print(
            f"{name}: {field} off by {error:.1e}, estimated {judged.errors[field]:.1e} (ratio "
            f"{judged.errors[field] / error:.2f}), order {judged.order}, {derived.method}"
        )
        assert error <= 1e-6 * size
        if error > FLOOR * size:
            assert error / 3 <= judged.errors[field] <= 5 * error


def test_bratu_has_its_lower_branch() -> None:
    problem = Problem(
        lw.Box(x=(0, 1)),
        "u",
        {"law": lw.Interior(lambda u: u.xx + jnp.exp(u)), "ends": lw.Boundary(zero, on="x")},
    )
    found = derive(problem).evaluate({"x": np.asarray([0.5])}, ("u",)).values["u"][0]
    assert found == pytest.approx(2 * np.log(np.cosh(BRATU / 4)), abs=1e-10)


def on_the_rod(law: Callable, **more: lw.Problem) -> Problem:
    conditions = {
        "law": lw.Interior(law),
        "ends": lw.Boundary(zero, on="x"),
        "start": lw.Initial(lambda u, x: u - jnp.sin(jnp.pi * x)),
    }
    return Problem(lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions | more)


def without_an_end(law: Callable) -> Problem:
    """A rod of which nothing is said at its lower end."""
    ends = {"ends": lw.Boundary(zero, on="x.upper"), "free": lw.Free(on="x.lower")}
    return on_the_rod(law, **ends)


REFUSED = {
    "a square of the rate": (lambda: on_the_rod(lambda u: u.t**2 - u.xx), r"law is not linear in u\.t"),
    "too few ends": (
        lambda: on_the_rod(
            lambda u: u.t - u.xx, ends=lw.Boundary(zero, on="x.lower"), free=lw.Free(on="x.upper")
        ),
        r"the law is of order 2 in x for u, and its ends give 1 condition",
    ),
    "on the axis of a ball": (
        lambda: without_an_end(lambda u, x: u.t - u.xx - 2 * u.x / x),
        r'at x = 0, where the law is singular, .* Boundary\(lambda u: u\.x, on="x\.lower"\)\.$',
    ),
    "no such axis, though its law is singular": (
        lambda: without_an_end(lambda u, x: u.t - x**2 * u.xx - x * u.x + u),
        r"1 condition on it; as many are needed\.$",
    ),
    "a jump that is carried along": (
        lambda: Problem(
            lw.Box(x=(0, 1)) * lw.Time(t=(0, 1)),
            "u",
            {
                "law": lw.Interior(lambda u: u.t + u.x),
                "start": lw.Initial(lambda u, x: u - jnp.where(x < 0.5, 1.0, 0.0)),
                "inflow": lw.Boundary(lambda u: u - 1, on="x.lower"),
                "outflow": lw.Free(on="x.upper"),
            },
        ),
        r"the start jumps at x = 0\.5, .* state them by their flux, as Conservation\(lambda u: a \* u\)",
    ),
    "start and end": (
        lambda: on_the_rod(lambda u: u.t - u.xx, last=lw.Final(lambda u, x: u)),
        "conditions are given at the start and at the end",
    ),
    "an unknown": (
        lambda: Problem(
            lw.Box(x=(0, 1)),
            "u",
            {"law": lw.Interior(lambda u, k: u.xx - k), "ends": lw.Boundary(zero, on="x")},
            params={"k": lw.Unknown(1.0)},
        ),
        "the parameter k is to be found",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_derived_is_said_in_a_sentence(name: str) -> None:
    make, message = REFUSED[name]
    with pytest.raises(ValueError, match=message):
        derive(make())


def test_every_solver_refuses_or_takes_every_problem_in_words() -> None:
    for make in KNOWN.values():
        problem = make()
        for solver in SOLVERS:
            reason = solver.refuses(problem)
            assert reason is None or (reason.endswith(".") and "\n" not in reason), reason


def test_scales_that_are_not_resolved_are_told() -> None:
    """A front of width 1e-5 that moves needs a fine mesh everywhere: no solution, or one with a doubt."""
    problem = on_the_rod(
        lambda u: u.t + u * u.x - 1e-5 * u.xx,
        ends=lw.Boundary(lambda u: u - 1, on="x"),
        start=lw.Initial(lambda u, x: u - 1 - jnp.sin(2 * jnp.pi * x) / 2),
    )
    solution = None
    try:
        solution = lw.solve(problem, method="classical", budget=6)
    except ValueError as failure:
        told = str(failure)
    else:
        told = " ".join(solution.verdict.reasons)
    assert solution is None or solution.verdict.word == "inconclusive"
    assert "resolve" in told or "resolutions" in told
