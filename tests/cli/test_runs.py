"""`lawful report`, `compare` and `resume`: what is in a run folder, and going on with one."""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lawful.run_folder import RunFolder

Lawful = Callable[..., SimpleNamespace]


def forget_the_end(run: str) -> None:
    """Make a run look as if it had been killed before its end."""
    path = Path(run) / "run.json"
    entries = json.loads(path.read_text())
    path.write_text(json.dumps({k: v for k, v in entries.items() if k not in ("summary", "report")}))


@pytest.mark.parametrize(("word", "status"), [("supported", 0), ("inconclusive", 0), ("not supported", 1)])
def test_a_report_is_what_solve_printed(lawful: Lawful, fake: Any, word: str, status: int) -> None:
    fake.ends = {"verdict": {"word": word, "reasons": []}}
    lawful("solve", "heat")
    answer = lawful("report", "runs/heat")
    assert (answer.status, answer.out, answer.err) == (status, f"heat: {word}\n", "")


def test_a_report_as_json_is_that_of_solve(lawful: Lawful, fake: Any) -> None:
    solved = lawful("solve", "heat", "--json")
    assert lawful("report", "runs/heat", "--json").out == solved.out


def test_a_run_that_has_not_ended(lawful: Lawful, fake: Any) -> None:
    lawful("solve", "heat")
    forget_the_end("runs/heat")
    for line in ("report runs/heat", "report runs/heat --json", "compare runs/heat runs/heat"):
        answer = lawful(*line.split())
        assert (answer.status, answer.out) == (2, "")
        assert answer.err == "lawful: runs/heat has not ended; go on with it by `lawful resume runs/heat`.\n"


def test_compare(lawful: Lawful, fake: Any) -> None:
    lawful("solve", "heat")
    fake.ends = {"seed": 1, "errors": {"u": {"l1": 0.5, "l2": 0.5, "linf": None, "rel_l2": 0.5}}}
    lawful("solve", "heat")
    answer = lawful("compare", "runs/heat", "runs/heat-2")
    assert (answer.status, answer.err) == (0, "")
    rows = {line[:24].strip(): line[24:].split() for line in answer.out.splitlines()}
    assert rows[""] == ["runs/heat", "runs/heat-2"]
    assert rows["seed"] == ["0", "1"]
    assert rows["rel_l2 error of u"] == ["3.00e-05", "5.00e-01"]
    assert rows["linf error of u"] == ["1.00e-04", "-"]
    assert rows["verdict"] == ["supported", "supported"]
    assert "differ" not in answer.out


def test_compare_says_what_does_not_compare(lawful: Lawful, fake: Any) -> None:
    lawful("solve", "heat")
    lawful("solve", "wave")
    said = lawful("compare", "runs/heat", "runs/wave").out
    assert "These are different problems, heat and wave: their errors do not compare." in said
    fake.ends = {"params": {"alpha": {"value": 0.5, "low": None, "high": None, "unknown": False}}}
    lawful("solve", "heat", "--set", "alpha=0.5")
    said = lawful("compare", "runs/heat", "runs/heat-2").out
    assert "The parameters of the problem differ: the two runs solved different tasks." in said


def test_resume_a_problem_of_the_catalogue(lawful: Lawful, fake: Any) -> None:
    lawful("solve", "heat", "--set", "alpha=0.5")
    forget_the_end("runs/heat")
    answer = lawful("resume", "runs/heat")
    assert (answer.status, answer.out) == (0, "heat: supported\nrun: runs/heat\n")
    problem, options = fake.calls[1]
    assert problem.params == {"alpha": 0.5}
    assert options["run"] == "runs/heat"


def test_resume_a_file_although_it_is_gone(lawful: Lawful, fake: Any, made: Path) -> None:
    lawful("solve", "function.py", "--set", "k=5")
    made.unlink()
    forget_the_end("runs/function")
    assert lawful("resume", "runs/function", "--json").json()["problem"] == "mine"
    assert fake.calls[1][0].params == {"k": 5}


def test_resume_refuses_a_changed_file(lawful: Lawful, fake: Any, own: Path) -> None:
    lawful("solve", "mine.py")
    forget_the_end("runs/mine")
    stated = Path("runs/mine/problem.py")
    stated.write_text(stated.read_text() + "\n")
    answer = lawful("resume", "runs/mine")
    assert answer.status == 2
    assert "problem.py is not the file that this run began with; put that one back" in answer.err
    stated.unlink()
    assert "there is no file runs/mine/problem.py" in lawful("resume", "runs/mine").err
    assert len(fake.calls) == 1


def test_resume_a_run_that_was_interrupted(lawful: Lawful, fake: Any) -> None:
    fake.ends = {"status": "interrupted"}
    assert lawful("solve", "heat").status == 130
    fake.ends = {}
    assert lawful("resume", "runs/heat").status == 0
    assert len(fake.calls) == 2


@pytest.mark.parametrize(("word", "status"), [("supported", 0), ("not supported", 1)])
def test_resume_a_run_that_has_ended(lawful: Lawful, fake: Any, word: str, status: int) -> None:
    fake.ends = {"verdict": {"word": word, "reasons": []}}
    lawful("solve", "heat")
    answer = lawful("resume", "runs/heat")
    assert (answer.status, answer.out) == (status, f"heat: {word}\n")
    assert answer.err == "lawful: runs/heat has ended already; here is its report.\n"
    assert len(fake.calls) == 1


def test_resume_a_run_made_from_python(lawful: Lawful, here: Path) -> None:
    RunFolder.create("r", {"problem": "heat", "origin": None})
    answer = lawful("resume", "r")
    assert answer.status == 2
    assert "r was made from Python" in answer.err
    assert "lawful.resume('r', problem)" in answer.err
