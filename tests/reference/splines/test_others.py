"""Laws with several solutions: one is given, and another is told of; none where there is only one."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

import lawful as lw
from lawful.reference import derive


def rod(law: Callable, ends: Callable = lambda u: u) -> lw.Problem:
    return lw.Problem(lw.Box(x=(0, 1)), "u", {"law": lw.Interior(law), "ends": lw.Boundary(ends, on="x")})


def remark(problem: lw.Problem) -> str:
    judged = derive(problem).evaluate({"x": np.asarray([0.5])}, ("u",))
    assert not judged.doubt
    return judged.remark


def test_the_upper_branch_of_bratu_is_found() -> None:
    """u'' + e^u = 0 has two solutions, -2 log(cosh((x - 1/2) a / 2) / cosh(a / 4)) with a = sqrt(2) cosh(a / 4)."""
    lower, upper = (brentq(lambda a: a - np.sqrt(2) * np.cosh(a / 4), *b) for b in ((1, 2), (8, 14)))
    x = np.linspace(0, 1, 1001)
    one, other = (-2 * np.log(np.cosh((x - 0.5) * a / 2) / np.cosh(a / 4)) for a in (lower, upper))
    apart = np.abs(one - other).max()
    told = remark(rod(lambda u: u.xx + jnp.exp(u)))
    assert float(told.removesuffix(".").rsplit(" ", 1)[1]) == pytest.approx(
        apart, rel=0.03
    )  # seen at Gauss points


@pytest.mark.parametrize(
    "law",
    [
        lambda u: u.xx + 20 * jnp.sin(u),
        lambda u: u.xx + 20 * u - u**3,
        lambda u: u.xx + u**2,
        lambda u, x: u.xx + 5 * jnp.sin(3 * u) - jnp.cos(3 * x),
    ],
)
def test_other_solutions_are_told_of(law: Callable) -> None:
    assert remark(rod(law)).startswith(
        "The law has other solutions, such as one from which u differs by up to "
    )


@pytest.mark.parametrize(
    ("law", "ends"),
    [
        (lambda u: u.xx - u + 1, lambda u: u),
        (lambda u, x: u.xx - u**3 + 10 * jnp.sin(3 * x), lambda u: u),
        (lambda u: u.xx - jnp.exp(u), lambda u: u),
        (lambda u: 0.1 * u.xx - u * u.x, lambda u, x: u - x),
        (lambda u: u.xx + 0.5 * u * jnp.cos(u) + 1, lambda u: u),
    ],
)
def test_a_law_with_one_solution_has_no_other(law: Callable, ends: Callable) -> None:
    assert remark(rod(law, ends)) == ""


def test_the_report_and_the_verdict_tell_of_it() -> None:
    solution = lw.solve(rod(lambda u: u.xx + 20 * u - u**3), method="classical")
    assert "The law has other solutions" in solution.report()
    assert solution.verdict.word == "supported"
    assert any("other solutions" in reason for reason in solution.verdict.reasons)
