"""The loop between the blocks: what ends a run, what is drawn and weighed anew, what counts as best."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lawful as lw
from lawful.blocks import Programs
from lawful.run_folder import RunFolder

TINY = {"network": lw.nn.MLP(width=6, depth=2), "points": 128, "reference": "stated"}


def adaptive(every: int) -> Any:
    return lw.sampling.ResidualAdaptive(every=every)


def test_steps_that_were_asked_for_are_taken() -> None:
    """Patience is for runs of no given length, however little is gained."""
    solution = lw.solve(lw.problems.burgers(), steps=900, sampling=adaptive(20), **TINY)
    assert solution.facts["steps"] == 900


@pytest.mark.parametrize("weighting", [lw.weighting.GradientNorm(every=20), lw.weighting.Causal(every=20)])
def test_new_weights_do_not_count_as_a_round_without_gain(weighting: Any) -> None:
    solution = lw.solve(lw.problems.burgers(), sampling=adaptive(20), weighting=weighting, **TINY)
    assert solution.facts["steps"] > 4 * 20  # where each new weight was taken for a round without gain


def test_a_chain_takes_no_step_too_many() -> None:
    chain = lw.optim.Chain(lw.optim.Adam(steps=20), lw.optim.LBFGS(steps=15), lw.optim.SSBroyden())
    solution = lw.solve(lw.problems.burgers(), optimizer=chain, steps=30, **TINY)
    assert solution.facts["steps"] == 30
    assert {row["phase"] for row in solution.history} == {"Adam", "LBFGS"}


def test_weights_of_points_follow_the_points(tmp_path: Path) -> None:
    """Causal weights never rise with time, also on points drawn after the last update that was due."""
    weighting = lw.weighting.Causal(tolerance=10.0, every=100)
    lw.solve(
        lw.problems.burgers(),
        sampling=adaptive(30),
        weighting=weighting,
        steps=75,
        out=tmp_path / "run",
        **TINY,
    )
    checkpoint = RunFolder.open(tmp_path / "run").load_checkpoint()
    assert checkpoint is not None
    arrays, plain = checkpoint
    assert plain["counters"]["round"] == 2
    times = arrays["points.pde/points"][:, 0, 1]
    weights = arrays["pointwise.pde"][: len(times)]
    assert np.ptp(weights) > 0.1
    assert (np.diff(weights[np.argsort(times)]) <= 1e-12).all()


def test_a_finished_run_does_not_go_on(tmp_path: Path) -> None:
    """A kill while the result is judged: resuming must not train past the end."""
    out = tmp_path / "run"
    arguments = {
        "network": lw.nn.MLP(width=6, depth=1),
        "points": 64,
        "sampling": lw.sampling.Sobol(),
        "reference": "stated",
    }
    problem = lw.problems.diffusion_reaction()
    first = lw.solve(problem, out=out, **arguments)
    assert first.outcome.value in ("converged", "stalled")
    again = lw.resume(out, problem)
    assert again.facts["steps"] == first.facts["steps"]
    np.testing.assert_array_equal(again.source.parameters()["theta"], first.source.parameters()["theta"])


def test_a_value_that_is_not_finite_names_its_term() -> None:
    conditions = {
        "good": lw.Interior(lambda u: u.t + u),
        "bad": lw.Interior(lambda u: jnp.sqrt(u - 0.9) * (u.t + u)),
        "start": lw.Initial(lambda u: u - 1),
    }
    problem = lw.Problem(lw.Time(t=(0, 1)), "u", conditions)
    solution = lw.solve(problem, optimizer=lw.optim.Adam(steps=50, learning_rate=0.1))
    assert solution.outcome.value == "non-finite"
    assert "the term bad at step" in solution.report()
    assert "the term bad" in solution.verdict.reasons[0]


@pytest.mark.parametrize("network", [lw.nn.MLP(width=6, depth=1), lw.nn.FourierFeatures(6, 1)])
def test_another_seed_runs_the_same_program(network, monkeypatch):
    """Nothing that a seed draws is written into it, so that it is compiled once and found in the cache again."""
    texts = []
    call = Programs.call

    def seen(self, key, function, *arguments):
        if key[0] == "block":
            texts.append(jax.jit(function).lower(*arguments).as_text())
        return call(self, key, function, *arguments)

    monkeypatch.setattr(Programs, "call", seen)
    for seed in (0, 1):
        lw.solve(
            lw.problems.burgers(),
            network=network,
            points=64,
            steps=2,
            seed=seed,
            reference="stated",
        )
    assert texts[0] == texts[-1]
