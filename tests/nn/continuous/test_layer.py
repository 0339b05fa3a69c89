"""Dynamical layers: the identities that make them what they claim to be."""

import math
import warnings
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lawful.nn import continuous as depth
from lawful.nn import schemes
from lawful.nn.continuous._base import trained
from lawful.nn.continuous.fields._base import bound

X = jnp.asarray(np.random.default_rng(0).normal(size=(5, 4)))
KEY = jax.random.key(0)


def built(**choices: Any) -> Any:
    choices = {"width": 3, "horizon": 2.0, "steps": 6, **choices}
    return depth.DynamicalLayer(**choices).build(4, key=KEY, dtype=jnp.float64)


def test_relaxation_that_moves_all_the_way_is_the_feed_forward_layer() -> None:
    """w = gamma h = 1 in (1 - w) z + w f(x W + b)."""
    layer = built(
        field=depth.Relaxation(gamma=2.0, coupling=0.0), scheme=schemes.ExplicitEuler(), horizon=0.5, steps=1
    )
    current = layer.wiring.current
    np.testing.assert_allclose(layer(X), np.tanh(X @ current.weight + current.bias[None]), rtol=1e-13)


def test_an_exponential_step_of_relaxation_moves_by_its_share() -> None:
    """w = 1 - exp(-gamma h) by Rush-Larsen; n steps are one of n times the length where f is held."""
    choices: dict[str, Any] = {"field": depth.Relaxation(gamma=2.0, coupling=0.0), "horizon": 0.7}
    one, many = (built(scheme=schemes.RushLarsen(), steps=n, **choices) for n in (1, 5))
    current = one.wiring.current
    target = np.tanh(X @ current.weight + current.bias[None])
    np.testing.assert_allclose(one(X), (1 - math.exp(-1.4)) * target, rtol=1e-13)
    np.testing.assert_allclose(one(X), many(X), rtol=1e-12)


def test_one_semi_implicit_step_is_a_static_activation() -> None:
    h = 5.0
    layer = built(scheme=schemes.SemiImplicit(), horizon=h, steps=1)
    current = layer.wiring.current
    r = h * np.asarray(X @ current.weight + current.bias[None])
    expected = 2 / math.sqrt(h) * np.sinh(np.arcsinh(1.5 * math.sqrt(h) * r) / 3)
    np.testing.assert_allclose(layer(X), expected, rtol=1e-12)


def test_infinite_time_is_the_fixed_point() -> None:
    layer = built(field=depth.Relaxation(coupling=0.5), scheme=schemes.Heun(), horizon=60.0, steps=120)
    z = np.asarray(layer(X))
    current, coupling = layer.wiring.current, layer.parameters["W"]
    np.testing.assert_allclose(np.tanh(z @ coupling + X @ current.weight + current.bias[None]), z, atol=1e-10)


def test_a_hopf_neuron_reaches_its_circle() -> None:
    layer = built(
        field=depth.Hopf(mu=0.49), drive=depth.Start(), horizon=40.0, steps=800, readout=depth.Final("x", "y")
    )
    x, y = np.split(np.asarray(layer(X)), 2, axis=1)
    np.testing.assert_allclose(np.hypot(x, y), 0.7, rtol=1e-3)


def test_equal_phases_stay_equal_and_attraction_brings_them_together() -> None:
    """Kuramoto with a positive coupling to all: the spread of the phases falls."""
    field = depth.Kuramoto()
    state = (jnp.asarray([[0.1, 0.8, -0.5]]),)
    values = {"omega": jnp.zeros((1, 3)), "K": jnp.ones((3, 3))}
    system = bound(field, jnp.zeros((1, 3)), values)
    (end,) = schemes.Heun().march(system, state, 5.0, 100, checkpoint=False)
    np.testing.assert_allclose(jnp.mean(end), jnp.mean(state[0]), rtol=1e-10)
    assert float(jnp.ptp(end)) < 1e-5
    pairs = np.asarray(state[0])
    direct = np.sin(pairs - pairs.T).sum(1)
    np.testing.assert_allclose(system.rate(state)[0][0], direct, rtol=1e-12)


def test_hodgkin_huxley_rests_and_spikes() -> None:
    """At rest without current; a spike above 0 mV at 10 uA/cm^2, the textbook threshold being about 6."""
    field = depth.HodgkinHuxley()
    values = {name: jnp.full((1, 2), p.start) for name, p in field.parameters.items()}  # pyright: ignore
    system = bound(field, jnp.asarray([[0.0, 1.0]]), values)
    state = tuple(jnp.full((1, 2), z) for z in field.start)
    V = np.asarray(schemes.RushLarsen().trajectory(system, state, 20.0, 2000)[0])[:, 0]
    assert np.abs(V[:, 0] + 65).max() < 0.1
    assert V[:, 1].max() > 30


