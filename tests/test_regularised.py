"""A regulariser beside the terms of a problem: its value, what it leaves alone, and what it does."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful._runtime import quick_jit
from lawful.conditions import Bound
from lawful.objective import Objective, device_mesh
from lawful.points import PointSets
from lawful.progress import AbstractProgress, Snapshot
from lawful.regularised import bind_regulariser
from lawful.trial import TrialSpace
from lawful.weighting.beside import Beside

PROBLEM = lw.Problem(
    domain=lw.Box(x=(0, 1)),
    fields="u",
    conditions={
        "pde": lw.Interior(lambda u, x: u.xx + jnp.exp(u) - jnp.sin(3 * x)),
        "walls": lw.Boundary(lambda u: u, on="x"),
    },
)
CHOICES: dict[str, Any] = {
    "network": lw.nn.Relaxation(5, 3, w=0.4),
    "points": 16,
    "steps": 120,
    "reference": "stated",
}


def objective_of(network: Any, *, weight: float = 0.5) -> tuple[Objective, dict[str, Any], Bound]:
    space = TrialSpace(PROBLEM, network, key=jax.random.key(1), dtype="float64")
    bound = bind_regulariser(PROBLEM, lw.nn.Attraction(weight, points=7), 0)
    conditions = {"pde": PROBLEM.conditions["pde"], bound.name: bound}
    objective = Objective(space, conditions, device_mesh(1))
    counts = {"pde": 16, bound.name: 7}
    return objective, PointSets(PROBLEM, conditions, lw.sampling.Sobol(), counts, 0).first(), bound


def plain(weights: list[Any], biases: list[Any], x: np.ndarray, w: float) -> float:
    """The mean over points and layers of |f(z W + b) - z|^2, layer by layer in NumPy."""
    z = np.tanh((2 * x - 1) @ np.asarray(weights[0]) + np.asarray(biases[0]))
    terms = []
    for weight, bias in zip(weights[1:-1], biases[1:-1], strict=True):
        target = np.tanh(z @ np.asarray(weight) + np.asarray(bias))
        terms.append(np.mean(np.sum((target - z) ** 2, axis=1)))
        z = (1 - w) * z + w * target
    return float(np.mean(terms))


@pytest.mark.parametrize(
    ("network", "w"), [(lw.nn.Relaxation(5, 4, w=0.4), 0.4), (lw.nn.MLP(5, 3), 1.0), (lw.nn.MLP(1, 3), 1.0)]
)
def test_the_value_is_that_of_a_plain_computation(network: Any, w: float) -> None:
    """With one neuron the first layer of an MLP is square too, but its inputs are no state."""
    objective, batches, _ = objective_of(network)
    theta = objective.space.initial + 0.1
    ((_, made),) = objective.space.networks(objective.space.tree(theta))
    squares = dict(zip(objective.terms, objective.mean_squares(theta, objective.place(batches)), strict=True))
    expected = plain(made.network.weights, made.network.biases, batches["attraction"]["points"][:, 0], w)
    assert float(squares["attraction"]) == pytest.approx(expected, rel=1e-12)


def test_embeddings_in_front_are_passed() -> None:
    base = lw.nn.MLP(4, 2)
    made = lw.nn.FourierFeatures(3, base=base).build(
        lw.nn.Frame(("x",), (0.0,), (1.0,)), 1, key=jax.random.key(0), dtype=jnp.float64
    )
    x = jnp.linspace(0, 1, 5)[:, None]
    found = lw.nn.Attraction().residuals(made, x)
    body, inputs = made.inner(x)
    np.testing.assert_array_equal(found, lw.nn.Attraction().residuals(body, inputs))
    np.testing.assert_array_equal(body(inputs), made(x))


def test_least_squares_sees_the_residuals() -> None:
    """J^T r is half the gradient of the loss, |r|^2 the loss, and every neuron has its row of J."""
    objective, batches, _ = objective_of(lw.nn.Relaxation(3, 3, w=0.4))
    data, theta = objective.place(batches), objective.space.initial
    weights = jnp.asarray([1.0, 0.5])
    value, gradient, _ = objective.jitted.value_and_grad(theta, data, weights)
    jtj, jtr, _ = quick_jit(objective.gauss_newton)(theta, data, weights)
    jacobian, residuals = objective.jitted.jacobian(theta, data, weights)
    np.testing.assert_allclose(2 * jtr, gradient, rtol=1e-10, atol=1e-13)
    assert float(residuals @ residuals) == pytest.approx(float(value), rel=1e-12)
    np.testing.assert_allclose(jacobian.T @ jacobian, jtj, rtol=1e-10, atol=1e-12)
    rows = np.count_nonzero(np.abs(jacobian).max(axis=1))
    assert rows == 16 + 7 * 2 * 3  # a residual a point of the law; two layers of three neurons a place


def test_weight_zero_changes_no_bit() -> None:
    without = lw.solve(PROBLEM, **CHOICES)
    with_it = lw.solve(PROBLEM, regulariser=lw.nn.Attraction(0.0), **CHOICES)
    np.testing.assert_array_equal(with_it.source.theta, without.source.theta)
    assert "attraction" not in with_it.history[-1]


@pytest.mark.parametrize("optimizer", [lw.optim.SSBroyden(), lw.optim.LevenbergMarquardt()])
def test_a_large_weight_brings_states_to_rest(optimizer: Any) -> None:
    """And the law is judged without it: the held-out residual is the law's alone."""
    gaps = []
    for weight in (1e-8, 100.0):
        found = lw.solve(PROBLEM, optimizer=optimizer, regulariser=lw.nn.Attraction(weight), **CHOICES)
        last = found.history[-1]
        assert last["loss"] == pytest.approx(last["pde"] + weight * last["attraction"], rel=1e-10)
        gaps.append(found.summary()["regulariser"]["fresh"])
    assert gaps[1] < 1e-3 * gaps[0]
    assert f"attraction, a regulariser of weight 100: mean square {gaps[1]:.1e}" in found.report()


