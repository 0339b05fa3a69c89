"""Entropy solutions against exact ones: order, shocks, fans, systems, conservation, and what is refused."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

import lawful as lw
from lawful.problem import Problem
from lawful.reference.derived import Derived
from lawful.reference.hyperbolic.conservation import ConservationLaws

W = 2 * np.pi
SOLVER = ConservationLaws()


def half_square(u: Any) -> Any:
    return u**2 / 2


def line(
    flux: Any,
    start: Callable[..., Any],
    end: float,
    walls: dict[str, Any],
    fields: str = "u",
    source: Any = None,
    params: Any = None,
) -> Problem:
    return Problem(
        domain=lw.Box(x=(0, 1)) * lw.Time(t=(0, end)),
        fields=fields,
        params=params,
        conditions={"pde": lw.Conservation(flux, source), "start": lw.Initial(start), **walls},
    )


def jump(left: float, right: float, flux: Any = half_square, end: float = 0.4, at: float = 0.5) -> Problem:
    walls = {
        "left": lw.Boundary(lambda u: u - left, on="x.lower"),
        "right": lw.Boundary(lambda u: u - right, on="x.upper"),
    }
    return line(flux, lambda u, x: u - jnp.where(x < at, left, right), end, walls)


CIRCLE = {"circle": lw.Periodic(on="x")}
SINE = line(half_square, lambda u, x: u - jnp.sin(W * x), 0.1, CIRCLE)


def steepened(x: np.ndarray, t: float) -> np.ndarray:
    """The smooth solution of inviscid Burgers from sin(2 pi x), by its characteristics."""

    def foot(place: float) -> float:
        return float(
            brentq(lambda y: y + t * np.sin(W * y) - place, place - t - 0.01, place + t + 0.01, xtol=1e-15)
        )

    return np.sin(W * np.array([foot(place) for place in x]))


def at_time(problem: Problem, solver: ConservationLaws, level: int, x: np.ndarray, t: float) -> Any:
    return solver.solve(problem, level).evaluate(np.stack([x, np.full(len(x), t)], axis=1))


def test_fifth_order_in_space_before_the_shock() -> None:
    """Steps as h^(5/3), so that the third order in time does not hide the fifth in space."""
    x = np.linspace(0, 1, 301)
    exact = steepened(x, 0.1)
    errors = []
    for level in range(4):
        solver = ConservationLaws(cells=40, courant=0.5 * 2 ** (-2 * level / 3))
        e = np.abs(at_time(SINE, solver, level, x, 0.1)["u"] - exact)
        errors.append([e.mean(), e.max()])
    orders = np.log2(np.array(errors[:-1]) / np.array(errors[1:]))
    print(f"observed orders, mean and largest error: {orders.round(2).tolist()}")
    assert orders[-1, 0] >= 4.5
    assert orders[-1, 1] >= 4.5
    assert errors[-1][1] <= 5e-7


def fan(left: float, right: float) -> Callable[[np.ndarray, float], np.ndarray]:
    return lambda x, t: np.clip((x - 0.5) / t, left, right)


def shock(x: np.ndarray, t: float) -> np.ndarray:
    return np.where(x < 0.5 + t / 2, 1.0, 0.0)


def imbibition(u: Any) -> Any:
    return u**2 / (u**2 + 0.5 * (1 - u) ** 2)


def welge(x: np.ndarray, t: float) -> np.ndarray:
    """Buckley and Leverett from 1 | 0 at x = 0.1: a fan down to the tangent of Welge (1952), and a shock."""

    def slope(u: Any) -> Any:
        return jax.vmap(jax.grad(imbibition))(jnp.atleast_1d(u))

    foot = brentq(lambda u: float(imbibition(u) / u - slope(u)[0]), 0.1, 0.99)
    u = np.linspace(foot, 1, 20_001)
    speed, xi = np.asarray(slope(u)), (x - 0.1) / t
    return np.where(xi > speed[0], 0.0, np.interp(xi, speed[::-1], u[::-1]))


@pytest.mark.parametrize(
    ("problem", "exact"),
    [
        pytest.param(jump(1.0, 0.0), shock, id="shock"),
        pytest.param(jump(0.0, 1.0), fan(0, 1), id="rarefaction"),
        pytest.param(jump(-1.0, 1.0), fan(-1, 1), id="transonic rarefaction"),
        pytest.param(jump(1.0, 0.0, imbibition, at=0.1), welge, id="Buckley-Leverett"),
    ],
)
def test_first_order_in_the_mean_with_jumps_and_kinks(problem: Problem, exact: Any) -> None:
    x = np.linspace(0, 1, 4001)
    errors = []
    for level in (0, 1, 2):
        u = at_time(problem, ConservationLaws(cells=100), level, x, 0.4)["u"]
        errors.append(np.abs(u - exact(x, 0.4)).mean())
        assert u.min() - exact(x, 0.4).min() >= -1e-3
        assert u.max() - exact(x, 0.4).max() <= 1e-3
    order = np.log2(errors[0] / errors[-1]) / 2
    print(f"observed order of the mean error: {order:.2f}, the last {errors[-1]:.1e}")
    assert 0.85 <= order <= 1.3
    assert errors[-1] <= 1.5e-3


def test_the_shock_is_where_it_should_be_and_a_few_cells_wide_at_any_time() -> None:
    solution = SOLVER.solve(jump(1.0, 0.0, end=1.0), 0)
    x = np.linspace(0, 1, 8001)
    for t in (0.01, 0.3, 0.4567, 0.9):
        u = solution.evaluate(np.stack([x, np.full(len(x), t)], axis=1))["u"]
        place = np.interp(-0.5, -u, x)
        assert abs(place - (0.5 + t / 2)) <= 0.25 / 200
        assert np.ptp(x[(u > 0.02) & (u < 0.98)]) <= 3.5 / 200


def test_what_is_conserved_stays_to_rounding_through_a_shock() -> None:
    problem = line(half_square, lambda u, x: u - 0.3 - jnp.sin(W * x), 0.5, CIRCLE)
    states = ConservationLaws(cells=100).solve(problem, 0).states[:, 0, 3:-3]  # pyright: ignore
    assert np.abs(states.mean(axis=1) - 0.3).max() <= 1e-14
    energy = (states**2).mean(axis=1)
    # entropy is lost at shocks, and never gained
    assert (np.diff(energy) <= 1e-12).all()
    assert energy[-1] < 0.8 * energy[0]


def test_a_flux_of_place_and_a_source() -> None:
    """u_t + (a(x) u)_x = -2 u by its characteristics, to at least fourth order."""

    def a(x: Any) -> Any:
        return 1 + 0.5 * jnp.sin(W * x)

    problem = line(
        lambda u, x: a(x) * u,
        lambda u, x: u - 2 - jnp.cos(W * x),
        0.5,
        CIRCLE,
        source=lambda u, k: -k * u,
        params={"k": 2.0},
    )
    x = np.linspace(0, 1, 41)

    def back(_: float, z: np.ndarray) -> np.ndarray:
        place = z[:41]
        return np.concatenate([-1 - 0.5 * np.sin(W * place), -0.5 * W * np.cos(W * place) - 2])

    z = solve_ivp(back, (0, 0.5), np.concatenate([x, 0 * x]), rtol=1e-11, atol=1e-12).y[:, -1]
    exact = (2 + np.cos(W * z[:41])) * np.exp(z[41:])
    errors = [
        np.abs(
            at_time(problem, ConservationLaws(cells=20, courant=0.5 * 2 ** (-2 * level / 3)), level, x, 0.5)[
                "u"
            ]
            - exact
        ).max()
        for level in (1, 2)
    ]
    print(f"observed order: {np.log2(errors[0] / errors[1]):.2f}")
    assert errors[0] / errors[1] >= 2**4
    assert errors[1] <= 2e-3


def test_a_flux_that_changes_in_time() -> None:
    """u_t + (cos(t) u^2 / 2)_x = 0: the shock of 1 | 0 is at 0.5 + sin(t) / 2."""
    x = np.linspace(0, 1, 4001)
    problem = jump(1.0, 0.0, lambda u, t: jnp.cos(t) * u**2 / 2, end=1.0)
    u = at_time(problem, SOLVER, 0, x, 0.9)["u"]
    assert abs(np.interp(-0.5, -u, x) - 0.5 - np.sin(0.9) / 2) <= 1 / 200


def test_two_dimensions_smooth_and_oblique() -> None:
    """u_t + (u^2/2)_x + (u^2/2)_y = 0 from sin(2 pi (x + y)) is Burgers' equation along x + y, twice as fast."""
    problem = Problem(
        domain=lw.Box(x=(0, 1), y=(0, 1)) * lw.Time(t=(0, 0.05)),
        fields="u",
        conditions={
            "pde": lw.Conservation({"x": half_square, "y": half_square}),
            "x": lw.Periodic(on="x"),
            "y": lw.Periodic(on="y"),
            "start": lw.Initial(lambda u, x, y: u - jnp.sin(W * (x + y))),
        },
    )
    assert SOLVER.refuses(problem) is None
    points = np.random.default_rng(0).random((400, 3))
    points[:, 2] = 0.05
    exact = steepened((points[:, 0] + points[:, 1]) % 1, 0.1)
    errors = [
        np.abs(ConservationLaws(cells=24).solve(problem, level).evaluate(points)["u"] - exact).mean()
        for level in (0, 1)
    ]
    print(f"observed order: {np.log2(errors[0] / errors[1]):.2f}")
    assert errors[0] / errors[1] >= 2**3.5
    assert errors[1] <= 2e-4


