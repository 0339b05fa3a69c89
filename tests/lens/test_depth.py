"""The lens on continuous depth: identities that the states, exponents, fixed points and spikes of flows must keep."""

from typing import Any, ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

from lawful.learn import DynPMNNRegressor
from lawful.lens import depth
from lawful.nn import continuous, schemes

RNG = np.random.default_rng(0)
ROWS = RNG.normal(size=(12, 3))
A, B, EPS = 0.7, 0.8, 0.08


def built(model: Any) -> Any:
    return model.build(3, 1, key=jax.random.key(0), dtype=jnp.float64)


@pytest.fixture(scope="module")
def stack() -> Any:
    """Two layers of FitzHugh-Nagumo."""
    return built(continuous.DynPMNN((4, 3), continuous.DynamicalLayer(steps=8, horizon=3.0)))


def test_hidden_paths_lead_from_the_start_to_what_layers_hand_on(stack: Any) -> None:
    seen = depth.hidden_paths(stack, ROWS)
    first, second = seen.layers
    np.testing.assert_allclose(first.component("v")[:, -1], stack.layers[0](jnp.asarray(ROWS)), atol=1e-12)
    outputs = second.component("v")[:, -1] @ stack.readout.weight + stack.readout.bias[None]
    np.testing.assert_allclose(outputs, stack(jnp.asarray(ROWS)), atol=1e-12)
    assert first.states.shape == (12, 9, 4, 2)
    assert not first.states[:, 0].any()
    np.testing.assert_allclose(first.times[-1], np.asarray(stack.layers[0].horizon)[0])
    finer = depth.hidden_paths(stack, ROWS, factor=4).layers[1]
    np.testing.assert_allclose(
        finer.component("v")[:, -1],
        stack.refined(4).layers[1](stack.refined(4).layers[0](jnp.asarray(ROWS))),
        atol=1e-12,
    )
    with pytest.raises(ValueError, match="FitzHughNagumo has no component 'x'; it has v, w"):
        first.component("x")


def test_a_fitted_estimator_is_looked_at_through_its_scaling() -> None:
    model = DynPMNNRegressor((3,), steps=2, epochs=1).fit(10 + 5 * ROWS, ROWS[:, 0])
    (path,) = depth.hidden_paths(model, 10 + 5 * ROWS).layers
    outputs = path.component("v")[:, -1] @ model.map_.readout.weight + model.map_.readout.bias[None]
    np.testing.assert_allclose(model.mean_ + model.deviation_ * outputs[:, 0], model.predict(10 + 5 * ROWS))


def test_every_figure_of_a_stack_is_drawn(stack: Any) -> None:
    assert len(depth.hidden_paths(stack, ROWS).plot().axes) == 4
    plane = depth.phase_plane(stack, ROWS, layer=2)
    assert len({axes.get_xlim() for axes in plane.axes}) == 1
    depth.lyapunov_along_depth(stack, ROWS, factor=1).plot()
    depth.spikes(stack, ROWS).plot()


@pytest.mark.parametrize("current", [0.0, 0.6])
def test_nullclines_of_fitzhugh_nagumo_are_the_cubic_and_the_line(current: float) -> None:
    found = depth.nullclines(continuous.FitzHughNagumo(A, B, EPS), current)
    v, w = np.concatenate(found.curves["v"]).T
    np.testing.assert_allclose(w, v - v**3 / 3 + current, atol=1e-12)
    assert v.min() < -2.2
    assert v.max() > 2.2
    v, w = np.concatenate(found.curves["w"]).T
    np.testing.assert_allclose(B * w, v + A, atol=1e-12)


def test_exponents_on_the_circle_of_hopf_are_zero_and_minus_two_mu() -> None:
    mu, turn = 0.5, RNG.uniform(0, 6, 3)
    start = {"x": np.sqrt(mu) * np.cos(turn)[:, None], "y": np.sqrt(mu) * np.sin(turn)[:, None]}
    one = depth.flow(continuous.Hopf(mu=mu), np.zeros(3), start=start, horizon=[7.0], steps=700)
    (seen,) = depth.lyapunov_along_depth(one, factor=1).layers
    np.testing.assert_allclose(seen.exponents, np.tile([0, -2 * mu], (3, 1, 1)), atol=1e-9)


