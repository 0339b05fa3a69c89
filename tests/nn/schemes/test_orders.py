"""Schemes against an independent integrator, and what is exact about each."""

from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lawful.nn import continuous as depth
from lawful.nn import schemes
from lawful.nn.continuous.fields._base import bound
from lawful.nn.schemes import AbstractScheme, System
from lawful.nn.schemes.exponential_rosenbrock import phi1_of

DRIVES = np.array([[-0.7, 0.2, 1.1]])


def starting(field: Any, width: int = 3) -> tuple[dict[str, Any], tuple[Any, ...]]:
    keys = jax.random.split(jax.random.key(3), len(field.parameters))
    values = {}
    for key, (name, parameter) in zip(keys, field.parameters.items(), strict=True):
        value = parameter.value(parameter.draw(width, key=key, dtype=jnp.float64))
        values[name] = value[None] if value.ndim == 1 else value
    offsets = np.linspace(0.1, 0.4, width)[None]
    return values, tuple(jnp.asarray(z + offsets) for z in field.start)


def system_of(field: Any) -> tuple[System, tuple[Any, ...]]:
    values, state = starting(field)
    return bound(field, jnp.asarray(DRIVES), values), state


def oracle(system: System, state: tuple[Any, ...], horizon: float) -> np.ndarray:
    """SciPy's own integrator, with its own steps."""
    shape = (len(state), 3)

    def rate(t: float, y: np.ndarray) -> np.ndarray:
        found = system.rate(tuple(jnp.asarray(row[None]) for row in y.reshape(shape)))
        return np.concatenate([np.asarray(f)[0] for f in found])

    y0 = np.concatenate([np.asarray(z)[0] for z in state])
    done = solve_ivp(rate, (0, horizon), y0, method="DOP853", rtol=1e-10, atol=1e-11)
    return done.y[:, -1].reshape(shape)


FIELDS = {
    "FitzHughNagumo": (depth.FitzHughNagumo(), 2.0),
    "Nagumo": (depth.Nagumo(), 2.0),
    "Hopf": (depth.Hopf(), 2.0),
    "VanDerPol": (depth.VanDerPol(), 2.0),
    "Kuramoto": (depth.Kuramoto(omega=0.3), 1.0),
    "HodgkinHuxley": (depth.HodgkinHuxley(), 0.2),
    "Relaxation": (depth.Relaxation(gamma=1.5), 1.0),
}


def error(scheme: AbstractScheme, name: str, steps: int, truth: np.ndarray) -> float:
    field, horizon = FIELDS[name]
    system, state = system_of(field)
    found = jax.jit(lambda z: scheme.march(system, z, horizon, steps, checkpoint=False))(state)
    return float(np.abs(np.concatenate([np.asarray(z) for z in found]) - truth).max())


@pytest.fixture(scope="module")
def truths() -> dict[str, np.ndarray]:
    return {name: oracle(*system_of(field), horizon) for name, (field, horizon) in FIELDS.items()}


CASES = [
    *[(name, schemes.SemiImplicit()) for name in FIELDS],
    *[(name, schemes.Heun()) for name in ("FitzHughNagumo", "Kuramoto", "HodgkinHuxley")],
    ("FitzHughNagumo", schemes.ExplicitEuler()),
    ("FitzHughNagumo", schemes.RungeKutta4()),
    *[(name, schemes.RushLarsen()) for name in ("FitzHughNagumo", "HodgkinHuxley", "Relaxation", "Nagumo")],
    *[(name, schemes.RushLarsen()) for name in ("Hopf", "VanDerPol")],
    *[(name, schemes.ExponentialRosenbrock()) for name in ("FitzHughNagumo", "Hopf")],
    ("FitzHughNagumo", schemes.Diffrax(diffrax.Midpoint())),
]


@pytest.mark.parametrize(
    ("name", "scheme"), CASES, ids=lambda c: c if isinstance(c, str) else type(c).__name__
)
def test_errors_fall_by_the_order(name: str, scheme: AbstractScheme, truths: dict[str, np.ndarray]) -> None:
    coarse, fine = (error(scheme, name, steps, truths[name]) for steps in (40, 80))
    assert fine < 0.05 * max(1.0, np.abs(truths[name]).max())
    assert np.log2(coarse / fine) == pytest.approx(scheme.order, abs=0.3)


