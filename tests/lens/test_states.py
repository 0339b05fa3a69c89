"""What the lens says of states: trajectories, features, attractors, fixed points, exponents."""

from collections.abc import Callable

import numpy as np
import pytest

from lawful.lens import (
    Network,
    attractor_residuals,
    features,
    fixed_points,
    from_arrays,
    lyapunov,
    plot_residuals,
    trajectories,
)
from lawful.lens.alignment import align
from lawful.lens.features import correlations

Drawn = Callable[..., Network]
AT = np.random.default_rng(1).uniform(-1, 1, (40, 2))


def layered(*matrices: np.ndarray, activation: str = "linear", bias: np.ndarray | None = None) -> Network:
    """Square hidden layers, then a sum as output."""
    n = len(matrices[0])
    zero = np.zeros(n) if bias is None else bias
    return from_arrays([*matrices, np.ones((n, 1))], [*[zero] * len(matrices), np.zeros(1)], activation)


def test_trajectories_are_the_states(drawn: Drawn) -> None:
    a, b = drawn((2, 5, 4, 1)), drawn((2, 5, 4, 1), 1)
    seen = trajectories(a, b, at=AT)
    np.testing.assert_array_equal(seen.states[1][2], b.states(AT)[2])
    shown = seen.map(1, 3)
    np.testing.assert_array_equal(shown[:, 0], b.states(AT)[1][3])
    np.testing.assert_array_equal(shown[:4, 1], b.states(AT)[2][3])
    assert np.isnan(shown[4, 1])
    figure = seen.plot(point=3)
    limits = {axes.images[0].get_clim() for axes in figure.axes if axes.images}
    assert len(limits) == 1
    with pytest.raises(ValueError, match="has no hidden layer, so there are no trajectories"):
        trajectories(drawn((2, 1)), at=AT)


def test_features_of_a_copy_recur_and_of_a_stranger_do_as_by_chance(drawn: Drawn) -> None:
    sizes = (2, 12, 12, 1)
    a, other = drawn(sizes), drawn(sizes, 1)
    turned = align(a, to=other).network  # a in another order, with other signs
    found = features(a, turned, at=AT)
    assert min(f.recurrence for f in found.ranked) == pytest.approx(1)
    assert len(found.above_chance()) > 20
    strange = features(a, other, at=AT)
    assert len(strange.above_chance()) <= 8  # 5 % of 24 neurons, and chance
    values = [f.recurrence for f in strange.ranked]
    assert values == sorted(values, reverse=True)
    assert {(f.layer, f.neuron) for f in strange.ranked} == {(i, j) for i in (1, 2) for j in range(12)}
    strange.plot()


def test_correlations_are_those_of_numpy() -> None:
    a, b = AT, np.random.default_rng(2).standard_normal((40, 3))
    np.testing.assert_allclose(correlations(a, b), np.corrcoef(a.T, b.T)[:2, 2:], atol=1e-14)
    assert not correlations(np.ones((40, 1)), b).any()


def test_residuals_of_a_fixed_state_are_zero_and_of_strangers_root_two() -> None:
    n = 400
    q = np.linalg.qr(np.random.default_rng(0).standard_normal((n, n)))[0]
    z = np.random.default_rng(1).standard_normal((30, n))
    seen = attractor_residuals(layered(np.eye(n), q), z)
    np.testing.assert_allclose(seen.values[:, 0], 0, atol=1e-15)
    assert seen.mean[1] == pytest.approx(np.sqrt(2), abs=0.05)
    np.testing.assert_allclose(seen.null, np.sqrt(2), atol=0.05)
    assert seen.layers == (0, 1)
    plot_residuals(seen)


def test_a_state_of_zero_has_no_residual() -> None:
    assert np.isnan(attractor_residuals(layered(np.eye(2)), [0.0, 0.0]).values).all()


