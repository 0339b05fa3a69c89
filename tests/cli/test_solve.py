"""`lawful solve`: from the command line to solve() and from its answer to stdout and the exit status."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lawful.progress import Live, Silent

Lawful = Callable[..., SimpleNamespace]

KEYS = (
    "problem method seed status wall_s train_s compile_s steps n_params dtype errors reference residual params "
    "verdict run"
).split()


def test_what_reaches_solve(lawful: Lawful, fake: Any) -> None:
    line = "solve burgers --set nu=0.05 --seed 3 --budget 7.5 --steps 100 --method pinn"
    line += " --reference derived --out runs/x"
    assert lawful(*line.split()).status == 0
    problem, options = fake.calls[0]
    assert problem.name == "burgers"
    assert problem.params == {"nu": 0.05}
    assert isinstance(options.pop("progress"), Live)
    assert options == {
        "method": "pinn",
        "seed": 3,
        "budget": 7.5,
        "steps": 100,
        "reference": "derived",
        "out": Path("runs/x"),
        "overwrite": False,
        "origin": {"catalogue": "burgers", "set": {"nu": 0.05}},
    }


def test_defaults(lawful: Lawful, fake: Any) -> None:
    lawful("solve", "heat")
    options = fake.calls[0][1]
    assert (options["method"], options["seed"], options["budget"], options["steps"]) == (
        "auto",
        0,
        None,
        None,
    )


def test_the_report_is_printed(lawful: Lawful, fake: Any) -> None:
    answer = lawful("solve", "heat")
    assert answer.out == "heat: supported\nrun: runs/heat\n"
    assert answer.err == ""


def test_json_is_one_object_with_the_promised_keys(lawful: Lawful, fake: Any) -> None:
    fake.during = lambda problem: print("noise of the user's law")
    fake.ends = {"residual": {"train": float("nan"), "fresh": float("inf")}}
    answer = lawful("solve", "heat", "--json")
    assert list(answer.json()) == KEYS
    assert answer.json()["residual"] == {"train": None, "fresh": None}
    assert answer.json()["params"] == {"alpha": {"value": 0.4, "low": None, "high": None}}
    assert answer.json()["run"] == "runs/heat"
    assert len(answer.out.splitlines()) == 1
    assert answer.err == "noise of the user's law\n"
    assert isinstance(fake.calls[0][1]["progress"], Silent)


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize(
    ("status", "word", "expected"),
    [
        ("completed", "supported", 0),
        ("budget", "inconclusive", 0),
        ("converged", "not supported", 1),
        ("non-finite", "not supported", 1),
        ("non-finite", "inconclusive", 1),
        ("interrupted", "supported", 130),
        ("interrupted", "not supported", 130),
    ],
)
def test_exit_status(lawful: Lawful, fake: Any, status: str, word: str, expected: int, as_json: bool) -> None:
    fake.ends = {"status": status, "verdict": {"word": word, "reasons": []}}
    answer = lawful("solve", "heat", *["--json"] * as_json)
    assert answer.status == expected
    assert answer.out


def test_an_interrupt_outside_of_training(lawful: Lawful, fake: Any) -> None:
    def interrupt(problem: Any) -> None:
        raise KeyboardInterrupt

    fake.during = interrupt
    answer = lawful("solve", "heat")
    assert answer.status == 130
    assert answer.err == "lawful: stopped; `lawful resume runs/heat` goes on from the last checkpoint.\n"


def test_runs_without_a_name_are_numbered(lawful: Lawful, fake: Any, here: Path) -> None:
    for name in ("heat", "heat-2", "heat-3"):
        assert lawful("solve", "heat", "--json").json()["run"] == f"runs/{name}"
    assert sorted(p.name for p in (here / "runs").iterdir()) == ["heat", "heat-2", "heat-3"]


def test_a_named_run_is_replaced_only_on_request(lawful: Lawful, fake: Any) -> None:
    assert lawful("solve", "heat", "--out", "r").status == 0
    answer = lawful("solve", "wave", "--out", "r")
    assert answer.status == 2
    assert (
        answer.err
        == "lawful: r holds a run already; choose another folder, or go on with it by `lawful resume r`.\n"
    )
    assert len(fake.calls) == 1
    assert lawful("solve", "wave", "--out", "r", "--overwrite").status == 0
    assert json.loads(Path("r/run.json").read_text())["problem"] == "wave"


def test_a_file_of_the_users_own(lawful: Lawful, fake: Any, own: Path) -> None:
    own.write_text(own.read_text() + "print('noise')\n")
    answer = lawful("solve", "mine.py", "--json")
    assert answer.json()["problem"] == "mine"
    assert answer.json()["run"] == "runs/mine"
    assert answer.err == "noise\n"
    folder = Path("runs/mine")
    assert (folder / "problem.py").read_bytes() == own.read_bytes()
    assert json.loads((folder / "run.json").read_text())["origin"] == {
        "file": str(own),
        "sha256": hashlib.sha256(own.read_bytes()).hexdigest(),
        "set": {},
    }
    assert not list(own.parent.glob("__pycache__"))


def test_a_file_with_a_function(lawful: Lawful, fake: Any, made: Path) -> None:
    assert lawful("solve", "function.py").status == 0
    assert lawful("solve", "function.py", "--set", "k=5").status == 0
    assert [problem.params for problem, _ in fake.calls] == [{"k": 2.0}, {"k": 5}]


def test_a_file_imports_what_lies_beside_it(lawful: Lawful, fake: Any, own: Path) -> None:
    folder = own.parent / "elsewhere"
    folder.mkdir()
    (folder / "own_constants_of_test.py").write_text("K = 7.0\n")
    text = own.read_text().replace('"k": 2.0', '"k": K')
    (folder / "mine.py").write_text("from own_constants_of_test import K\n" + text)
    assert lawful("solve", "elsewhere/mine.py").status == 0
    assert fake.calls[0][0].params == {"k": 7.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1), ("-2", -2), ("1e-3", 1e-3), ("0.5", 0.5), ("true", True), ("False", False), ("tanh", "tanh")],
)
def test_values_of_settings(lawful: Lawful, fake: Any, made: Path, text: str, value: Any) -> None:
    made.write_text(
        made.read_text()
        .replace("def problem(*, k=2.0): return", "def problem(*, a): return given(a) or")
        .replace("k}", "1}")
        + "\nseen = []\ndef given(a): seen.append(a)\n"
    )
    lawful("solve", "function.py", "--set", f"a={text}")
    assert fake.calls[0][1]["origin"]["set"] == {"a": value}
    assert type(fake.calls[0][1]["origin"]["set"]["a"]) is type(value)
