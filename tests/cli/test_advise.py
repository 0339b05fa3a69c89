"""`lawful advise`: the advice on stdout, as text or as one JSON object, and nothing left behind."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Lawful = Callable[..., SimpleNamespace]


def test_a_problem_of_the_catalogue(lawful: Lawful, here: Path) -> None:
    answer = lawful("advise", "advection", "--set", "c=30")
    assert (answer.status, answer.err) == (0, "")
    assert answer.out.startswith("advection: ")
    assert "lawful solve advection --set c=30" in answer.out
    assert "arXiv 2109.01050" in answer.out
    assert list(here.iterdir()) == []


def test_json_is_one_object(lawful: Lawful) -> None:
    answer = lawful("advise", "heat", "--json")
    assert (answer.status, answer.err, len(answer.out.splitlines())) == (0, "", 1)
    data = answer.json()
    assert data["problem"] == "heat"
    assert data["method"] in ("linear", "classical")
    assert data["command"] == f"lawful solve heat --method {data['method']}"
    assert data["character"]["kind"] == "parabolic"


def test_a_file_of_the_users_own(lawful: Lawful, own: Path) -> None:
    own.write_text(own.read_text() + "print('noise')\n")
    answer = lawful("advise", "mine.py", "--json")
    assert answer.json()["problem"] == "mine"
    assert answer.json()["command"].startswith("lawful solve mine.py")
    assert answer.err == "noise\n"


def test_many_solves(lawful: Lawful) -> None:
    assert lawful("advise", "heat", "--solves", "1000", "--json").json()["rule"] == "many solves"


@pytest.mark.usefixtures("unchecked")
@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("advise", "`lawful advise` needs a value for PROBLEM"),
        ("advise heta", "there is no problem 'heta'. Did you mean 'heat'?"),
        ("advise heat --set alhpa=1", "heat has no parameter 'alhpa'. Did you mean 'alpha'?"),
        ("advise heat --set alpha=-1", "alpha must be above 0, got -1."),
        ("advise heat --solves 0", "--solves must be a whole number of at least 1, got 0."),
        ("advise heat --solves many", "expected a whole number, got 'many'."),
        ("advise heat --mesure", "unknown option: --mesure. Did you mean --measure?"),
        ("advise nope.py", "there is no file nope.py."),
    ],
)
def test_mistakes(lawful: Lawful, line: str, complaint: str) -> None:
    answer = lawful(*line.split())
    assert (answer.status, answer.out) == (2, "")
    assert complaint in answer.err
    assert len(answer.err.splitlines()) == 1
