"""Laws in time on shapes: modes whose decay and oscillation are known, manufactured solutions, and refusals."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.special import j0, jn_zeros

import lawful as lw
from lawful.reference import MethodOfLines, MovingFiniteElements, Unsolved, derive, patience

ZERO = float(jn_zeros(0, 1)[0])
DISK = lw.Disk(x=0, y=0, radius=1)
PLATE = lw.Box(x=(-1, 1), y=(-1, 1)) - lw.Disk(x=0.2, y=0.1, radius=0.4)
SERIES = jnp.asarray([(-1) ** k / math.factorial(k) ** 2 / 4**k for k in range(30)])


def mode(x, y):
    """J_0(z r), which vanishes at r = 1, by its series."""
    return jnp.sum(SERIES * (ZERO**2 * (x * x + y * y)) ** jnp.arange(30.0))


def exact_mode(points, factor):
    return j0(ZERO * np.hypot(points[:, 0], points[:, 1])) * factor(points[:, 2])


def disk(law, end, **more):
    conditions = {
        "pde": lw.Interior(law),
        "rim": lw.Boundary(lambda u: u, on="walls"),
        "start": lw.Initial(lambda u, x, y: u - mode(x, y)),
    }
    return lw.Problem(DISK * lw.Time(t=(0, end)), "u", conditions | more)


def plate(law, exact, end=1.0):
    """`law` with the source that makes `exact` its solution, and its values on all walls at all times."""

    def pde(u, x, y, t):
        return law(u) - source(law, exact, x, y, t)

    conditions = {
        "pde": lw.Interior(pde),
        "walls": lw.Boundary(lambda u, x, y, t: u - exact(x, y, t), on="walls"),
        "start": lw.Initial(lambda u, x, y: u - exact(x, y, 0.0)),
    }
    return lw.Problem(PLATE * lw.Time(t=(0, end)), "u", conditions)


def source(law, exact, x, y, t):
    """The law at the exact solution, its derivatives by JAX."""

    class Known:
        def __init__(self, value, **derivatives):
            self.value = value
            self.__dict__ |= derivatives

        def __mul__(self, other):
            return self.value * (other.value if isinstance(other, Known) else other)

        __rmul__ = __mul__

    at = (x, y, t)
    first = [jax.grad(exact, argnums=i)(*at) for i in range(3)]
    second = [jax.grad(jax.grad(exact, argnums=i), argnums=i)(*at) for i in range(3)]
    names = dict(zip(("x", "y", "t"), first, strict=True)) | dict(
        zip(("xx", "yy", "tt"), second, strict=True)
    )
    return law(Known(exact(*at), **names))


def errors(problem, exact, levels):
    solver = MovingFiniteElements()
    assert solver.refuses(problem) is None
    points = problem.domain.interior().place(np.random.default_rng(0).random((500, 3)))
    return [
        float(np.abs(solver.solve(problem, level).evaluate(points)["u"] - exact(points)).max())
        for level in levels
    ]


@pytest.mark.parametrize(
    ("problem", "factor"),
    [
        (disk(lambda u: u.t - lw.laplacian(u), 0.3), lambda t: np.exp(-(ZERO**2) * t)),
        (
            disk(lambda u: u.tt - lw.laplacian(u), 2.0, rate=lw.Initial(lambda u: u.t)),
            lambda t: np.cos(ZERO * t),
        ),
    ],
    ids=["heat", "wave"],
)
def test_a_mode_of_the_disk_decays_or_swings(problem, factor):
    found = errors(problem, lambda q: exact_mode(q, factor), (0, 1, 2))
    print(f"errors {found}, order {np.log2(found[1] / found[2]):.2f}")
    assert found[2] < 3e-5
    assert 2.5 < np.log2(found[1] / found[2]) < 4


def front(x, y, t):
    return jnp.exp(-t) * jnp.sin(x + 2 * y)


LAWS = {
    "conductivity of the field": lambda u: (
        u.t - (1 + u * u) * (u.xx + u.yy) - 2 * u * (u.x * u.x + u.y * u.y)
    ),
    "drift": lambda u: u.t - 0.1 * (u.xx + u.yy) + u.x - 0.5 * u.y,
}


@pytest.mark.parametrize("name", ["conductivity of the field", "drift"])
def test_walls_that_move_are_followed(name):
    problem = plate(LAWS[name], front)
    found = errors(problem, lambda q: np.exp(-q[:, 2]) * np.sin(q[:, 0] + 2 * q[:, 1]), (0, 1))
    print(f"errors {found}, order {np.log2(found[0] / found[1]):.2f}")
    assert found[1] < 6e-4
    assert np.log2(found[0] / found[1]) > 2


def test_the_estimate_of_a_derived_solution_is_near_its_error(monkeypatch):
    monkeypatch.setattr("lawful.reference.derived.MOST_LEVELS", 3)
    problem = disk(lambda u: u.t - lw.laplacian(u), 0.3)
    points = problem.domain.interior().place(np.random.default_rng(1).random((1000, 3)))
    with patience(600.0):  # three levels, however busy the machine is
        judged = derive(problem).evaluate(dict(zip("xyt", points.T, strict=True)), ("u",))
    error = np.abs(judged.values["u"] - exact_mode(points, lambda t: np.exp(-(ZERO**2) * t))).max()
    ratio = judged.error_estimate / error
    print(
        f"error {error:.2g}, estimate {judged.error_estimate:.2g}, ratio {ratio:.2g}, order {judged.order:.2f}"
    )
    assert not judged.doubt
    assert 1 / 3 < ratio < 5


def test_a_box_is_taken_too():
    """A damped wave, whose overdamped and swinging modes are known."""
    rate, root = 0.3, np.sqrt(2 * np.pi**2 - 0.15**2)
    conditions = {
        "pde": lw.Interior(lambda u: u.tt + rate * u.t - lw.laplacian(u)),
        "walls": lw.Boundary(lambda u: u, on="walls"),
        "start": lw.Initial(lambda u, x, y: u - jnp.sin(jnp.pi * x) * jnp.sin(jnp.pi * y)),
        "rate": lw.Initial(lambda u, x, y: u.t + rate / 2 * u),
    }
    problem = lw.Problem(lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 1)), "u", conditions)
    found = errors(
        problem,
        lambda q: (
            np.exp(-rate / 2 * q[:, 2])
            * np.cos(root * q[:, 2])
            * np.sin(np.pi * q[:, 0])
            * np.sin(np.pi * q[:, 1])
        ),
        (0, 1),
    )
    print(f"errors {found}, order {np.log2(found[0] / found[1]):.2f}")
    assert found[1] < 5e-4
    assert np.log2(found[0] / found[1]) > 2


REFUSED = {
    "given in space": (
        disk(lambda u: u.t - lw.laplacian(u), 1, start=lw.Initial(lambda u: u.x)),
        "holds u.x at the start",
    ),
    "two starts": (
        disk(lambda u: u.t - lw.laplacian(u), 1, rate=lw.Initial(lambda u: u.t)),
        "2 conditions are given at the start",
    ),
    "a third order": (
        lw.Problem(
            DISK * lw.Time(t=(0, 1)),
            "u",
            {
                "pde": lw.Interior(lambda u: u.ttt - lw.laplacian(u)),
                "rim": lw.Boundary(lambda u: u, on="walls"),
                "start": lw.Initial(lambda u: {"a": u, "b": u.t, "c": u.tt}),
            },
        ),
        "second order in time",
    ),
    "rates of slopes": (
        disk(lambda u: u.t - lw.laplacian(u) - 0.1 * u.xt, 1),
        "u.xt",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_sentence(case):
    problem, part = REFUSED[case]
    with pytest.raises(Unsolved, match=part):
        derive(problem).evaluate({c: np.zeros(1) for c in "xyt"}, ("u",))


NU = 0.05
VORTEX = {
    "u": lambda x, y, t: -jnp.cos(x) * jnp.sin(y) * jnp.exp(-2 * NU * t),
    "v": lambda x, y, t: jnp.sin(x) * jnp.cos(y) * jnp.exp(-2 * NU * t),
    "p": lambda x, y, t: -(jnp.cos(2 * x) + jnp.cos(2 * y)) / 4 * jnp.exp(-4 * NU * t),
}


def navier_stokes(u, v, p):
    return {
        "x": u.t + u * u.x + v * u.y + p.x - NU * lw.laplacian(u),
        "y": v.t + u * v.x + v * v.y + p.y - NU * lw.laplacian(v),
        "mass": u.x + v.y,
    }


def velocity(u, v, x, y, t):
    return {"u": u - VORTEX["u"](x, y, t), "v": v - VORTEX["v"](x, y, t)}


def outlet(u, v, p, x, y, t):
    slopes = {f: jax.grad(VORTEX[f])(x, y, t) for f in "uv"}
    return {"p": p - VORTEX["p"](x, y, t), "u": u.x - slopes["u"], "v": v.x - slopes["v"]}


SQUARE = lw.Box(x=(0, 2), y=(0, 2))


def vortex(space=SQUARE, reference=None, **walls):
    conditions = {
        "flow": lw.Interior(navier_stokes),
        "start": lw.Initial(lambda u, v, x, y: velocity(u, v, x, y, 0.0)),
    }
    return lw.Problem(space * lw.Time(t=(0, 1)), "u v p", conditions | walls, reference=reference)


def test_a_decaying_vortex_with_its_pressure():
    """The vortex of Taylor and Green, entered through three walls and left through one."""
    problem = vortex(
        left=lw.Boundary(velocity, on="x.lower"),
        sides=lw.Boundary(velocity, on="y"),
        right=lw.Boundary(outlet, on="x.upper"),
    )
    points = problem.domain.interior().place(np.random.default_rng(0).random((300, 3)))
    for solver, close in ((MovingFiniteElements(), 5e-3), (MethodOfLines(), 1e-6)):
        assert solver.refuses(problem) is None
        worst = []
        for level in (0, 1):
            found = solver.solve(problem, level).evaluate(points)
            worst.append({f: float(np.abs(found[f] - VORTEX[f](*points.T)).max()) for f in "uvp"})
        print(solver.method, worst)
        assert max(worst[1].values()) < close
        assert all(worst[0][f] > 3 * worst[1][f] for f in "uvp")


def test_a_pressure_that_floats_is_asked_for():
    problem = vortex(
        SQUARE - lw.Disk(x=1, y=1, radius=0.3, name="hole"),
        walls=lw.Boundary(velocity, on="walls"),
    )
    with pytest.raises(Unsolved, match="p is known up to a function of time only; give its value on a part"):
        derive(problem).evaluate({c: np.zeros(1) for c in "xyt"}, ("u",))


def test_a_pressure_that_floats_between_walls_is_judged_up_to_a_function_of_time():
    exact = lw.Exact(lambda x, y, t: {f: VORTEX[f](x, y, t) for f in "uvp"} | {"p": VORTEX["p"](x, y, t) + t})
    problem = vortex(reference=exact, all=lw.Boundary(velocity, on="walls"))
    solution = lw.solve(problem, method="classical", reference="derived", budget=10)
    errors = {f: e["rel_l2"] for f, e in solution.facts["errors"].items()}
    assert max(errors["u"], errors["v"]) < 1e-6
    assert errors["p"] < 1e-4
    assert solution.verdict.word == "supported"
