"""Laws of first order in several fields, of which some are given outright: put into the others, and found again."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.problem import Problem
from lawful.reference import SOLVERS, derive
from lawful.reference.substitution import Reduced, Substitution, given_fields, reduced

PI = np.pi
LAME, SHEAR, Q = 1.0, 0.5, 4.0
SQUARE = lw.Box(x=(0, 1), y=(0, 1))
Exact = dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]]


def forces(x, y):
    """Those under which a plate is displaced by u = cos(2 pi x) sin(pi y), v = Q sin(pi x) y^4 / 4."""
    c, s = jnp.cos, jnp.sin
    uxx, uyy = -4 * PI**2 * c(2 * PI * x) * s(PI * y), -(PI**2) * c(2 * PI * x) * s(PI * y)
    vxx, vyy = -(PI**2) * s(PI * x) * Q * y**4 / 4, 3 * s(PI * x) * Q * y**2
    uxy, vxy = -2 * PI**2 * s(2 * PI * x) * c(PI * y), PI * c(PI * x) * Q * y**3
    stiff = LAME + 2 * SHEAR
    return stiff * uxx + LAME * vxy + SHEAR * (uyy + vxy), stiff * vyy + LAME * uxy + SHEAR * (vxx + uxy)


def plate() -> tuple[Problem, Exact]:
    """Balance of forces and Hooke's law, in displacements and stresses."""

    def law(u, v, sxx, syy, sxy, x, y):
        fx, fy = forces(x, y)
        return {
            "across": sxx.x + sxy.y - fx,
            "along": sxy.x + syy.y - fy,
            "xx": (LAME + 2 * SHEAR) * u.x + LAME * v.y - sxx,
            "yy": (LAME + 2 * SHEAR) * v.y + LAME * u.x - syy,
            "xy": SHEAR * (u.y + v.x) - sxy,
        }

    def pulled(u, syy, x):
        return {"u": u, "syy": syy - (LAME + 2 * SHEAR) * Q * jnp.sin(PI * x)}

    conditions = {
        "law": lw.Interior(law),
        "top": lw.Boundary(pulled, on="y.upper"),
        "bottom": lw.Boundary(lambda u, v: {"u": u, "v": v}, on="y.lower"),
        "sides": lw.Boundary(lambda v, sxx: {"v": v, "sxx": sxx}, on="x"),
    }
    stiff = LAME + 2 * SHEAR

    def ux(x, y):
        return -2 * PI * np.sin(2 * PI * x) * np.sin(PI * y)

    def vy(x, y):
        return np.sin(PI * x) * Q * y**3

    return Problem(SQUARE, "u v sxx syy sxy", conditions), {
        "u": lambda x, y: np.cos(2 * PI * x) * np.sin(PI * y),
        "v": lambda x, y: np.sin(PI * x) * Q * y**4 / 4,
        "sxx": lambda x, y: stiff * ux(x, y) + LAME * vy(x, y),
        "syy": lambda x, y: stiff * vy(x, y) + LAME * ux(x, y),
        "sxy": lambda x, y: (
            SHEAR * (PI * np.cos(2 * PI * x) * np.cos(PI * y) + PI * np.cos(PI * x) * Q * y**4 / 4)
        ),
    }


def clamped() -> tuple[Problem, Exact]:
    """A plate in its deflection w and its moment m = laplacian(w), clamped."""

    def load(x, y):
        c = jnp.cos
        return 4 * PI**4 * (4 * c(2 * PI * x) * c(2 * PI * y) - c(2 * PI * x) - c(2 * PI * y))

    conditions = {
        "moment": lw.Interior(lambda w, m: lw.laplacian(w) - m),
        "balance": lw.Interior(lambda m, x, y: lw.laplacian(m) - load(x, y)),
        "walls": lw.Boundary(lambda w: w),
        "level_x": lw.Boundary(lambda w: w.x, on="x"),
        "level_y": lw.Boundary(lambda w: w.y, on="y"),
        "open": lw.Free(on="walls"),
    }
    return Problem(SQUARE, "w m", conditions), {
        "w": lambda x, y: (np.sin(PI * x) * np.sin(PI * y)) ** 2,
        "m": lambda x, y: (
            2 * PI**2 * (np.cos(2 * PI * x) * np.sin(PI * y) ** 2 + np.cos(2 * PI * y) * np.sin(PI * x) ** 2)
        ),
    }


def seepage() -> tuple[Problem, Exact]:
    """The flux (a, b) = -(2 + x) grad u within a circle, and its balance."""

    def law(u, a, b, x, y):
        return {"a": a / (2 + x) + u.x, "b": b + (2 + x) * u.y, "balance": a.x + b.y + 6 * x + 8}

    conditions = {"law": lw.Interior(law), "rim": lw.Boundary(lambda u: u - 1, on="circle")}
    return Problem(lw.Disk(x=0, y=0, radius=1), "u a b", conditions), {
        "u": lambda x, y: x**2 + y**2,
        "a": lambda x, y: -(2 + x) * 2 * x,
        "b": lambda x, y: -(2 + x) * 2 * y,
    }


