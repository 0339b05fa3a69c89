"""A problem and all that was worked out of it are freed together."""

import gc
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import lawful as lw
from lawful import laplacian
from lawful.domain import AbstractDomain
from lawful.problem import Problem
from lawful.reference import SOLVERS, AbstractSolver, derive
from lawful.reference.substitution import Substitution

SQUARE, DISK, SOON = lw.Box(x=(0, 1), y=(0, 1)), lw.Disk(x=0, y=0, radius=1), lw.Time(t=(0, 0.1))


def distance() -> Problem:
    return Problem(
        SQUARE,
        "u",
        {"law": lw.Interior(lambda u: u.x**2 + u.y**2 - 1), "walls": lw.Boundary(lambda u: u)},
    )


def cooling() -> Problem:
    return Problem(
        DISK * SOON,
        "u",
        {
            "law": lw.Interior(lambda u: u.t - laplacian(u)),
            "walls": lw.Boundary(lambda u: u),
            "start": lw.Initial(lambda u, x, y: u - 1 + x**2 + y**2),
        },
    )


def flux(domain: AbstractDomain, *, moves: bool = False) -> Problem:
    """Heat and its flux, in laws of first order."""
    start = {"start": lw.Initial(lambda u: u)} if moves else {}
    laws = {"a": lambda u, a: a + u.x, "b": lambda u, b: b + u.y}
    walls: dict[str, Any] = {"walls": lw.Boundary(lambda u: u), "open": lw.Free()}
    if isinstance(domain, lw.Box):  # which splines do not take as it is
        walls |= {"walls": lw.Boundary(lambda u: u, on="x"), "through": lw.Boundary(lambda b: b, on="y")}
    balance = (lambda u, a, b: u.t + a.x + b.y - 1) if moves else (lambda a, b: a.x + b.y - 1)
    conditions = {name: lw.Interior(law) for name, law in (laws | {"balance": balance}).items()}
    return Problem(domain, "u a b", conditions | walls | start)


def clamped() -> Problem:
    return Problem(
        SQUARE,
        "w m",
        {
            "moment": lw.Interior(lambda w, m: laplacian(w) - m),
            "balance": lw.Interior(lambda m: laplacian(m) - 1),
            "walls": lw.Boundary(lambda w: w),
            "level_x": lw.Boundary(lambda w: w.x, on="x"),
            "level_y": lw.Boundary(lambda w: w.y, on="y"),
            "open": lw.Free(),
        },
    )


SMALL: dict[str, Callable[[], Problem]] = {
    "OrdinaryDifferential": lw.problems.decay,
    "ConservationLaws": lw.problems.burgers_inviscid,
    "HamiltonJacobi": lw.problems.eikonal,
    "FastMarching": distance,
    "PeriodicWaves": lw.problems.advection,
    "MethodOfLines": lw.problems.heat,
    "Steady": lambda: lw.problems.poisson(dimension=1),
    "FiniteElements": lw.problems.l_shape,
    "MovingFiniteElements": cooling,
    "Substitution in MethodOfLines": lambda: flux(SQUARE * SOON, moves=True),
    "Substitution in Steady": clamped,
    "Substitution in FiniteElements": lambda: flux(DISK),
    "Substitution in MovingFiniteElements": lambda: flux(DISK * SOON, moves=True),
}


def name_of(solver: AbstractSolver) -> str:
    own = type(solver).__name__
    return f"{own} in {type(solver.inner).__name__}" if isinstance(solver, Substitution) else own


def is_freed(problems: list[Problem]) -> bool:
    gone = weakref.ref(problems.pop())
    gc.collect()
    return gone() is None


@pytest.mark.parametrize("solver", SOLVERS, ids=name_of)
def test_a_problem_that_was_solved_is_freed(solver: AbstractSolver) -> None:
    problems = [SMALL[name_of(solver)]()]
    assert solver.refuses(problems[0]) is None
    solver.solve(problems[0], 0)
    solver.solve(problems[0], 1)
    assert is_freed(problems)


def test_a_problem_is_freed_with_the_reference_that_was_derived_of_it() -> None:
    problems = [lw.problems.heat()]
    places = {"x": np.linspace(0, 1, 5), "t": np.full(5, 0.5)}
    assert derive(problems[0]).evaluate(places, ("u",)).error_estimate < 1e-6
    assert derive(problems[0]) is derive(problems[0])
    assert is_freed(problems)


def test_a_copy_of_a_problem_keeps_nothing_of_the_first() -> None:
    problem = lw.problems.heat()
    derive(problem)
    assert problem.kept
    assert not problem.at({}).kept
    assert not problem.stated.kept


def test_what_raised_is_tried_again() -> None:
    from lawful.once import once

    tried: list[int] = []

    @once
    def found(problem: Problem, number: int) -> int:
        tried.append(number)
        if len(tried) == 1:
            raise ValueError("at first")
        return number + 1

    problem = lw.problems.decay()
    with pytest.raises(ValueError, match="at first"):
        found(problem, 1)
    assert [found(problem, 1), found(problem, 1), found(problem, 2)] == [2, 2, 3]
    assert tried == [1, 1, 2]