class Opaque(schemes.AbstractScheme):
    """A scheme that is no stepper, as a solver of diffrax."""

    order: ClassVar[int] = 4
    reach: ClassVar[float] = 2.785

    def march(self, system: Any, state: Any, horizon: Any, steps: int, *, checkpoint: bool) -> Any:
        raise NotImplementedError

    def trajectory(self, system: Any, state: Any, horizon: Any, steps: int) -> Any:
        return schemes.RungeKutta4().trajectory(system, state, horizon, steps)


def test_exponents_of_a_linear_field_are_exact_in_both_ways_of_computing_them() -> None:
    """z' = -gamma z; a damped oscillator against the exponential of its matrix, also by its variational equation."""
    decay = depth.flow(continuous.Relaxation(gamma=3.0, coupling=0.0), [0.0, 1.0], horizon=2.0)
    np.testing.assert_allclose(depth.lyapunov_along_depth(decay).layers[0].exponents, -3.0, atol=1e-9)

    def oscillator(x: Any, v: Any) -> dict[str, Any]:
        return {"x": v, "v": -2.0 * x - 0.5 * v}

    field = continuous.Custom(oscillator, start={"x": 1.0, "v": 0.0})
    values, vectors = np.linalg.eig([[0, 1], [-2.0, -0.5]])
    tangent = np.real(vectors @ np.diag(np.exp(3.0 * values)) @ np.linalg.inv(vectors))
    expected = np.log(np.linalg.svd(tangent)[1]) / 3.0
    for scheme in (schemes.RungeKutta4(), Opaque()):
        one = depth.flow(field, [0.0], horizon=3.0, steps=200, scheme=scheme)
        found = depth.lyapunov_along_depth(one, factor=1).layers[0].exponents
        np.testing.assert_allclose(found[0, 0], expected, atol=1e-7)


def test_exponents_of_coupled_relaxation_at_rest() -> None:
    """At z = 0 with a symmetric coupling W the exponents are -gamma (1 - lambda(W))."""
    coupling = RNG.normal(size=(4, 4))
    coupling = (coupling + coupling.T) / 6
    field = continuous.Relaxation(gamma=2.0)
    one = depth.flow(field, np.zeros((2, 4)), params={"W": coupling}, horizon=3.0, steps=300)
    (seen,) = depth.lyapunov_along_depth(one, factor=1).layers
    expected = np.sort(-2.0 * (1 - np.linalg.eigvalsh(coupling)))[::-1]
    np.testing.assert_allclose(seen.exponents[:, 0], np.tile(expected, (2, 1)), atol=1e-6)
    rest = depth.resting_states(one)
    np.testing.assert_allclose(rest.states, 0, atol=1e-9)
    np.testing.assert_allclose(np.sort(rest.eigenvalues[0].real)[::-1], expected, atol=1e-9)


def test_exponents_sum_to_the_mean_divergence_even_where_one_is_lost_in_rounding() -> None:
    """div F = 1 - v^2 - eps b along a path of FitzHugh-Nagumo, integrated by another solver."""
    T, I = 60.0, 0.5
    one = depth.flow(continuous.FitzHughNagumo(A, B, EPS), [I], horizon=T, steps=3000)
    (seen,) = depth.lyapunov_along_depth(one, factor=1).layers
    path = solve_ivp(_rate, (0, T), [0, 0], args=(I,), rtol=1e-10, atol=1e-10, dense_output=True)
    divergence = quad(lambda t: 1 - path.sol(t)[0] ** 2 - EPS * B, 0, T, limit=400)[0] / T
    assert seen.exponents.sum() == pytest.approx(divergence, abs=1e-5)
    assert abs(seen.largest) < 0.05  # a limit cycle's 0, not yet in the limit


def _rate(t: float, z: Any, I: float) -> list[float]:
    return [z[0] - z[0] ** 3 / 3 - z[1] + I, EPS * (z[0] + A - B * z[1])]


def test_exponents_of_the_stack_are_those_of_its_derivative(stack: Any) -> None:
    seen = depth.lyapunov_along_depth(stack, ROWS[:2], factor=1)
    h = 1e-5

    def through(row: np.ndarray) -> np.ndarray:
        return np.asarray(stack.layers[1](stack.layers[0](jnp.asarray(row[None]))))[0]

    pairs = [(through(ROWS[0] + h * e), through(ROWS[0] - h * e)) for e in np.eye(3)]
    slope = np.stack([(a - b) / (2 * h) for a, b in pairs], axis=1)
    np.testing.assert_allclose(seen.stack[1][0], np.log(np.linalg.svd(slope)[1]) / 2, atol=1e-6)


