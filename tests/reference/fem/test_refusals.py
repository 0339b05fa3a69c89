"""What finite elements cannot take is refused in one sentence that names it."""

import jax.numpy as jnp
import pytest
from scipy.special import jn_zeros

import lawful as lw
from lawful.reference import FiniteElements, Undetermined, Unsolved

SQUARE = lw.Box(x=(0, 1), y=(0, 1))


def zero(on="walls"):
    return lw.Boundary(lambda u: u, on=on)


def laplace(u):
    return lw.laplacian(u) - 1


def problem(law, domain=SQUARE, fields="u", params=None, **conditions):
    conditions = {"pde": lw.Interior(law), **(conditions or {"walls": zero()})}
    return lw.Problem(domain=domain, fields=fields, conditions=conditions, params=params)


def stokes(u, v, p):
    return {"x": p.x - lw.laplacian(u), "y": p.y - lw.laplacian(v), "mass": u.x + v.y}


def still(u, v):
    return {"u": u, "v": v}


def minimal_surface(u):
    return (1 + u.y**2) * u.xx - 2 * u.x * u.y * u.xy + (1 + u.x**2) * u.yy


def slip(u, v, normal):
    return {
        "across": u * normal.x + v * normal.y,
        "along": lw.dot(lw.grad(u), normal) * normal.y - lw.dot(lw.grad(v), normal) * normal.x,
    }


def carried(u, c):
    return {"u": lw.laplacian(u) - 1, "c": u * c.x + c.y}


