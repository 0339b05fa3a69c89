"""The account agrees with its pieces, and holds for networks without anything square."""

import json
from collections.abc import Callable

import numpy as np
import pytest

from lawful.lens import Network, account, from_arrays
from lawful.run_folder import strict

Drawn = Callable[..., Network]


def test_several_runs_are_told_against_the_first(drawn: Drawn) -> None:
    runs = [drawn((2, 5, 5, 1), k) for k in range(3)]
    at = np.random.default_rng(0).uniform(-1, 1, (20, 2))
    said = account(*runs, at=at, draws=3)
    data = json.loads(json.dumps(strict(said.data()), allow_nan=False))
    assert [p["second"] for p in data["pairs"]] == ["draw 1", "draw 2"]
    assert data["output"] == pytest.approx(np.concatenate([n(at).ravel() for n in runs]).tolist())
    for i, layer in enumerate(data["layers"]):
        a, b = runs[0].weights[i], runs[1].weights[i]
        assert layer["fro"] == pytest.approx(np.linalg.norm(a - b) / np.linalg.norm(a))
        assert layer["spectral_distance"] <= layer["fro_aligned"] + 1e-12
    assert data["pairs"][0]["function"]["function"] > 0.1
    assert len(said.features.ranked) == 10
    assert "draw 0 and draw 2: the functions differ by" in said.text()
    for name, draw in said.figures().items():
        if not name.endswith("draw 2"):
            assert draw().axes, name


def test_a_network_of_one_layer_has_an_account() -> None:
    said = account(from_arrays([np.ones((2, 1))], [np.zeros(1)], "relu"))
    assert said.data()["layers"][0]["attractor_residual"] is None
    assert said.data()["output"] == []
    assert "256 of a Sobol sequence in [-1, 1]^2" in said.text()
    for draw in said.figures().values():
        draw()


def test_no_network_has_no_account() -> None:
    with pytest.raises(ValueError, match="there is no network to look at"):
        account()