def test_hopf_points_of_fitzhugh_nagumo_are_where_the_trace_is_zero() -> None:
    seen = depth.bifurcation(continuous.FitzHughNagumo(A, B, EPS), currents=(-1.0, 2.0))
    v = np.array([-1, 1]) * np.sqrt(1 - EPS * B)
    np.testing.assert_allclose([t.current for t in seen.of("Hopf")], v**3 / 3 - v + (v + A) / B, atol=1e-10)
    np.testing.assert_allclose([t.state[0] for t in seen.of("Hopf")], v, atol=1e-9)
    assert seen.of("Hopf")[0].frequency == pytest.approx(np.sqrt(EPS - (EPS * B) ** 2))
    assert seen.of("fold") == ()
    (branch,) = seen.branches
    v = branch.states[:, 0]
    np.testing.assert_allclose(branch.current, v**3 / 3 - v + (v + A) / B, atol=1e-9)
    np.testing.assert_array_equal(branch.stable, 1 - v**2 < EPS * B)
    assert {branch.current.min(), branch.current.max()} == {-1.0, 2.0}
    # the orbits lie where rest is unstable, but for the reach of an abrupt onset
    assert seen.orbits is not None
    low, high = (t.current for t in seen.of("Hopf"))
    assert low - 0.02 < seen.orbits.current.min() < seen.orbits.current.max() < high + 0.02
    assert seen.orbits.largest[:, 0].max() == pytest.approx(2.0, abs=0.05)
    seen.plot(seen=[0.0, 0.4])


def test_folds_of_bistable_fitzhugh_nagumo() -> None:
    """With b > 1 the line cuts the cubic three times between folds at v^2 = 1 - 1/b: one branch, saddles in between."""
    b = 2.0
    params = {"a": 0.0, "b": b, "eps": 1.0}
    seen = depth.bifurcation(continuous.FitzHughNagumo(), params=params, with_orbits=False)
    v = np.array([1, -1]) * np.sqrt(1 - 1 / b)
    np.testing.assert_allclose([t.current for t in seen.of("fold")], v**3 / 3 - v + v / b, atol=1e-9)
    (branch,) = seen.branches
    assert {kind for kind, v in zip(branch.kinds, branch.states[:, 0], strict=True) if abs(v) < 0.7} == {
        "saddle"
    }
    three = depth.equilibria(continuous.FitzHughNagumo(), 0.0, params=params)
    np.testing.assert_allclose(three.states[:, 0], [-np.sqrt(1.5), 0, np.sqrt(1.5)], atol=1e-10)
    assert three.kinds[1] == "saddle"
    assert all(kind.startswith("stable") for kind in (three.kinds[0], three.kinds[2]))


def test_neurons_of_a_layer_have_the_fixed_points_of_their_own_parameters() -> None:
    from lawful.lens.depth.equilibria import equilibria_of

    a, I = np.array([0.7, 0.1]), np.array([0.2, 0.9])
    one = depth.flow(continuous.FitzHughNagumo(), I[None], params={"a": a}, horizon=1.0)
    for k, found in enumerate(equilibria_of(one, I)):
        (v,) = found.states[:, 0]
        assert I[k] == pytest.approx(v**3 / 3 - v + (v + a[k]) / B)


def test_the_orbit_of_hopfs_normal_form_is_a_circle() -> None:
    def turning(x: Any, y: Any, I: Any) -> dict[str, Any]:
        r = x * x + y * y
        return {"x": (I - r) * x - y, "y": x + (I - r) * y}

    field = continuous.Custom(turning, start={"x": 0.3, "y": 0.0})
    seen = depth.bifurcation(field, currents=(-0.5, 1.0))
    (turn,) = seen.turns
    assert (turn.kind, turn.frequency) == ("Hopf", pytest.approx(1.0))
    assert turn.current == pytest.approx(0, abs=1e-10)
    assert seen.orbits is not None
    far = seen.orbits.current > 0.1
    np.testing.assert_allclose(seen.orbits.largest[far, 0], np.sqrt(seen.orbits.current[far]), rtol=1e-3)


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ([-1, -2], "stable node"),
        ([-1 + 1j, -1 - 1j], "stable focus"),
        ([1, -2], "saddle"),
        ([0.1 + 1j, 0.1 - 1j, -3], "saddle focus"),
        ([1, 2], "unstable node"),
        ([1 + 1j, 1 - 1j], "unstable focus"),
        ([2j, -2j], "centre"),
    ],
)
def test_kinds(eigenvalues: list[complex], kind: str) -> None:
    from lawful.lens.depth.equilibria import kind_of

    assert kind_of(np.array(eigenvalues, complex)) == kind