CASES = {
    "time": (
        lambda: problem(
            lambda u: u.t - u.xx - u.yy,
            SQUARE * lw.Time(t=(0, 1)),
            walls=zero(),
            start=lw.Initial(lambda u: u),
        ),
        "takes steady laws",
    ),
    "one coordinate": (lambda: problem(lambda u: u.xx - 1, lw.Box(x=(0, 1))), "two coordinates"),
    "an unknown parameter": (
        lambda: problem(
            lambda u, k: k * lw.laplacian(u) - 1,
            params={"k": lw.Unknown(1.0)},
            walls=zero(),
            seen=lw.Data(x=[0.5], y=[0.5], u=[0.1]),
        ),
        "k is still to be found",
    ),
    "joined walls": (
        lambda: problem(laplace, x=lw.Periodic(on="x"), y=zero("y")),
        "cannot join opposite walls",
    ),
    "fourth order": (lambda: problem(lambda u: u.xxxx + u.yyyy), "hold higher ones of u"),
    "first order": (lambda: problem(lambda u: u.x + u.y), "no field has a second derivative"),
    "curvature": (lambda: problem(minimal_surface), "depend on first ones"),
    "Monge and Ampere": (lambda: problem(lambda u: u.xx * u.yy - u.xy**2 - 1), "not linear in the second"),
    "carried along": (
        lambda: problem(
            carried,
            fields="u c",
            walls=zero(),
            inflow=lw.Boundary(lambda c: c, on="x.lower"),
            rest=lw.Free(on="y"),
        ),
        "the law for c carries it along",
    ),
    "a floating pressure": (
        lambda: problem(stokes, fields="u v p", walls=lw.Boundary(still)),
        r"Data\(x=\[...\], y=\[...\], p=\[0\]\)",
    ),
    "slopes alone": (
        lambda: problem(laplace, walls=lw.Boundary(lambda u, normal: lw.dot(lw.grad(u), normal))),
        "u is known up to a constant only",
    ),
    "observations": (
        lambda: problem(laplace, walls=zero(), seen=lw.Data(x=[0.5], y=[0.5], u=[1.0])),
        "'seen' holds observations",
    ),
    "a free wall": (
        lambda: problem(laplace, walls=zero("x"), top=zero("y.upper"), floor=lw.Free(on="y.lower")),
        "too little is said of u on y.lower",
    ),
    "two conditions": (
        lambda: problem(laplace, walls=zero(), slope=lw.Boundary(lambda u: u.x, on="x.lower")),
        "too much is said on x.lower: slope",
    ),
    "a condition that is no line": (
        lambda: problem(laplace, walls=lw.Boundary(lambda u: u**2 - 1)),
        "not affine",
    ),
    "slip along a circle": (
        lambda: problem(
            stokes,
            lw.Disk(x=0, y=0, radius=1, name="rim"),
            "u v p",
            rim=lw.Boundary(slip),
            pin=lw.Data(x=[0], y=[0], p=[0]),
        ),
        "ties u and v together",
    ),
    "a squared slope": (
        lambda: problem(laplace, walls=zero("x"), flow=lw.Boundary(lambda u: u.y**2 - 1, on="y")),
        "not linear in the normal derivative|does not tell",
    ),
    "a slope along the wall": (
        lambda: problem(laplace, walls=zero("x"), flow=lw.Boundary(lambda u: u.x - 1, on="y")),
        "does not tell all normal derivatives",
    ),
    "second derivatives at the wall": (
        lambda: problem(laplace, walls=zero("x"), flow=lw.Boundary(lambda u: u.yy, on="y")),
        "'flow' holds second derivatives",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_in_one_sentence(case):
    make, message = CASES[case]
    reason = FiniteElements().refuses(make())
    with pytest.raises(ValueError, match=message):
        raise ValueError(reason)
    assert reason.count(". ") == 0
    assert reason.endswith(".")


def test_fluxes_that_do_not_balance_have_no_solution():
    """-laplacian u = 1 inside needs a mean slope of -1/4 on the walls; with none, heat has nowhere to go."""

    def insulated(u, normal):
        return lw.dot(lw.grad(u), normal)

    made = problem(laplace, walls=lw.Boundary(insulated), pin=lw.Data(x=[0.5], y=[0.5], u=[0.0]))
    assert FiniteElements().refuses(made) is None
    with pytest.raises(Unsolved, match="do not balance"):
        FiniteElements().solve(made, 1)


def test_a_law_without_solution_is_told():
    """laplacian u = exp(u) + 5 upside down: laplacian u + 60 exp(u) = 0 has none (Gelfand's problem)."""
    made = problem(lambda u: lw.laplacian(u) + 60 * jnp.exp(u))
    with pytest.raises(Unsolved, match="Newton"):
        FiniteElements().solve(made, 0)


ROUND = jn_zeros(0, 1)[0] ** 2
"""The least eigenvalue of Laplace's operator on a disk of radius 1, whose motion is J0."""


def drum(square: float, source) -> lw.Problem:
    return problem(
        lambda u, x, y: lw.laplacian(u) + square * u - source(x, y),
        lw.Disk(x=0, y=0, radius=1),
        rim=lw.Boundary(lambda u: u),
    )


@pytest.mark.parametrize("source", [lambda x, y: x, lambda x, y: 1.0], ids=["across the motion", "along it"])
def test_a_resonance_is_refused_even_where_the_mesh_hides_it(source) -> None:
    with pytest.raises(Undetermined, match="motions in resonance with them, by which solutions may differ"):
        FiniteElements().solve(drum(ROUND, source), 0)


@pytest.mark.parametrize("factor", [0.0, 0.5, 1.001])
def test_what_is_not_quite_a_resonance_is_solved(factor: float) -> None:
    FiniteElements().solve(drum(factor * ROUND, lambda x, y: x), 0)


def test_a_value_that_no_solution_has_is_refused_at_the_second_level() -> None:
    def law(u):
        return lw.laplacian(u) - 1

    def tight(u, normal):
        return lw.dot(lw.grad(u), normal)

    held = problem(
        law,
        lw.Disk(x=0, y=0, radius=1),
        rim=lw.Boundary(tight),
        value=lw.Data(x=[0.0], y=[0.0], u=[0.0]),
    )
    with pytest.raises(Undetermined, match="do not balance"):
        FiniteElements().solve(held, 1)