@pytest.mark.parametrize(
    "drive", [depth.Current(), depth.BoundedCurrent(), depth.Start(), depth.CurrentAndStart()]
)
def test_every_drive_moves_the_neurons(drive: Any) -> None:
    layer = built(drive=drive)
    assert np.abs(np.asarray(layer(X) - layer(X + 1))).max() > 1e-3
    assert layer(X).shape == (5, 3)


def test_a_bounded_current_is_a_current_where_it_is_small_and_never_passes_its_limit() -> None:
    plain, bounded = (built(drive=drive) for drive in (depth.Current(), depth.BoundedCurrent(2.0)))
    start = tuple(jnp.zeros((1, 3)) for _ in range(2))
    np.testing.assert_allclose(
        bounded.wiring(1e-3 * X, start).current, plain.wiring(1e-3 * X, start).current, rtol=1e-5
    )
    np.testing.assert_allclose(
        bounded.wiring(X, start).current, 2 * np.tanh(plain.wiring(X, start).current / 2), rtol=1e-12
    )
    assert float(jnp.abs(bounded.wiring(1e6 * X, start).current).max()) <= 2.0


def test_a_bounded_current_stays_within_the_stable_step_whatever_the_weights() -> None:
    limit = depth.stable_step(depth.FitzHughNagumo(), drive=3.0, horizon=2.0)
    bounded, plain = (built(drive=drive) for drive in (depth.BoundedCurrent(3.0), depth.Current()))
    for layer, least, most in ((bounded, 0.99, 1.6), (plain, 0.0, 0.1)):
        grown = eqx.tree_at(lambda m: m.wiring.current.weight, layer, replace_fn=lambda w: 100 * w)
        assert least * limit <= grown.stable_step(X) <= most * limit


def test_read_outs_side_by_side_and_means() -> None:
    both, mean = built(readout=depth.Final("w", "v")), built(readout=depth.Mean())
    path = both.trajectory(X)
    np.testing.assert_allclose(both(X), jnp.concatenate([path["w"][-1], path["v"][-1]], 1), rtol=1e-12)
    np.testing.assert_allclose(mean(X), np.trapezoid(path["v"], axis=0) / 6, rtol=1e-12)


@pytest.mark.parametrize(
    ("choices", "count"),
    [
        ({}, 4 * 3 + 3 + 3 * 3 + 3),
        ({"train_horizon": False}, 4 * 3 + 3 + 3 * 3),
        ({"train_dynamics": False}, 4 * 3 + 3 + 3),
        ({"train_start": True}, 4 * 3 + 3 + 3 * 3 + 3 + 2 * 3),
        ({"drive": depth.CurrentAndStart()}, 2 * (4 * 3 + 3) + 3 * 3 + 3),
    ],
)
def test_parameters_are_counted(choices: dict[str, Any], count: int) -> None:
    assert depth.count_parameters(built(**choices)) == count


def test_the_published_shape_has_its_published_number_of_parameters() -> None:
    net = depth.DynPMNN((32, 16)).build(8, 1, key=KEY, dtype=jnp.float32)
    assert depth.count_parameters(net) == 1025
    assert net(jnp.ones((2, 8), jnp.float32)).dtype == jnp.float32


def test_parameters_stay_valid_wherever_training_goes() -> None:
    layer = built(field=depth.Nagumo())
    for push in (-30.0, 30.0):
        moved = jax.tree.map(lambda x, d=push: x + d, layer.dynamics)
        values = eqx.tree_at(lambda m: m.dynamics, layer, moved).parameters
        assert bool((values["eps"] >= 0).all())
        assert bool((values["gamma"] >= 0).all())
        assert bool(((values["alpha"] >= 0) & (values["alpha"] <= 1)).all())
    np.testing.assert_allclose(layer.parameters["alpha"], 0.1, rtol=1e-12)
    np.testing.assert_allclose(layer.parameters["eps"], 0.1, rtol=1e-12)
    np.testing.assert_allclose(layer.horizon, 2.0, rtol=1e-12)


def test_gradients_are_those_of_the_steps() -> None:
    """Against central differences, by weights, dynamics and horizon."""
    layer = built(steps=4)
    moving, rest = trained(layer)

    def value(moving: Any) -> Any:
        return jnp.sum(eqx.combine(moving, rest)(X) ** 2)

    slope = jax.grad(value)(moving)
    rng = np.random.default_rng(1)
    direction = jax.tree.map(lambda a: jnp.asarray(rng.normal(size=a.shape)), moving)
    up, down = (
        value(jax.tree.map(lambda a, d, s=s: a + s * 1e-6 * d, moving, direction)) for s in (1.0, -1.0)
    )
    along = sum(
        jnp.sum(g * d) for g, d in zip(jax.tree.leaves(slope), jax.tree.leaves(direction), strict=True)
    )
    assert float(along) == pytest.approx(float(up - down) / 2e-6, rel=1e-7)
    assert all(bool((jnp.abs(g) > 0).all()) for g in jax.tree.leaves(slope.dynamics))
    assert bool((jnp.abs(slope.horizon_raw) > 0).all())


