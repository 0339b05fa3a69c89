"""`lawful lens` of the folder that an estimator was saved in."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from lawful.learn import DynPMNNRegressor
from lawful.nn import schemes

Lawful = Callable[..., SimpleNamespace]


@pytest.fixture
def saved(here: Path) -> Any:
    rows = np.random.default_rng(0).normal(size=(20, 2))
    model = DynPMNNRegressor((3,), scheme=schemes.SemiImplicit(), steps=2, epochs=1).fit(rows, rows[:, 0])
    model.save("mine")
    np.savez("a.npz", W0=np.eye(2), b0=np.zeros(2))
    return model


def test_the_account_of_an_estimator(lawful: Lawful, saved: Any, here: Path) -> None:
    answer = lawful("lens", "mine", "--at", "0.5,-1", "--at", "1,0", "--json", "--out", "seen")
    assert (answer.status, answer.err) == (0, "")
    said = answer.json()
    (layer,) = said["layers"]
    assert (layer["layer"], layer["field"], layer["neurons"]) == (1, "FitzHughNagumo", 3)
    assert said["output"] == pytest.approx(saved._outputs(np.array([[0.5, -1.0], [1.0, 0.0]])).ravel())
    assert layer["spiking_fraction"] == 0
    assert sum(layer["fixed_points"].values()) >= 3
    assert 1 <= layer["distinct_atoms"] + layer["idle_neurons"] <= 3
    assert np.isfinite(layer["lyapunov_largest"])
    drawn = {path.stem for path in (here / "seen").glob("*.png")}
    assert drawn == {"paths", "exponents", "spikes", "atoms", "fixed_points_1", "phase_plane_1"}
    assert (here / "seen" / "lens.json").is_file()
    for line, message in (
        ("mine a.npz", "mine holds an estimator and a.npz does not; look at them one after the other."),
        (
            "mine --activation tanh",
            "mine holds an estimator, which says its own activation; leave --activation out.",
        ),
        ("mine --at 1", "mine takes 2 columns, so rows have the shape (rows, 2); got (1, 1)."),
    ):
        wrong = lawful("lens", *line.split())
        assert (wrong.status, wrong.out, wrong.err) == (2, "", f"lawful: {message}\n")