GAMMA = 1.4


def euler(rho: Any, m: Any, E: Any) -> dict[str, Any]:
    p = (GAMMA - 1) * (E - m**2 / rho / 2)
    return {"rho": m, "m": m**2 / rho + p, "E": (E + p) * m / rho}


def sod(x: np.ndarray, t: float) -> dict[str, np.ndarray]:
    """Sod (1978), J. Comput. Phys. 27: a fan to the left, a contact, a shock to the right."""
    g, fast, slow = GAMMA, np.sqrt(GAMMA), np.sqrt(GAMMA * 0.1 / 0.125)

    def mismatch(p: float) -> float:
        """The velocity behind the shock less that behind the fan."""
        behind = (p - 0.1) * np.sqrt(2 / (0.125 * ((g + 1) * p + (g - 1) * 0.1)))
        return float(behind - 2 * fast / (g - 1) * (1 - p ** ((g - 1) / (2 * g))))

    p = float(brentq(mismatch, 0.1, 1.0, xtol=1e-15))
    u = 2 * fast / (g - 1) * (1 - p ** ((g - 1) / (2 * g)))
    ratio, share = p / 0.1, (g - 1) / (g + 1)
    front = slow * np.sqrt((g + 1) / (2 * g) * ratio + (g - 1) / (2 * g))
    xi = (x - 0.5) / t
    c = 2 / (g + 1) * (fast - (g - 1) / 2 * xi)
    where = [xi < -fast, xi < u - fast * p ** ((g - 1) / (2 * g)), xi < u, xi < front]
    rho = np.select(
        where,
        [1.0, (c / fast) ** (2 / (g - 1)), p ** (1 / g), 0.125 * (ratio + share) / (share * ratio + 1)],
        0.125,
    )
    velocity = np.select(where, [0.0, 2 / (g + 1) * (fast + xi), u, u], 0.0)
    pressure = np.select(where, [1.0, (c / fast) ** (2 * g / (g - 1)), p, p], 0.1)
    return {"rho": rho, "m": rho * velocity, "E": pressure / (g - 1) + rho * velocity**2 / 2}


