"""The study of neural chains: its references and recipes, what it counts, and the whole of it in small."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lawful.cli import main
from lawful.lens import from_arrays
from lawful.studies.neural_chains import CASES, FULL, QUICK, sine_galerkin
from lawful.studies.neural_chains.cases import TIME, VISCOSITY
from lawful.studies.neural_chains.corrections import (
    activations,
    chance_level,
    eikonal_rounding,
    fresh_residuals,
    reference_98_modes,
)
from lawful.studies.neural_chains.figures import draw_figures
from lawful.studies.neural_chains.measured import Measured, Norms
from lawful.studies.neural_chains.recipes import RECIPES, published
from lawful.studies.neural_chains.runs import Run, planned
from lawful.studies.neural_chains.settings import Settings
from lawful.studies.neural_chains.tables import compared, table1, table2
from lawful.trial import trained_size


def test_98_modes_are_as_far_off_as_the_table_of_the_paper_says_of_its_networks() -> None:
    found = reference_98_modes([])
    assert found["l1"] == pytest.approx(1.9e-3, rel=0.02)
    assert found["l2"] == pytest.approx(4.07e-3, rel=0.02)
    assert found["linf"] == pytest.approx(2.6e-2, rel=0.02)


def test_more_modes_converge_to_cole_hopf() -> None:
    case = CASES["viscous"]
    errors = [
        Norms.of(sine_galerkin(case.nodes, TIME, VISCOSITY, modes=n) - case.truth()).linf
        for n in (98, 196, 294)
    ]
    assert errors[1] < 0.1 * errors[0]
    assert errors[2] < 0.1 * errors[1]


def test_runge_kutta_is_of_fourth_order() -> None:
    x = np.linspace(0, 1, 21)
    exact = sine_galerkin(x, 0.2, 0.02, modes=24, step=1e-3)
    coarse, fine = (np.abs(sine_galerkin(x, 0.2, 0.02, modes=24, step=h) - exact).max() for h in (0.02, 0.01))
    assert 12 < coarse / fine < 21


def test_the_exact_solution_at_known_places() -> None:
    exact = CASES["viscous"].exact
    assert exact(np.array([0.6]), 0.3)[0] == pytest.approx(-0.81418173, abs=1e-8)
    assert exact(np.linspace(0.4, 0.5, 2001), 0.3).max() == pytest.approx(0.92469, abs=1e-5)
    near = exact(np.array([0.5 - 1e-5, 0.5 + 1e-5]), 0.3)
    assert np.diff(near)[0] / 2e-5 == pytest.approx(-140.57, rel=1e-3)


@pytest.mark.parametrize(
    ("case", "parameters"), [("viscous", 71_101), ("inviscid", 71_101), ("eikonal", 501)]
)
def test_networks_are_as_large_as_published(case: str, parameters: int) -> None:
    choices = published(case, FULL)
    assert trained_size(CASES[case].published(), choices["network"], choices["dtype"]) == parameters
    assert choices["points"]["pde"] == 10_000


def test_published_walls_and_starts_are_left_to_training() -> None:
    for case in CASES.values():
        assert case.published().ansatz["u"](3.0) == 3.0


def test_the_rounded_eikonal_law_is_off_by_its_rounding_times_the_time() -> None:
    found = eikonal_rounding([])
    assert found["expected"] == pytest.approx(7e-5)
    assert found["rounded_law"]["linf"] == pytest.approx(found["expected"], rel=1e-9)


def network(seed: int, deep: bool = False) -> Any:
    rng = np.random.default_rng(seed)
    sizes = [(2, 8), *[(8, 8)] * (7 if deep else 2), (8, 1)]
    return from_arrays([rng.standard_normal(s) for s in sizes], None, "tanh", name=f"run{seed}")


def fake(case: str, recipe: str, seed: int, error: float, early: float, deep: bool = False) -> Measured:
    nodes = CASES[case].nodes
    summary = {
        "residual": {"train": 0.01, "fresh": 0.5},
        "verdict": {"word": "supported"},
        **dict.fromkeys(("steps", "train_s", "compile_s", "n_params", "status"), 1),
    }
    norms = Norms.of(np.full_like(nodes, error))
    return Measured(
        Run(case, recipe, seed), CASES[case].truth() + error, norms, early, network(seed, deep), summary
    )


def test_a_successful_run_with_weaker_activations_is_counted() -> None:
    runs = [fake("viscous", "published", 0, 1e-3, 0.1), fake("viscous", "published", 1, 1e-3, 0.4)]
    found = activations([*runs, fake("inviscid", "published", 0, 0.5, 0.2)])
    assert found["pairs"] == 2
    assert found["pairs_where_the_better_is_weaker"] == 1


def test_independent_weights_are_found_at_their_chance_level() -> None:
    runs = [fake("viscous", "published", seed, 1e-3, 0.1) for seed in (0, 1)]
    pairs = compared(runs)
    found = chance_level(pairs)["viscous"]
    assert found["fro_over_chance"] == pytest.approx([1] * 4, abs=0.3)
    assert found["cos_beyond_chance"] == 0
    assert found["paper_ratio"][0] == pytest.approx(6.70, abs=0.01)  # run 2 began at another scale
    assert found["paper_cos_beyond_chance"] == 0
    rows = table2(pairs)
    assert [row["layer"] for row in rows if row["recipe"] == "paper"] == list(range(9))
    for row in rows:
        if row["recipe"] == "published":
            identity = 1 + row["ratio"] ** 2 - 2 * row["ratio"] * row["cos"]
            assert row["fro"] ** 2 == pytest.approx(identity)


def test_tables_hold_the_paper_and_every_run() -> None:
    runs = [fake("eikonal", recipe, seed, 1e-3, 0.1) for recipe in RECIPES for seed in (0, 1)]
    rows = table1(runs, ("eikonal",))["eikonal"]
    assert [(row["recipe"], row["run"]) for row in rows] == [
        (recipe, run) for recipe in ("paper", *RECIPES) for run in (0, 1)
    ]
    assert rows[2]["linf"] == pytest.approx(1e-3)
    assert fresh_residuals(runs)["eikonal"]["own"][0]["ratio"] == pytest.approx(50)


def test_a_folder_holds_one_study(tmp_path: Path) -> None:
    settings = Settings(2, ("viscous",), QUICK)
    settings.write(tmp_path / "a")
    settings.write(tmp_path / "a")
    assert Settings.read(tmp_path / "a") == settings
    with pytest.raises(ValueError, match="holds a study with 2 runs of viscous"):
        replace(settings, runs=3).write(tmp_path / "a")
    (tmp_path / "a" / "study.json").write_text("{")
    with pytest.raises(ValueError, match="is damaged; choose another folder"):
        settings.write(tmp_path / "a")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match="is there already and holds no study"):
        settings.write(tmp_path / "b")


def test_names_of_runs_go_both_ways() -> None:
    for run in planned(tuple(CASES), 2):
        assert Run.named(run.name) == run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--runs", "1"], "runs must be at least 2, since table 2 compares two of them; got 1."),
        (["--case", "viscos"], "case 'viscos' is not known. Did you mean 'viscous'?"),
        (["--budget", "0"], "budget must be a number of seconds above 0, got 0.0."),
        (["--seeds", "3"], "the study neural_chains makes no use of --seeds; it takes --runs, --budget"),
    ],
)
def test_mistakes_are_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "neural_chains", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_figures_of_the_burgers_cases(tmp_path: Path) -> None:
    """Each with its data, from networks of the published shape that were drawn and not trained."""
    cases = ("viscous", "inviscid")
    draw_figures(
        [fake(c, r, k, 1e-3, 0.1, deep=True) for c in cases for r in RECIPES for k in (0, 1)], tmp_path
    )
    for number in range(2, 6):
        assert len(list(tmp_path.glob(f"figure_{number}_*.png"))) == 1
        assert len(list(tmp_path.glob(f"figure_{number}_*.npz"))) == 1
    with np.load(next(tmp_path.glob("figure_3_*.npz"))) as held:
        assert held["run0_W4"].shape == (8, 8)


@pytest.mark.slow
def test_the_study_in_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All tables, figures and sentences of two of the cases; the same command again trains nothing."""
    out = tmp_path / "study"
    command = ["study", "neural_chains", "--quick", "--budget", "4", "--json", "--out", str(out)]
    cases = ("viscous", "eikonal")
    command += [word for case in cases for word in ("--case", case)]
    assert main(command) == 0
    data = json.loads(capsys.readouterr().out)
    assert set(data) == {"table1", "table2", "corrections"}
    for case, layers in (("viscous", 9), ("eikonal", 3)):
        rows = data["table1"][case]
        assert [row["recipe"] for row in rows] == ["paper", "paper", "published", "published", "own", "own"]
        assert all(row[key] >= 0 for row in rows for key in ("l1", "l2", "linf"))
        assert {key: len(v) for key, v in data["table2"][case].items()} == dict.fromkeys(
            ("fro", "cos", "cos_chance"), layers
        )
    assert len(data["corrections"]) == 6
    for number in range(2, 8):
        assert len(list((out / "figures").glob(f"figure_{number}_*.png"))) == 1
        assert len(list((out / "figures").glob(f"figure_{number}_*.npz"))) == 1
    with (out / "table1.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 12
    written = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*")}
    assert main(command) == 0
    again = capsys.readouterr()
    assert json.loads(again.out) == data
    assert again.err.count("finished before") == 8
    assert {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*")} == written