def test_refining_converges_to_the_flow() -> None:
    layer = built(scheme=schemes.ExplicitEuler(), horizon=2.0, steps=8)
    moves = [np.abs(np.asarray(layer.refined(n)(X) - layer.refined(64)(X))).max() for n in (1, 2, 4)]
    assert moves[0] / moves[1] == pytest.approx(2.0, abs=0.3)
    assert layer.refined(4).steps == 32
    assert layer.refined(4).wiring is layer.wiring


@pytest.mark.parametrize(("drive", "finite"), [(1.0, 1.0), (3.0, 0.6), (8.0, 0.3)])
def test_the_stable_step_lies_below_the_largest_finite_one(drive: float, finite: float) -> None:
    """The largest steps of Euler's method that stay finite, found by trial, are the published ones."""
    bound_found = depth.stable_step(depth.FitzHughNagumo(), drive=drive, horizon=100.0)
    assert finite / 3.5 < bound_found <= finite
    currents = jnp.linspace(-drive, drive, 41)[None]
    field = depth.FitzHughNagumo()
    values = {name: jnp.full((1, 41), p.start) for name, p in field.parameters.items()}  # pyright: ignore
    system = bound(field, currents, values)
    start = (jnp.zeros((1, 41)), jnp.zeros((1, 41)))

    def stays(h: float) -> bool:
        end = schemes.ExplicitEuler().march(system, start, 400 * h, 400, checkpoint=False)
        return bool(jnp.isfinite(end[0]).all())

    assert stays(bound_found)
    assert not stays(1.5 * finite)


def test_the_stable_step_is_the_linear_bound() -> None:
    """z' = -gamma z: 2 / gamma; FitzHugh-Nagumo: 2 / (V^2 - 1) with the largest |v|."""
    field = depth.Custom(lambda z, I: {"z": I - 4.0 * z}, start={"z": 0.0})
    assert depth.stable_step(field) == pytest.approx(0.5)
    layer = built(horizon=30.0, steps=300)
    largest = float(jnp.abs(layer.refined(4).trajectory(X)["v"]).max())
    assert layer.stable_step(X) == pytest.approx(2 / (largest**2 - 1), rel=0.15)


def test_a_step_that_is_too_long_is_warned_of() -> None:
    message = r"steps of 5 with ExplicitEuler\(\) are longer than the stable step of FitzHughNagumo, 0\.6\d+"
    with pytest.warns(depth.UnstableStepWarning, match=message):
        depth.DynamicalLayer(scheme=schemes.ExplicitEuler(), horizon=10.0, steps=2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        depth.DynamicalLayer(scheme=schemes.SemiImplicit(), horizon=10.0, steps=2)
        quiet = built()
    loud = eqx.tree_at(lambda m: m.wiring.current.weight, quiet, 20 * quiet.wiring.current.weight)
    with pytest.warns(depth.UnstableStepWarning, match=r"layer 2: steps of 0\.333 with Heun"):
        loud.warn_if_unstable(X, "layer 2")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: depth.DynamicalLayer(width=0), r"width must be a whole number of at least 1, got 0"),
        (lambda: depth.DynamicalLayer(steps=True), r"steps must be a whole number of at least 1, got True"),
        (lambda: depth.DynamicalLayer(horizon=0.0), r"horizon must be a time above 0, got 0\.0"),
        (lambda: depth.DynamicalLayer(readout=depth.Final("u")), r"shows no 'u'.* It shows v and w"),
        (lambda: depth.DynPMNN(5), r"widths must be a tuple of whole numbers, such as \(64, 64\); got 5"),
        (lambda: depth.DynamicalLayer(horizon="1"), r"horizon must be a time above 0, got '1'"),
        (lambda: depth.Parameter("1"), r"start of a parameter must be a finite number, got '1'"),
        (lambda: depth.BoundedCurrent("3"), r"limit must be a finite number above 0, got '3'"),
        (lambda: depth.DynPMNN(()), r"widths must name at least one layer"),
        (lambda: depth.Parameter(0.0, 0.0), r"starts at 0\.0 must lie strictly between 0 and inf"),
        (lambda: depth.BoundedCurrent(0.0), r"limit must be a finite number above 0, got 0\.0"),
        (
            lambda: depth.Relaxation(coupling=-1.0),
            r"coupling must be a finite number of at least 0, got -1\.0",
        ),
        (
            lambda: depth.Custom(lambda v, J: {"v": v}, start={"v": 0.0}, params={"j": 1.0}),
            r"the lambda .* asks for 'J', which is not a name of this problem\. .*Known here: v, I and j",
        ),
        (lambda: depth.Custom(lambda v: {"v": v}, start={}), r"at least one component"),
        (
            lambda: built(field=depth.Custom(lambda v: {"u": v}, start={"v": 0.0}))(X),
            r"returns a rate of 'u', which is no component",
        ),
        (
            lambda: built(field=depth.Custom(lambda v: {}, start={"v": 0.0}))(X),
            r"returns no rate of v; return one",
        ),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_what_is_wrong_is_said(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