TUBE = line(
    euler,
    lambda rho, m, E, x: {
        "rho": rho - jnp.where(x < 0.5, 1, 0.125),
        "m": m,
        "E": E - jnp.where(x < 0.5, 2.5, 0.25),
    },
    0.2,
    {"ends": lw.Free(on="x")},
    fields="rho m E",
)


def test_the_shock_tube_of_sod() -> None:
    x = np.linspace(0, 1, 4001)
    exact = sod(x, 0.2)
    errors = []
    for level in (0, 1):
        found = at_time(TUBE, SOLVER, level, x, 0.2)
        errors.append([np.abs(found[f] - exact[f]).mean() for f in exact])
        for f in exact:
            overshoot = max(exact[f].min() - found[f].min(), found[f].max() - exact[f].max())
            assert overshoot <= 2e-3 * np.ptp(exact[f])
    orders = np.log2(np.array(errors[0]) / np.array(errors[1]))
    print(f"observed orders of the mean errors: {orders.round(2).tolist()}, the last {errors[-1]}")
    assert (orders >= 0.8).all()
    assert max(errors[-1]) <= 3e-3


def test_walls_reflect_where_only_the_momentum_is_prescribed() -> None:
    problem = line(
        lambda h, q: {"h": q, "q": q**2 / h + h**2 / 2},
        lambda h, q, x: {"h": h - 1 - 0.2 * jnp.exp(-50 * (x - 0.3) ** 2), "q": q},
        1.5,
        {"walls": lw.Boundary(lambda q: q, on="x")},
        fields="h q",
    )
    states = ConservationLaws(cells=100).solve(problem, 0).states[:, :, 3:-3]  # pyright: ignore
    assert np.ptp(states[:, 0].mean(axis=1)) <= 1e-13
    # each wave has been at a wall by then, and comes back upright
    assert states[-1, 0].max() > 1.08