def test_spikes_begin_with_the_oscillation() -> None:
    """Below the Hopf current one spike of excitation from the start, between both many, above none after the first;
    peaks are those of another solver."""
    I, T = np.array([-0.5, 0.25, 0.5, 1.0, 1.5]), 200.0
    field = continuous.FitzHughNagumo(A, B, EPS)
    (seen,) = depth.spikes(depth.flow(field, I, horizon=T, steps=2000)).layers
    for k, drive in enumerate(I):
        path = solve_ivp(_rate, (0, T), [0, 0], args=(drive,), rtol=1e-9, atol=1e-9, dense_output=True)
        v = path.sol(np.linspace(0, T, 20001))[0]
        peaks = 1 + np.flatnonzero((v[1:-1] > v[:-2]) & (v[1:-1] > v[2:]) & (v[1:-1] > 1))
        expected = [p for n, p in enumerate(peaks) if n == 0 or v[peaks[n - 1] : p].min() <= 0]
        assert seen.counts[k, 0] == len(expected)
        if expected:
            assert seen.first[k, 0] == pytest.approx(expected[0] * T / 20000, abs=0.02)
    assert seen.counts[:, 0].tolist()[:2] == [0, 1]
    assert min(seen.counts[2:4, 0]) >= 5
    assert seen.counts[4, 0] == 1
    assert np.isnan(seen.first[0, 0])
    assert seen.spiking_fraction == pytest.approx(0.8)
    np.testing.assert_allclose(seen.rate, seen.counts / T)


def test_ripples_on_a_plateau_are_one_spike() -> None:
    from lawful.lens.depth.spikes import _peaks

    t = np.linspace(0, 10, 1001)
    v = np.where(t < 5, 2 * np.sin(np.pi * t / 5) + 0.3 * np.sin(12 * t), 2 * np.sin(np.pi * (t - 5) / 5))
    counts, first = _peaks(v[None, :, None], t[:, None], 1.0, 0.1)
    assert counts.item() == 2
    assert 0.5 < first.item() < 2.5


def test_a_neural_ode_has_no_level_of_a_spike() -> None:
    model = built(continuous.NeuralODE(3, 4, steps=2))
    with pytest.raises(
        ValueError, match=r"has no level at which it spikes; name one, as in spikes\(\.\.\., level=1.0"
    ):
        depth.spikes(model, ROWS)
    seen = depth.spikes(model, ROWS, level=0.5, reset=0.0).layers[0]
    assert seen.component == "z"
    exponents = depth.lyapunov_along_depth(model, ROWS, factor=1)
    assert exponents.layers[0].exponents.shape == (12, 1, 3)
    assert exponents.stack[0].shape == (12, 3)


@pytest.mark.usefixtures("unchecked")
def test_mistakes_are_sentences(stack: Any) -> None:
    fitzhugh = continuous.FitzHughNagumo()
    mlp = built(continuous.FeedForward((3,)))
    for call, message in (
        (lambda: depth.hidden_paths(mlp, ROWS), "a FeedForwardMap has no layers that follow a vector field"),
        (lambda: depth.hidden_paths(stack), "give rows: the states of a network depend on what comes in"),
        (
            lambda: depth.phase_plane(stack, ROWS, layer=3),
            "there is no layer 3; layers are numbered from 1 to 2",
        ),
        (lambda: depth.nullclines(continuous.Relaxation(), 0.0), "Relaxation has z of coupled neurons"),
        (lambda: depth.bifurcation(continuous.Kuramoto()), "the neurons of Kuramoto are coupled"),
        (lambda: depth.bifurcation(fitzhugh, currents=(1.0, 0.0)), "two limits in order"),
        (lambda: depth.bifurcation(fitzhugh, params={"epps": 1.0}), "has no 'epps'. Did you mean 'eps'"),
        (lambda: depth.flow(fitzhugh, 0.5, horizon=1.0), r"current has the shape \(\); give \(rows,\) or"),
        (
            lambda: depth.spikes(stack, ROWS, level=-1.0),
            "reset must be below level, got reset=0 and level=-1",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            call()