def test_fixed_points_of_a_pair_of_bistable_neurons() -> None:
    """z = tanh(2 z) has z = 0, unstable, and +-0.9575, stable: nine fixed points in two dimensions, one stable
    per quadrant; lambda = 2 (1 - z^2) of each."""
    starts = [[x, y] for x in (-0.99, -0.02, 0.99) for y in (-0.99, 0.01, 0.99)]
    found = fixed_points(layered(2 * np.eye(2), activation="tanh"), 0, at=starts)
    assert (len(found.states), found.converged, sum(found.hits)) == (9, 9, 9)
    np.testing.assert_allclose(np.tanh(2 * found.states), found.states, atol=1e-8)
    expected = np.sort(2 * (1 - found.states**2), axis=1)
    np.testing.assert_allclose(np.sort(found.eigenvalues.real, axis=1), expected, atol=1e-8)
    away = np.abs(found.states).min(1) > 0.5
    np.testing.assert_array_equal(found.stable(), away)
    np.testing.assert_array_equal(found.stable_in_continuous_depth, away)
    assert away.sum() == 4
    found.plot()


@pytest.mark.parametrize("seed", [0, 1])
def test_the_largest_stable_w_is_where_relaxation_turns_unstable(drawn: Drawn, seed: int) -> None:
    """Iterated from beside the fixed point, the distance shrinks just below that w, and grows just above it."""
    n = drawn((2, 6, 6, 1), seed, gain=0.9)
    found = fixed_points(n, 1, at=AT)
    w = float(found.largest_stable_w[0])
    assert w > 0
    assert found.stable(0.999 * w)[0]
    assert not found.stable(1.001 * w)[0]
    for factor, grows in ((0.97, False), (1.03, True)):
        z = found.states[:1] + 1e-7 * np.random.default_rng(0).standard_normal((1, 6))
        start = np.linalg.norm(z - found.states[0])
        for _ in range(400):
            z = (1 - factor * w) * z + factor * w * n.step(1, z)
        assert (np.linalg.norm(z - found.states[0]) > start) == grows


def test_a_layer_without_fixed_points_says_so(drawn: Drawn) -> None:
    with pytest.raises(
        ValueError, match="layer 0 of draw 0 does not map a space to itself; layers that do: 1"
    ):
        fixed_points(drawn((2, 4, 4, 1)), 0, at=AT)
    shift = fixed_points(layered(np.eye(3), bias=np.ones(3)), 0, at=np.zeros((4, 3)))  # z + 1 = z
    assert (len(shift.states), shift.converged, shift.starts) == (0, 0, 4)
    assert shift.eigenvalues.shape == (0, 3)


def test_exponents_of_diagonal_layers_are_mean_logarithms() -> None:
    d = np.array([[2.0, 0.5, 1.0], [3.0, 0.1, 0.7]])
    seen = lyapunov(layered(np.diag(d[0]), np.diag(d[1])), np.ones((2, 3)), draws=2)
    np.testing.assert_allclose(
        seen.exponents, np.sort(np.log(d).mean(0))[::-1][None].repeat(2, 0), atol=1e-12
    )
    np.testing.assert_allclose(seen.stretching[0], np.sort(d, axis=1)[:, ::-1], atol=1e-14)
    np.testing.assert_allclose(seen.radius[0], [2, 3])


def test_exponents_sum_to_the_volume_and_do_not_overflow(drawn: Drawn) -> None:
    """The sum of exponents is the mean of log|det J|, for tanh layers and for layers of huge gain."""
    places = np.random.default_rng(0).uniform(-1, 1, (3, 3))
    for gain, activation, at in ((1.0, "tanh", places), (1e120, "linear", 0 * places)):
        n = drawn((3, 4, 4, 4, 4, 1), 2, gain=gain, activation=activation, bias=float(gain == 1))
        seen = lyapunov(n, at, draws=2)
        states = n.states(at)
        volume = np.mean(
            [np.linalg.slogdet(n.jacobians(layer, states[layer]))[1] for layer in (1, 2, 3)], axis=0
        )
        np.testing.assert_allclose(seen.exponents.sum(1), volume, rtol=1e-8)
    assert seen.layers == (1, 2, 3)
    seen.plot()


def test_directions_lost_in_rounding_are_not_numbers() -> None:
    seen = lyapunov(layered(np.diag([1.0, 1e-9]), np.diag([1.0, 1e-9])), [1.0, 1.0], draws=2)
    assert seen.exponents[0, 0] == pytest.approx(0)
    assert np.isnan(seen.exponents[0, 1])