def test_the_derived_estimate_is_of_the_mean_and_holds() -> None:
    problem = jump(1.0, 0.0, end=0.4)
    derived = Derived(problem, ConservationLaws(cells=50))
    points = problem.domain.interior().place(np.random.default_rng(3).random((60_000, 2)))
    judged = derived.evaluate({"x": points[:, 0], "t": points[:, 1]}, ("u",))
    actual = np.abs(judged.values["u"] - shock(points[:, 0], points[:, 1])).mean()
    print(f"estimated {judged.errors['u']:.1e}, actual {actual:.1e}, order {judged.order}")
    assert judged.norm == "mean"
    assert judged.doubt == ""
    assert 0.6 * actual <= judged.errors["u"] <= 3 * actual


def test_lawful_derives_it_from_the_statement() -> None:
    from lawful.reference import derive

    assert isinstance(derive(jump(1.0, 0.0)).solvers[0], ConservationLaws)


BOX = lw.Box(x=(0, 1)) * lw.Time(t=(0, 1))


def stated(domain: Any = BOX, fields: Any = "u", params: Any = None, **conditions: Any) -> Problem:
    start = {"start": lw.Initial(lambda u: u)} if "start" not in conditions else {}
    return Problem(domain=domain, fields=fields, params=params, conditions=conditions | start)


FLUX = lw.Conservation(half_square)


@pytest.mark.parametrize(
    ("problem", "reason"),
    [
        (stated(pde=lw.Interior(lambda u: u.t + u * u.x), ends=lw.Free(on="x")), "is not stated by its flux"),
        (
            stated(pde=FLUX, more=lw.Interior(lambda u: u.x), ends=lw.Free(on="x")),
            "is not stated by its flux",
        ),
        (stated(pde=FLUX, more=FLUX, ends=lw.Free(on="x")), "pde and more are stated apart"),
        (
            stated(
                lw.Box(x=(0, 1), y=(0, 1), z=(0, 1)) * lw.Time(t=(0, 1)),
                pde=lw.Conservation(dict.fromkeys("xyz", half_square)),
            ),
            "space has 3 dimensions",
        ),
        (
            stated(
                params={"k": lw.Unknown(1.0)},
                pde=lw.Conservation(lambda u, k: k * u),
                seen=lw.Data(x=[0.5], t=[0.5], u=[0.0]),
            ),
            "k is unknown",
        ),
        (
            stated(pde=FLUX, walls=lw.Boundary(lambda u: u.x, on="x")),
            "condition 'walls' is of derivatives of u",
        ),
        (stated(pde=FLUX, walls=lw.Boundary(lambda u: u**2 - u, on="x")), "condition 'walls' is not affine"),
        (
            stated(pde=FLUX, start=lw.Final(lambda u: u), ends=lw.Free(on="x")),
            "something holds at the last time",
        ),
        (stated(pde=FLUX, start=lw.Free(on="t"), ends=lw.Free(on="x")), "nothing is said of u at the start"),
        (
            stated(
                start=lw.Initial(lambda u, v: {"u": u, "v": v}),
                fields="u v",
                pde=lw.Conservation(lambda u, v: {"u": u * v}),
                v=lw.Interior(lambda v: v - 1),
                ends=lw.Free(on="x"),
            ),
            "is not stated by its flux",
        ),
    ],
)
def test_what_it_cannot_do_is_said_in_one_sentence(problem: Problem, reason: str) -> None:
    said = SOLVER.refuses(problem)
    assert said is not None
    assert reason in said
    assert said.endswith(".")


def test_a_dry_bed_is_refused_in_a_sentence() -> None:
    problem = line(
        lambda h, q: {"h": q, "q": q**2 / h + h**2 / 2},
        lambda h, q, x: {"h": h - jnp.where(x < 0.5, 1.0, 0.0), "q": q},
        0.1,
        {"open": lw.Free(on="x")},
        fields="h q",
    )
    with pytest.raises(ValueError, match="not finite at the start, as where a depth or density vanishes"):
        SOLVER.solve(problem, 0)


def test_a_law_without_real_wave_speeds_is_no_solution() -> None:
    problem = line(
        lambda u, v: {"u": v, "v": -u},
        lambda u, v, x: {"u": u - jnp.sin(W * x), "v": v},
        0.1,
        CIRCLE,
        fields="u v",
    )
    with pytest.raises(ValueError, match="complex wave speeds at the start, so the law is not hyperbolic"):
        SOLVER.solve(problem, 0)
