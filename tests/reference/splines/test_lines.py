"""Two small systems in the place of one of their product's size: the same solutions, where there are lines."""

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.problem import Problem
from lawful.reference.applicability import orders_in_time
from lawful.reference.sides import joined_axes, sides_of
from lawful.reference.sparse import factorised
from lawful.reference.splines.discretisation import Discretisation
from lawful.reference.splines.equations import Equations
from lawful.reference.splines.steady import even_meshes

SQUARE = lw.Box(x=(0, 1), y=(0, 2)) * lw.Time(t=(0, 1))


def equations_of(problem: Problem) -> Equations:
    grid = Discretisation(
        problem, even_meshes(problem, 3, 3), orders_in_time(problem), sides_of(problem), joined_axes(problem)
    )
    ends = [rows for field in problem.fields for _, rows in grid.ends(field)]
    return Equations(grid, [*grid.laws(), *ends], identities=True)


def heat(u):
    return 2 * u.t - lw.laplacian(u) - u**2


def problem_of(law, *walls, fields="u", start=None, domain=SQUARE) -> Problem:
    conditions = {f"wall{k}": wall for k, wall in enumerate(walls)}
    start = start or lw.Initial(lambda u: u)
    return Problem(domain, fields, {"law": lw.Interior(law), **conditions, "start": start}, reference=None)


def value(u):
    return u - 1


WITH_LINES = {
    "values": lambda: problem_of(heat, lw.Boundary(value, on="x"), lw.Boundary(value, on="y")),
    "slopes": lambda: problem_of(
        heat, lw.Boundary(lambda u: u.x, on="x"), lw.Boundary(lambda u: u.y, on="y")
    ),
    "values above slopes": lambda: problem_of(
        heat, lw.Boundary(lambda u: u.x, on="x"), lw.Boundary(lambda u, t: u - t, on="y")
    ),
    "mixtures": lambda: problem_of(
        heat, lw.Boundary(lambda u: u + 3 * u.x, on="x"), lw.Boundary(lambda u: u.y - u / 2, on="y")
    ),
    "around": lambda: problem_of(heat, lw.Periodic(on="x"), lw.Boundary(value, on="y")),
    "waves": lambda: problem_of(
        lambda u: u.tt - lw.laplacian(u),
        lw.Boundary(value, on="x"),
        lw.Boundary(lambda u: u.y, on="y"),
        start=lw.Initial(lambda u: {"u": u, "rate": u.t}),
    ),
    "two fields": lambda: problem_of(
        lambda u, v: {"a": u.t - lw.laplacian(v), "b": v.t - lw.laplacian(u) + u * v},
        lw.Boundary(lambda u, v: {"a": u, "b": v.x}, on="x"),
        lw.Boundary(lambda u, v: {"a": u.y, "b": v}, on="y"),
        fields="u v",
        start=lw.Initial(lambda u, v: {"a": u, "b": v}),
    ),
}


@pytest.mark.parametrize("name", WITH_LINES)
def test_rates_by_lines_are_those_of_the_sparse_matrix(name: str) -> None:
    equations = equations_of(WITH_LINES[name]())
    still = np.zeros(equations.grid.size)
    solve = equations.rates_by_lines(0.3, still)
    assert solve is not None
    whole = factorised(equations.matrix(equations.jacobians(0.3, still, still)[1]))
    right = np.random.default_rng(1).standard_normal(equations.grid.size)
    expected = whole(right)
    np.testing.assert_allclose(solve(right), expected, atol=1e-10 * np.abs(expected).max())


WITHOUT = {
    "a capacity that varies": lambda: problem_of(
        lambda u, x, y: (1 + x * y) * u.t - lw.laplacian(u), lw.Boundary(value, on="walls")
    ),
    "a wall that varies": lambda: problem_of(
        heat, lw.Boundary(lambda u, y: u + jnp.exp(y) * u.x, on="x"), lw.Boundary(value, on="y")
    ),
    "rates of two fields in one law": lambda: problem_of(
        lambda u, v: {"a": u.t + v.t - lw.laplacian(v), "b": v.t - lw.laplacian(u)},
        lw.Boundary(lambda u, v: {"a": u, "b": v}, on="walls"),
        fields="u v",
        start=lw.Initial(lambda u, v: {"a": u, "b": v}),
    ),
    "corners held by either": lambda: problem_of(
        heat,
        lw.Boundary(value, on="x.lower"),
        lw.Boundary(lambda u: u.x, on="x.upper"),
        lw.Boundary(lambda u: 2 * u.y + u, on="y.lower"),
        lw.Boundary(value, on="y.upper"),
    ),
    "one coordinate": lambda: problem_of(
        lambda u: u.t - u.xx, lw.Boundary(value, on="x"), domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))
    ),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_where_there_are_no_lines_none_are_taken(name: str) -> None:
    equations = equations_of(WITHOUT[name]())
    assert equations.rates_by_lines(0.3, np.zeros(equations.grid.size)) is None
