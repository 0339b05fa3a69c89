"""The study of relaxation: its plan, what its seeds tell apart, its sentences, and the whole of it in small."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import dunnett, ttest_ind

from lawful.cli import main
from lawful.studies.relaxation import FULL, QUICK, Run
from lawful.studies.relaxation.report import report_text
from lawful.studies.relaxation.runs import DEPTHS, GRID, planned
from lawful.studies.relaxation.settings import Settings
from lawful.studies.relaxation.tables import chances, summary_rows

ALL = Settings(3, DEPTHS, GRID, FULL)


def test_every_w_stands_at_every_depth_with_all_seeds() -> None:
    runs = planned(ALL)
    assert len(runs) == len(set(runs)) == 3 * (7 * 4 - 1 + 2 + 1)
    for run in runs:
        assert Run.named(run.name) == run
    feed_forward = Run("1", 4, 0).network()
    assert replace(feed_forward, w=0.3) == Run("0.3", 4, 0).network()


def test_only_an_attraction_is_a_regulariser() -> None:
    weights = {run.setting: run.choices(FULL)["regulariser"] for run in planned(ALL)}
    assert {s: r.weight for s, r in weights.items() if r is not None} == {"0.5+1e-6": 1e-6, "0.5+1e-3": 1e-3}


def test_two_groups_are_compared_by_the_t_test() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(4), rng.standard_normal(3) + 1
    assert chances([a], b) == pytest.approx([ttest_ind(a, b).pvalue], rel=1e-12)


def test_several_groups_are_compared_a_little_more_cautiously_than_by_dunnett() -> None:
    rng = np.random.default_rng(1)
    control, *groups = (rng.standard_normal(3) + shift for shift in (0, 0.5, 2.0, 4.0))
    exact = dunnett(*groups, control=control).pvalue
    for ours, theirs in zip(chances(groups, control), exact, strict=True):
        assert ours is not None
        assert theirs - 1e-3 <= ours <= min(1.0, 1.6 * theirs + 1e-3)


def test_one_seed_or_no_spread_tells_nothing() -> None:
    assert chances([np.ones(1)], np.zeros(1)) == [None]
    assert chances([np.ones(3), np.zeros(3)], np.zeros(3)) == [None, None]


def rows(errors: dict[tuple[str, int | None], list[float]]) -> list[dict[str, Any]]:
    rest = {"attractor_gap": 0.5, "n_params": 1, "train_s": 1.0}
    return [
        {"setting": setting, "depth": depth, "seed": seed, "l2": e, "linf": 2 * e, **rest}
        for (setting, depth), own in errors.items()
        for seed, e in enumerate(own)
    ]


def test_settings_are_better_worse_or_not_told_apart() -> None:
    near = [1e-3, 1.2e-3, 0.9e-3]
    found = summary_rows(
        rows(
            {
                ("0.1", 4): [1e-5 * e / 1e-3 for e in near],
                ("0.3", 4): [1.1e-3, 0.95e-3, 1e-3],
                ("0.5", 4): [0.1 * e / 1e-3 for e in near],
                ("1", 4): near,
                ("0.5+1e-3", 4): [0.1 * e / 1e-3 for e in near],
            }
        )
    )
    told = {row["setting"]: row["told"] for row in found}
    assert told == {
        "0.1": "better", "0.3": "not told apart", "0.5": "worse", "1": "control", "0.5+1e-3": "not told apart",
    }  # fmt: skip
    first = next(row for row in found if row["setting"] == "0.1")
    assert first["l2"] == pytest.approx(float(np.prod(near)) ** (1 / 3) * 1e-2)
    assert (first["l2_least"], first["l2_largest"]) == pytest.approx((0.9e-5, 1.2e-5))
    text = report_text(found, Settings(3, (4,), ("0.1", "0.3", "0.5", "1"), FULL))
    assert "It depends: relaxation helps at some settings and harms at others.** Of 3 settings" in text
    assert "1 are better, 1 worse, and 1 not told apart" in text
    assert "w = 0.1 1.0e-05 (9.0e-06 to 1.2e-05), better" in text
    assert "with weight 1e-3 1.0e-01 (9.0e-02 to 1.2e-01) at an attractor residual of 0.5" in text


def test_a_folder_of_another_study_is_refused(tmp_path: Path) -> None:
    ALL.write(tmp_path / "a")
    assert Settings.read(tmp_path / "a") == ALL
    with pytest.raises(ValueError, match=r"holds a study with 3 seeds of w 0\.1, 0\.3"):
        replace(ALL, effort=QUICK).write(tmp_path / "a")
    other = tmp_path / "a" / "study.json"
    other.write_text(other.read_text().replace('"relaxation"', '"neural_chains"'))
    with pytest.raises(ValueError, match="holds the study neural_chains, not relaxation"):
        ALL.write(tmp_path / "a")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seeds", "1"], "seeds must be at least 2, since one tells nothing of their spread; got 1."),
        (["--w", "traind"], "w 'traind' is not known. Did you mean 'trained'?"),
        (["--depth", "1"], "depth must be a whole number of at least 2, got 1."),
        (
            ["--budget", "5"],
            "the study relaxation makes no use of --budget; it takes --seeds, --w, --depth, --out",
        ),
    ],
)
def test_mistakes_are_refused(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["study", "relaxation", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_the_study_in_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Table, figure and report of one depth; the same command again trains nothing."""
    out = tmp_path / "study"
    command = ["study", "relaxation", "--quick", "--json", "--depth", "2", "--w", "0.5", "--out", str(out)]
    assert main(command) == 0
    data = json.loads(capsys.readouterr().out)
    assert [(row["setting"], row["depth"]) for row in data["summary"]] == [
        ("0.5", 2), ("1", 2), ("equilibrium", None),
    ]  # fmt: skip
    assert all(row["linf"] >= row["l2"] > 0 for row in data["runs"])
    with (out / "summary.csv").open(encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    text = (out / "report.md").read_text(encoding="utf-8")
    for row in table:
        assert f"{float(row['l2']):.1e} ({float(row['l2_least']):.1e} to" in text
    assert (out / "figures" / "relaxation.png").is_file()
    assert (out / "figures" / "relaxation.npz").is_file()
    written = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*")}
    assert main(command) == 0
    again = capsys.readouterr()
    assert json.loads(again.out) == data
    assert again.err.count("finished before") == 6
    assert {path: path.stat().st_mtime_ns for path in out.glob("runs/*/*")} == written
