"""Several seeds at once: each member is what it would be alone, and ends by itself."""

import json

import jax
import numpy as np
import pytest

import lawful as lw
from lawful.cli import main
from lawful.together import Together
from lawful.uq.ensemble import CHOICES, _seeds

SMALL = {"points": 128, "reference": "stated"}


def falling():
    """u' = -u^2 from 1: u = 1 / (1 + t)."""
    return lw.Problem(
        lw.Time(t=(0, 2)),
        "u",
        {"law": lw.Interior(lambda u: u.t + u**2), "start": lw.Initial(lambda u: u - 1)},
        reference=lw.Exact(lambda t: 1 / (1 + t)),
    )


NETWORKS = {
    "tanh": lw.nn.MLP(8, 2),
    "arrays that are not trained and differ by seed": lw.nn.FourierFeatures(features=6, base=lw.nn.MLP(8, 1)),
}


@pytest.mark.parametrize(("network", "at_once"), list(zip(NETWORKS, (True, False), strict=True)))
def test_members_are_what_they_would_be_alone(network, at_once, monkeypatch):
    monkeypatch.setattr("lawful.together.takes_at_once", lambda: at_once)
    choices = SMALL | {"network": NETWORKS[network], "steps": 12}
    runs = lw.ensemble(falling(), seeds=(3, 1), **choices)
    t = np.linspace(0, 2, 9)
    for row, seed in zip(runs.u(t=t), runs.seeds, strict=True):
        alone = lw.solve(falling(), seed=seed, **choices)
        np.testing.assert_allclose(row, alone.u(t=t), rtol=1e-7)
    assert runs.u.t(t=t).shape == (2, 9)
    assert np.ptp(runs.u(t=1.0)) > 0


def test_phases_and_weights_keep_their_own_time():
    """Whatever the others do, a member goes from phase to phase as if it were alone."""
    choices = SMALL | {
        "network": lw.nn.MLP(6, 1),
        "optimizer": lw.optim.Chain(lw.optim.Adam(5), lw.optim.LBFGS(30)),
        "weighting": lw.weighting.GradientNorm(every=4),
        "sampling": lw.sampling.Uniform(every=6),
    }
    runs = lw.ensemble(falling(), seeds=2, **choices)
    for seed, solution in enumerate(runs):
        alone = lw.solve(falling(), seed=seed, **choices)
        assert [row["step"] for row in solution.history] == [row["step"] for row in alone.history]
        assert solution.facts["steps"] == alone.facts["steps"] == 35
        np.testing.assert_allclose(solution.u(t=1.0), alone.u(t=1.0), rtol=1e-4)


def test_one_program_takes_the_steps_of_all(monkeypatch):
    seen = []
    blocks = Together._blocks

    def counted(self, optimizer, objective):
        seen.append(self)
        return blocks(self, optimizer, objective)

    monkeypatch.setattr(Together, "_blocks", counted)
    lw.ensemble(falling(), seeds=3, steps=40, network=lw.nn.MLP(6, 1), **SMALL)
    assert len({id(one) for one in seen}) == 1
    (one,) = {id(one): one for one in seen}.values()
    assert one.cores == min(3, jax.local_device_count())
    assert one.slots * one.cores >= 3
    assert len([key for key in one.programs.keys if key[0] == "block"]) == 1


def test_an_unknown_is_found_by_each_member():
    t = np.linspace(0, 2, 20)
    problem = lw.Problem(
        lw.Time(t=(0, 2)),
        "u",
        {
            "law": lw.Interior(lambda u, k: u.t + k * u**2),
            "start": lw.Initial(lambda u: u - 1),
            "data": lw.Data(t=t, u=1 / (1 + 1.5 * t)),
        },
        params={"k": lw.Unknown(1.0, lower=0)},
    )
    runs = lw.ensemble(problem, seeds=2, steps=200, network=lw.nn.MLP(8, 1), points=64, reference="stated")
    assert [solution.params["k"] for solution in runs] == pytest.approx([1.5, 1.5], rel=1e-3)


def test_float32_and_systems():
    problem = lw.Problem(
        lw.Time(t=(0, 1)),
        "u v",
        {
            "law": lw.Interior(lambda u, v: {"u": u.t - u * v, "v": v.t + u * v}),
            "start": lw.Initial(lambda u, v: {"u": u - 1, "v": v - 1}),
        },
    )
    choices = SMALL | {"network": lw.nn.MLP(8, 1), "steps": 8, "dtype": "float32"}
    runs, alone = lw.ensemble(problem, seeds=2, **choices), lw.solve(problem, seed=1, **choices)
    for field in ("u", "v"):
        np.testing.assert_allclose(getattr(runs[1], field)(t=1.0), getattr(alone, field)(t=1.0), rtol=1e-3)
    assert set(runs.apart()) == {"u", "v"}