def test_adaptive_steps_meet_their_tolerance(truths: dict[str, np.ndarray]) -> None:
    scheme = schemes.Diffrax(diffrax.Tsit5(), rtol=1e-7, atol=1e-9)
    assert error(scheme, "FitzHughNagumo", 1, truths["FitzHughNagumo"]) < 1e-6


def test_the_flow_of_a_linear_field_is_exact_in_one_step() -> None:
    """Exponential Rosenbrock on x' = A x + b: the truth by NumPy's eigenvalues."""
    a, b = np.array([[-0.6, 2.0], [-1.5, -0.2]]), np.array([0.3, -0.4])
    field = depth.Custom(
        lambda x, y: {"x": a[0, 0] * x + a[0, 1] * y + b[0], "y": a[1, 0] * x + a[1, 1] * y + b[1]},
        start={"x": 0.0, "y": 0.0},
    )
    state = (jnp.asarray([[1.0, 0.5]]), jnp.asarray([[-0.2, 0.7]]))
    system = bound(field, jnp.zeros((1, 2)), {})
    found = schemes.ExponentialRosenbrock().march(system, state, 3.0, 1, checkpoint=False)
    rest = -np.linalg.solve(a, b)
    values, vectors = np.linalg.eig(a)
    flow = (vectors * np.exp(3.0 * values)) @ np.linalg.inv(vectors)
    start = np.concatenate([np.asarray(z) for z in state])
    expected = np.real(flow @ (start - rest[:, None])) + rest[:, None]
    np.testing.assert_allclose(np.concatenate(found), expected, rtol=1e-6)


@pytest.mark.parametrize("size", [0.3, 3.0, 20.0])
def test_phi1_solves_its_equation(size: float) -> None:
    """A phi_1(A) = e^A - 1, for a stiff matrix too."""
    a = size * np.array([[-1.0, 0.4], [0.2, -0.05]])
    phi = np.array([[float(x) for x in row] for row in phi1_of([[jnp.asarray(x) for x in row] for row in a])])
    values, vectors = np.linalg.eig(a)
    expected = (vectors * (np.expm1(values) / values)) @ np.linalg.inv(vectors)
    np.testing.assert_allclose(phi, expected, rtol=1e-6, atol=1e-7)


def test_gates_are_exact_in_one_step() -> None:
    """Rush-Larsen on x' = d (target - x): the exponential itself."""
    field = depth.Custom(lambda x, d, I: {"x": d * (I - x)}, start={"x": 0.0}, params={"d": 3.0})
    system = bound(field, jnp.asarray(DRIVES), {"d": jnp.full((1, 3), 3.0)})
    (found,) = schemes.RushLarsen().march(system, (jnp.ones((1, 3)),), 2.0, 1, checkpoint=False)
    np.testing.assert_allclose(found, DRIVES + (1 - DRIVES) * np.exp(-6.0), rtol=1e-13)


@pytest.mark.parametrize("name", ["FitzHughNagumo", "Nagumo", "Hopf", "VanDerPol", "Custom"])
def test_decay_is_the_derivative_that_each_field_writes_by_hand(name: str) -> None:
    custom = depth.Custom(lambda u, I: {"u": I - u**3}, start={"u": 0.3})
    field: Any = custom if name == "Custom" else FIELDS[name][0]
    system, state = system_of(field)
    for j, decay in enumerate(system.decay(state)):
        step = 1e-6
        moved = [tuple(z + s * step * (i == j) for i, z in enumerate(state)) for s in (1, -1)]
        up, down = (np.asarray(system.rate(z)[j]) for z in moved)
        np.testing.assert_allclose(decay, -(up - down) / (2 * step), atol=1e-7)