def test_held_out_scores_are_the_laws() -> None:
    found = lw.solve(PROBLEM, regulariser=lw.nn.Attraction(1e6), **CHOICES | {"steps": 5})
    last = found.history[-1]
    assert last["loss"] > 10 * last["fresh"]


def test_strategies_balance_the_terms_of_the_problem_only() -> None:
    objective, batches, _ = objective_of(lw.nn.Relaxation(3, 3))
    balanced = Beside(lw.weighting.GradientNorm(), 0.25, objective)
    data, theta = objective.place(batches), objective.space.initial
    _, weights, _ = balanced.update(balanced.init(objective), objective, theta, data, 0)
    np.testing.assert_array_equal(weights, [1.0, 0.25])  # one term has nothing to be balanced against


class StopAt(AbstractProgress):
    """Asks for an end after the first block of steps, as Ctrl-C does."""

    def start(self, title: str, terms: tuple[str, ...]) -> None:
        pass

    def update(self, snapshot: Snapshot) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    def stop(self, sentence: str) -> None:
        pass


def test_a_run_keeps_it_and_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    whole = lw.solve(PROBLEM, regulariser=lw.nn.Attraction(0.1), out=tmp_path / "run", **CHOICES)
    recipe = json.loads((tmp_path / "run" / "run.json").read_text())["recipe"]
    assert recipe["regulariser"] == {"type": "Attraction", "fields": {"weight": 0.1, "points": 256}}
    read = lw.load(tmp_path / "run", PROBLEM)
    assert read.history[-1]["attraction"] == pytest.approx(whole.history[-1]["attraction"])
    again = lw.solve(
        PROBLEM, regulariser=lw.nn.Attraction(0.1), out=tmp_path / "stopped", progress=StopAt(), **CHOICES
    )
    assert again.outcome.value == "interrupted"
    assert again.history[-1]["step"] < CHOICES["steps"]
    resumed = lw.resume(tmp_path / "stopped", PROBLEM)
    np.testing.assert_array_equal(resumed.source.theta, whole.source.theta)
    assert resumed.summary()["regulariser"] == whole.summary()["regulariser"]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"network": lw.nn.MLP(5, 1)}, "Attraction finds no layer to draw in MLP"),
        ({"network": lw.nn.Equilibrium(4)}, "it needs layers from states to states of one size"),
        ({"method": "classical"}, "method='classical' makes no use of regulariser="),
    ],
)
def test_networks_without_such_layers_are_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        lw.solve(PROBLEM, regulariser=lw.nn.Attraction(), **choices)


def test_what_is_no_regulariser_is_refused(unchecked: None) -> None:
    with pytest.raises(
        TypeError, match=r"regulariser must be one of lawful\.nn, such as lawful\.nn\.Attraction"
    ):
        lw.solve(PROBLEM, regulariser=1e-3)
    with pytest.raises(ValueError, match="weight must be a finite number of at least 0, got -1"):
        lw.nn.Attraction(-1.0)


def test_a_condition_of_the_same_name_is_refused() -> None:
    conditions = {"attraction": lw.Interior(lambda u: u.xx), "walls": lw.Boundary(lambda u: u - 1, on="x")}
    problem = lw.Problem(domain=lw.Box(x=(0, 1)), fields="u", conditions=conditions)
    with pytest.raises(ValueError, match="a condition 'attraction' of its own"):
        lw.solve(problem, network=lw.nn.MLP(4, 2), regulariser=lw.nn.Attraction())