@pytest.mark.parametrize(("make", "tolerance"), [(plate, 1e-6), (clamped, 1e-5), (seepage, 1e-4)])
def test_fields_that_laws_give_are_put_into_the_others_and_found_again(
    make: Callable, tolerance: float
) -> None:
    problem, exact = make()
    derived = derive(problem)
    assert derived.method.endswith("laws put into each other")
    rng = np.random.default_rng(0)
    x, y = rng.uniform(0.05, 0.65, (2, 300))
    judged = derived.evaluate({"x": x, "y": y}, tuple(problem.fields))
    assert not judged.doubt
    for field, truth in exact.items():
        off = np.abs(judged.values[field] - truth(x, y)).max()
        print(f"{field}: off by {off:.1e}, estimated {judged.errors[field]:.1e}")
        assert off <= 5 * judged.errors[field]
        assert off <= tolerance * np.abs(truth(x, y)).max()


def test_a_field_given_by_one_that_is_given_is_resolved() -> None:
    """a = x u_x, 3 b = a_x: all slots of b end in those of u, and the place moves along."""
    problem = Problem(
        SQUARE,
        "u a b",
        {
            "first": lw.Interior(lambda u, a, x: a - u.x * x),
            "second": lw.Interior(lambda a, b: 3 * b - a.x),
            "law": lw.Interior(lambda u, b: lw.laplacian(u) + b),
            "walls": lw.Boundary(lambda u: u),
            "open": lw.Free(on="x"),
        },
    )
    first, second = (next(g for g in given_fields(problem) if g.field == f) for f in "ab")
    whole = Reduced(problem, {"a": first, "b": second})
    assert whole.needs(("b", (0, 1))) == {("u", i) for i in [(1, 0), (2, 0), (1, 1), (2, 1)]}
    x, y = 0.3, 0.7
    slopes = {(i, j): np.cos(i) * np.exp(j * x) for i in range(4) for j in range(3)}
    found = whole.known({"u": slopes}, jnp.asarray([x, y]), {})(("b", (0, 1)))
    assert found == pytest.approx((slopes[1, 1] + x * slopes[2, 1]) / 3)


@pytest.mark.parametrize(
    "first", [lambda u, a: jnp.maximum(a, 0.0) - u.x, lambda u, a: u * a - u.x, lambda u, a: a + a.y - u.x]
)
def test_only_what_a_law_gives_whatever_the_values_are_is_given(first: Callable) -> None:
    laws = {"first": lw.Interior(first), "law": lw.Interior(lambda u, a: u.xx + u.yy + a.x)}
    walls = {"walls": lw.Boundary(lambda u: u), "open": lw.Free()}
    assert given_fields(Problem(SQUARE, "u a", laws | walls)) == []


def test_heat_and_its_flux_in_time() -> None:
    """u_t + div q = 0, q = -grad u, no flux through two walls: u = exp(-pi^2 t) sin(pi x)."""
    conditions = {
        "balance": lw.Interior(lambda u, a, b: u.t + a.x + b.y),
        "across": lw.Interior(lambda u, a: a + u.x),
        "along": lw.Interior(lambda u, b: b + u.y),
        "cold": lw.Boundary(lambda u: u, on="x"),
        "closed": lw.Boundary(lambda b: b, on="y"),
        "open": lw.Free(),
        "start": lw.Initial(lambda u, x: u - jnp.sin(PI * x)),
    }
    problem = Problem(SQUARE * lw.Time(t=(0, 0.1)), "u a b", conditions)
    solver = next(s for s in SOLVERS if isinstance(s, Substitution) and s.refuses(problem) is None)
    rng = np.random.default_rng(0)
    x, y, t = (*rng.uniform(0, 1, (2, 50)), np.repeat([0.03, 0.1], 25))
    found = solver.solve(problem, 0).evaluate(np.stack([x, y, t], axis=1))
    fading = np.exp(-(PI**2) * t)
    np.testing.assert_allclose(found["u"], fading * np.sin(PI * x), atol=1e-5)
    np.testing.assert_allclose(found["a"], -PI * fading * np.cos(PI * x), atol=1e-3)
    np.testing.assert_allclose(found["b"], 0.0, atol=1e-3)


def test_what_is_taken_as_it_is_is_left_as_it_is() -> None:
    problem = lw.problems.kovasznay()
    for solver in SOLVERS:
        if isinstance(solver, Substitution) and solver.inner.refuses(problem) is None:
            assert solver.refuses(problem) == "it takes the problem as it is."
    assert reduced(lw.problems.heat(), SOLVERS[0]) is None
