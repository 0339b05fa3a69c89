"""Vector fields from trajectories: what they find, and what they foretell."""

from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest

from lawful import learn
from lawful.nn import continuous as depth
from lawful.nn import schemes

MATRIX = np.array([[0.0, 1.0], [-4.0, -0.3]])
"""The damped oscillator x'' = -4 x - 0.3 x'."""


def oscillator(t: np.ndarray, start: tuple[float, float] = (1.0, 0.0)) -> np.ndarray:
    values, vectors = np.linalg.eig(MATRIX)
    weights = np.linalg.solve(vectors, np.array(start))
    return np.real((vectors * weights) @ np.exp(np.outer(values, t))).T


def test_known_parts_are_integrated_and_their_numbers_found() -> None:
    """x' = v, v' = -k x - c v with k and c unknown, at irregular times: the true 4 and 0.3."""
    t = np.sort(np.random.default_rng(0).uniform(0, 5, 40))
    made = learn.NeuralTrajectory(
        ("x", "v"),
        known=lambda x, v, k, c: {"x": v, "v": -k * x - c * v},
        params={"k": depth.Parameter(3.0, 0.0), "c": 0.0},
        learnt=(),
        hidden=(2,),
        epochs=400,
        learning_rate=0.05,
    ).fit(t, oscillator(t))
    assert made.parameters_["k"] == pytest.approx(4.0, rel=1e-2)
    assert made.parameters_["c"] == pytest.approx(0.3, rel=5e-2)
    later = np.linspace(t[0], 10, 50)
    assert np.abs(made.predict(later) - oscillator(later)).max() < 0.03


def test_a_learnt_part_foretells_twice_the_span() -> None:
    """x' = v known, the force learnt: trained to t = 5, followed to t = 10."""
    t = np.sort(np.random.default_rng(1).uniform(0, 5, 40))
    made = learn.NeuralTrajectory(
        ("x", "v"), known=lambda x, v: {"x": v, "v": 0.0}, learnt=("v",), hidden=(16,), epochs=600,
        learning_rate=0.02, segment=5, substeps=2,
    ).fit(t, oscillator(t))  # fmt: skip
    later = np.linspace(t[0], 10, 60)
    assert np.linalg.norm(made.predict(later) - oscillator(later)) < 0.1 * np.linalg.norm(oscillator(later))
    assert np.abs(made.predict(t, factor=8) - made.predict(t)).max() < 3e-3


def test_an_unknown_law_foretells_twice_the_span() -> None:
    """Nothing known, trained to t = 5 by the defaults, followed to t = 10: the affine part holds where no data were."""
    t, later = np.linspace(0, 5, 100), np.linspace(5, 10, 100)
    truth = oscillator(later)
    for seed in (0, 1):
        made = learn.NeuralTrajectory(("x", "v"), epochs=300, seed=seed).fit(t, oscillator(t))
        found = made.predict(np.concatenate([t, later[1:]]))[99:]
        assert np.linalg.norm(found - truth) < 0.02 * np.linalg.norm(truth)


def test_before_training_a_field_is_what_the_data_say_less_what_is_known() -> None:
    t = np.linspace(0, 5, 400)
    for known in (None, lambda x, v: {"x": v, "v": -4 * x}):
        made = learn.NeuralTrajectory(("x", "v"), known=known, epochs=1, learning_rate=1e-12)
        field = made.fit(t, oscillator(t)).field_
        states = np.random.default_rng(0).normal(size=(5, 2))
        np.testing.assert_allclose(np.asarray(field(jnp.asarray(states))), states @ MATRIX.T, atol=2e-3)
    numbers = learn.NeuralTrajectory(
        ("x", "v"),
        known=lambda x, v, k: {"x": v, "v": -k * x},
        params={"k": 3.0},
        epochs=1,
        learning_rate=1e-12,
    )
    field = numbers.fit(t, oscillator(t)).field_
    np.testing.assert_allclose(
        np.asarray(field(jnp.asarray(states))), states @ np.array([[0, -3.0], [1, 0]]), atol=1e-9
    )


def test_without_training_the_flow_is_that_of_the_known_part() -> None:
    """Order 4 of the integration between irregular times, against the matrix exponential."""
    t = np.array([0.0, 0.4, 0.5, 1.3, 2.0])
    made = learn.NeuralTrajectory(
        ("x", "v"),
        known=lambda x, v: {"x": v, "v": -4 * x - 0.3 * v},
        learnt=(),
        hidden=(2,),
        epochs=1,
        learning_rate=1e-12,
    ).fit(t, oscillator(t))
    errors = [np.abs(made.predict(t, factor=n) - oscillator(t)).max() for n in (2, 4)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.4)


def test_noise_and_drift_of_a_diffusion() -> None:
    """dz = -2 z dt + 0.5 dW: sigma, the slope of the drift, and the variance sigma^2 / 4 in the long run."""
    rng, h = np.random.default_rng(0), 0.02
    z = np.zeros((20, 400, 1))
    for i in range(1, 400):
        z[:, i] = z[:, i - 1] - 2 * h * z[:, i - 1] + 0.5 * np.sqrt(h) * rng.normal(size=(20, 1))
    t = h * np.arange(400)
    made = learn.NeuralSDE(
        ("z",), known=lambda z, k: {"z": -k * z}, params={"k": 1.0}, learnt=(), hidden=(2,), epochs=200,
        learning_rate=0.05,
    ).fit(t, z)  # fmt: skip
    assert made.noise_[0] == pytest.approx(0.5, rel=0.03)
    assert made.parameters_["k"] == pytest.approx(2.0, rel=0.2)
    paths = made.sample(np.linspace(0, 4, 41), start=[0.0], count=2000)
    assert paths.shape == (2000, 41, 1)
    k = made.parameters_["k"]
    assert paths[:, -1].var() == pytest.approx(made.noise_[0] ** 2 / (2 * k), rel=0.15)


@pytest.mark.parametrize(
    ("choices", "t", "y", "message"),
    [
        ({}, [0.0, 1.0, 0.5], np.ones((3, 2)), r"increasing times"),
        ({}, [0.0, 1.0], np.ones((2, 3)), r"y must have the shape \(2, 2\), .* got \(1, 2, 3\)"),
        ({}, [0.0, 1.0], np.full((2, 2), np.nan), r"must be finite numbers"),
        ({"learnt": ("w",)}, [0.0, 1.0], np.ones((2, 2)), r"'w' is no component\. .*Components: x and v"),
        ({"params": {"k": 1.0}}, [0.0, 1.0], np.ones((2, 2)), r"params k belong to a known part"),
        ({"known": lambda x, q: {"x": q}}, [0.0, 1.0], np.ones((2, 2)), r"asks for 'q'"),
    ],
)
def test_what_is_wrong_is_said(choices: dict[str, Any], t: Any, y: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        learn.NeuralTrajectory(("x", "v"), scheme=schemes.Heun(), epochs=1, **choices).fit(t, y)