def test_affine_laws_take_random_features_of_each_seed():
    runs = lw.ensemble(lw.problems.decay(), seeds=2)
    assert {solution.facts["method"] for solution in runs} == {"linear"}
    assert max(runs.summary()["errors"]["u"]["rel_l2"]) < 1e-9


def test_folders_hold_runs_that_can_be_read_again(tmp_path):
    choices = SMALL | {"network": lw.nn.MLP(6, 1), "steps": 20}
    runs = lw.ensemble(falling(), seeds=2, out=tmp_path / "runs", **choices)
    for seed, solution in enumerate(runs):
        again = lw.load(tmp_path / "runs" / f"seed-{seed}", falling())
        np.testing.assert_array_equal(again.u(t=0.5), solution.u(t=0.5))
    with pytest.raises(ValueError, match="seed-0"):
        lw.ensemble(falling(), seeds=2, out=tmp_path / "runs", **choices)


def test_a_budget_is_that_of_all_seeds():
    runs = lw.ensemble(lw.problems.burgers(), seeds=4, budget=8, points=512, reference="stated")
    assert sum(s.facts["train_s"] + s.facts["compile_s"] for s in runs) <= 9


def test_the_report_names_every_seed():
    runs = lw.ensemble(falling(), seeds=(0, 7), steps=150, network=lw.nn.MLP(8, 1), **SMALL)
    report = runs.report()
    assert report.startswith("problem: 2 seeds, ")
    assert "\n     7  supported" in report
    facts = runs.summary()
    assert len(facts["runs"]) == len(facts["errors"]["u"]["rel_l2"]) == 2
    spread = np.ptp(runs.u(t=np.linspace(0, 2, 2001)), axis=0) / np.sqrt(2)
    size = np.sqrt(np.mean(runs.u(t=np.linspace(0, 2, 2001)).mean(axis=0) ** 2))
    assert facts["apart"]["u"] == pytest.approx(np.sqrt(np.mean(spread**2)) / size)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"seeds": 1}, r"seeds must be how many, at least 2, or different whole numbers .*; got 1\."),
        (
            {"seeds": (0, 2**63)},
            r"seeds must be .* below 2\*\*63, such as \(0, 1, 2\); got \(0, 9223372036854775808\)",
        ),
        ({"out": 3}, "the folder of a run must be a path"),
        ({"progress": True}, "progress must be a display"),
        ({"seeds": (1, 1)}, "seeds must be how many, at least 2, or different whole numbers"),
        ({"seeds": "four"}, "seeds must be how many, at least 2, or different whole numbers"),
        ({"method": "classical"}, "method='classical' makes no use of seeds; use solve"),
    ],
)
def test_mistakes_are_refused(choices, message, unchecked):
    with pytest.raises((ValueError, TypeError), match=message):
        lw.ensemble(falling(), **choices)


@pytest.mark.parametrize("seeds", [np.int64(3), (np.int64(0), 1, 2), np.arange(3)])
def test_seeds_of_numpy_are_kept_as_those_of_python(seeds, unchecked):
    kept = _seeds(seeds)
    assert kept == (0, 1, 2)
    assert {type(seed) for seed in kept} == {int}


def test_a_choice_that_is_not_known_is_named():
    with pytest.raises(TypeError, match=r"ensemble takes no 'buget'. Did you mean 'budget'\?"):
        lw.ensemble(falling(), buget=10)
    with pytest.raises(TypeError, match=r"ensemble takes no 'seed'. Did you mean 'seeds'\?"):
        lw.ensemble(falling(), seed=1)
    assert {"budget", "network", "dtype"} <= set(CHOICES)


def test_from_the_command_line(tmp_path, capsys):
    out = tmp_path / "two"
    command = ["solve", "burgers", "--seeds", "2", "--steps", "5", "--reference", "stated", "--out", str(out)]
    status = main([*command, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["seeds"] == [0, 1]
    assert [run["run"] for run in found["runs"]] == [str(out / "seed-0"), str(out / "seed-1")]
    assert status == int(any(run["verdict"]["word"] == "not supported" for run in found["runs"]))
    assert main(command) == 2
    assert "seed-0" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == status
    assert main(["solve", "burgers", "--seeds", "1"]) == 2
    assert "--seeds must be at least 2" in capsys.readouterr().err