@pytest.mark.parametrize("name", ["HodgkinHuxley", "Relaxation"])
def test_gates_decay_to_their_target_while_the_others_stand_still(name: str) -> None:
    """F_i = d_i (target_i - z_i) with the same target for two values of z_i: the gates of Hodgkin-Huxley."""
    field = depth.Relaxation(coupling=0.0) if name == "Relaxation" else FIELDS[name][0]
    system, state = system_of(field)
    for j in range(len(state)):
        moved = tuple(z + 0.2 * (i == j) for i, z in enumerate(state))
        targets = [z[j] + system.rate(z)[j] / system.decay(z)[j] for z in (state, moved)]
        np.testing.assert_allclose(targets[0], targets[1], rtol=1e-9)


@pytest.mark.parametrize("name", ["FitzHughNagumo", "Nagumo"])
@pytest.mark.parametrize("h", [0.3, 5.0, 400.0])
def test_the_semi_implicit_step_solves_its_equation(name: str, h: float) -> None:
    """The cubic at the end of the step, everything else at its start."""
    field = FIELDS[name][0]
    values, state = starting(field)
    v, w = (np.asarray(z) for z in state)
    after, _ = (np.asarray(z) for z in field.implicit(state, jnp.asarray(DRIVES), values, h))
    if name == "FitzHughNagumo":
        missed = after + h * after**3 / 3 - (v + h * (v - w + DRIVES))
    else:
        centre = (1 + 0.1) / 3
        rate = np.asarray(field.rate(state, jnp.asarray(DRIVES), values)[0])
        missed = after - v + h * ((after - centre) ** 3 - (v - centre) ** 3 - rate)
    np.testing.assert_allclose(missed, 0.0, atol=1e-11 * max(1.0, h))


def test_the_semi_implicit_step_stays_bounded_where_eulers_does_not() -> None:
    system, state = system_of(depth.FitzHughNagumo())
    march = jax.jit(lambda h: schemes.SemiImplicit().march(system, state, 50 * h, 50, checkpoint=False)[0])
    for h in (1.0, 10.0, 1000.0):
        assert float(jnp.abs(march(h)).max()) < 10
    euler = schemes.ExplicitEuler().march(system, state, 50 * 3.0, 50, checkpoint=False)
    assert not bool(jnp.isfinite(euler[0]).all())


def test_checkpoints_leave_values_and_gradients_as_they_are() -> None:
    system, state = system_of(depth.FitzHughNagumo())

    def end(z: Any, *, checkpoint: bool) -> Any:
        return jnp.sum(schemes.Heun().march(system, z, 2.0, 12, checkpoint=checkpoint)[0] ** 2)

    plain, kept = (jax.value_and_grad(lambda z, c=c: end(z, checkpoint=c))(state) for c in (False, True))
    for a, b in zip(jax.tree.leaves(plain), jax.tree.leaves(kept), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)


@pytest.mark.parametrize("scheme", [schemes.Heun(), schemes.Diffrax(diffrax.Heun())], ids=["own", "diffrax"])
def test_a_trajectory_ends_where_the_march_does(scheme: AbstractScheme) -> None:
    system, state = system_of(depth.FitzHughNagumo())
    path = jax.jit(lambda z: scheme.trajectory(system, z, 2.0, 10))(state)
    end = schemes.Heun().march(system, state, 2.0, 10, checkpoint=False)
    assert path[0].shape == (11, 1, 3)
    np.testing.assert_allclose(path[0][0], state[0])
    np.testing.assert_allclose(path[0][-1], end[0], rtol=1e-9)


def test_coupled_neurons_are_refused_where_each_stands_for_itself() -> None:
    system, state = system_of(depth.Kuramoto())
    with pytest.raises(
        ValueError, match=r"neurons of Kuramoto are coupled; take Heun\(\) or SemiImplicit\(\)"
    ):
        schemes.ExponentialRosenbrock().march(system, state, 1.0, 2, checkpoint=False)


def test_one_tolerance_without_the_other_is_refused() -> None:
    with pytest.raises(ValueError, match=r"rtol=0\.001, atol=None\): give both tolerances"):
        schemes.Diffrax(rtol=1e-3)
