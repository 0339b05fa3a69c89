"""Fifty wrong inputs: one message each that names the fix, status 2, no traceback, nothing left behind."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

Lawful = Callable[..., SimpleNamespace]

ARGUMENTS = {
    "sovle heat": 'Did you mean "solve"?',
    "--nope": 'unknown command "--nope"',
    "list heat": "'heat' is one argument too many for `lawful list`",
    "solve": "`lawful solve` needs a value for PROBLEM",
    "solve heat wave": "'wave' is one argument too many for `lawful solve`",
    "solve heat alpha=1": "'alpha=1' is one argument too many for `lawful solve`; write --set alpha=1.",
    "solve heta": "there is no problem 'heta'. Did you mean 'heat'? Known: advection,",
    "solve Burgers": "Did you mean 'burgers'?",
    "solve zzz": "there is no problem 'zzz'. Known: advection,",
    "solve heat --set": "needs a value for --set",
    "solve heat --set alpha": "--set takes NAME=VALUE, such as nu=0.01; got 'alpha'.",
    "solve heat --set alpha=": "--set takes NAME=VALUE",
    "solve heat --set 2=3": "--set takes NAME=VALUE",
    "solve heat --set alhpa=1": "heat has no parameter 'alhpa'. Did you mean 'alpha'? Its parameters: alpha.",
    "solve heat --set alpha=1 --set alpha=2": "--set gives alpha more than once.",
    "solve schrodinger_nls --set a=1": "schrodinger_nls has no parameters, so --set a=... has nothing to act on.",
    "solve heat --set alpha=-1": "alpha must be above 0, got -1.",
    "solve heat --set alpha=nan": "alpha must be a finite number, got nan.",
    "solve heat --set alpha=abc": "alpha must be a finite number, got 'abc'.",
    "solve heat --set alpha=true": "alpha must be a finite number, got True.",
    "solve poisson --set dimension=11": "dimension must be a whole number from 1 to 10, got 11.",
    "solve heat --seed -1": "--seed must be a whole number of at least 0 and below 2**63, got -1.",
    "solve heat --seed 9223372036854775808": "--seed must be a whole number of at least 0 and below 2**63, got 922",
    "solve heat --seed 1.5": "expected a whole number, got '1.5'.",
    "solve heat --seed abc": "invalid value for --seed",
    "solve heat --seed": "needs a value for --seed",
    "solve heat --seed 1 --seed 2": "--seed specified multiple times.",
    "solve heat --budget 0": "--budget must be a number of seconds above 0, got 0.",
    "solve heat --budget -5": "--budget must be a number of seconds above 0, got -5.",
    "solve heat --budget nan": "--budget must be a number of seconds above 0, got nan.",
    "solve heat --budget inf": "--budget must be a number of seconds above 0, got inf.",
    "solve heat --budget 1h": 'invalid value for --budget: unable to convert "1h" into float.',
    "solve heat --steps 0": "--steps must be a whole number of at least 1, got 0.",
    "solve heat --steps 1e3": "expected a whole number, got '1e3'.",
    "solve heat --method pin": "there is no method 'pin'. Did you mean 'pinn'? Known: auto, pinn,",
    "solve heat --budgte 3": "unknown option: --budgte. Did you mean --budget?",
    "solve heat --no-json": "unknown option: --no-json.",
    "solve heat --json=maybe": "invalid value for --json",
    "solve heat --overwrite": "--overwrite needs --out, the folder of the run to replace.",
    "solve heat --out file": "file is a file, and a run needs a folder; choose another folder.",
    "solve heat --out file/run": "is a file, so no folder can be made below it; choose another folder.",
    "solve heat --out full": "the folder full is there already and holds no run; choose another folder.",
    "solve heat --out full --overwrite": "the folder full is there already and holds no run",
    "solve heat.py": "there is no file heat.py.",
    "solve full": "there is no problem 'full'.",
    "solve ./full": "full is a folder; name a Python file that holds a module-level `problem",
    "solve ./file": "file is not a Python file; name one that ends in .py",
    "report": "`lawful report` needs a value for RUN",
    "report nope": "there is no folder nope; a run is made by `lawful solve PROBLEM --out nope`.",
    "report full": "full is not a run: it holds no run.json.",
    "report file": "file is a file, not the folder of a run",
    "compare full": "`lawful compare` needs a value for SECOND",
    "compare full full": "full is not a run",
    "resume nope": "there is no folder nope",
    "resume broken": "run.json is damaged, or was not written by lawful; solve again.",
}


def complaint_of(answer: SimpleNamespace) -> str:
    """The one message of a mistake."""
    assert answer.status == 2, answer
    assert answer.out == ""
    assert answer.err.startswith("lawful: ")
    assert "Traceback" not in answer.err
    assert len(answer.err.splitlines()) == 1, answer.err
    return answer.err


@pytest.mark.usefixtures("unchecked", "fake")
@pytest.mark.parametrize("line", ARGUMENTS)
def test_a_wrong_command_line(lawful: Lawful, here: Path, line: str) -> None:
    (here / "file").touch()
    (here / "full").mkdir()
    (here / "full" / "thesis.tex").touch()
    (here / "broken").mkdir()
    (here / "broken" / "run.json").write_text('{"format": "lawful')
    before = sorted(here.rglob("*"))
    assert ARGUMENTS[line] in complaint_of(lawful(*line.split()))
    assert sorted(here.rglob("*")) == before


DOMAIN = "import lawful as lw\nd = lw.Time(t=(0, 1))\n"
START = '"start": lw.Initial(lambda u: u - 1)'
FILES = {
    "x = (\n": "bad.py, line 1: '(' was never closed: x = (",
    "def f(:\n  pass\n": "bad.py, line 1: invalid syntax: def f(:",
    "\n\nprint(undefined)\n": "bad.py, line 3: NameError: name 'undefined' is not defined",
    "import nowhere_at_all\n": "bad.py, line 1: ModuleNotFoundError: No module named 'nowhere_at_all'",
    "def f(): return 1 / 0\nf()\n": "bad.py, line 1: ZeroDivisionError: division by zero",
    "raise ValueError\n": "bad.py, line 1: ValueError.",
    "import sys\nsys.exit(3)\n": "bad.py ends the program (sys.exit) while it is read",
    "": "bad.py holds no `problem`; expected a module-level `problem = lawful.Problem(...)`.",
    "problem = 3\n": "`problem` in bad.py is a int; expected a module-level",
    "problem = dict\n": "`problem` in bad.py is a type; expected a module-level",
    "def problem(): return 3\n": "problem() in bad.py returned a int; expected a lawful.Problem.",
    "def problem(k): return 3\n": "problem() in bad.py needs k; give it by --set k=VALUE.",
    "def problem(): return 1 / 0\n": "bad.py, line 1: ZeroDivisionError: division by zero",
    "import lawful as lw\nlw.Probelm\n": "bad.py, line 2: lawful has no 'Probelm'. Did you mean 'Problem'?",
    DOMAIN + 'problem = lw.Problem(domain=d, fields="u",\n conditions={})': "bad.py, line 3: ",
    DOMAIN
    + f'problem = lw.Problem(d, "u", {{"ode": lw.Interior(lambda u: u.q), {START}}})': "bad.py, line 3: ",
    DOMAIN
    + f'problem = lw.Problem(d, "u", {{"ode": lw.Interior(lambda w: w.t), {START}}})': "bad.py, line 3: ",
    DOMAIN + f'p = lw.Problem(d, "u", {{"ode": lw.Interior(lambda u: u.t), {START}}})': (
        "bad.py holds no `problem`; its Problem is named 'p'; name it `problem`."
    ),
    "a = '\0'\n": "bad.py is not a Python file: it holds null bytes.",
}


@pytest.mark.usefixtures("unchecked", "fake")
@pytest.mark.parametrize("text", FILES)
def test_a_wrong_file(lawful: Lawful, here: Path, text: str) -> None:
    (here / "bad.py").write_text(text)
    assert f"lawful: {FILES[text]}" in complaint_of(lawful("solve", "bad.py"))
    assert [p.name for p in here.iterdir()] == ["bad.py"]


def test_a_file_that_is_no_text(lawful: Lawful, here: Path) -> None:
    (here / "bad.py").write_bytes(b"# \xe9\n")
    assert "bad.py is not text in UTF-8" in complaint_of(lawful("solve", "bad.py"))


def test_a_misspelt_file(lawful: Lawful, own: Path) -> None:
    assert "there is no file mien.py. Did you mean 'mine'?" in complaint_of(lawful("solve", "mien.py"))


def test_a_file_without_its_ending(lawful: Lawful, own: Path) -> None:
    assert "there is no problem 'mine'. To solve your own, write mine.py." in complaint_of(
        lawful("solve", "mine")
    )


def test_settings_of_a_file(lawful: Lawful, own: Path, made: Path) -> None:
    said = complaint_of(lawful("solve", "mine.py", "--set", "k=1"))
    assert (
        "mine.py holds a Problem ready made, so --set k=... has nothing to act on; write it as `def problem("
        in said
    )
    said = complaint_of(lawful("solve", "function.py", "--set", "kk=1"))
    assert "problem() in function.py has no parameter 'kk'. Did you mean 'k'? Its parameters: k." in said


def test_an_error_in_the_users_law_while_solving(lawful: Lawful, own: Path, fake: SimpleNamespace) -> None:
    own.write_text(own.read_text() + "\nproblem.later = lambda: 1 / 0\n")
    fake.during = lambda problem: problem.later()
    said = complaint_of(lawful("solve", "mine.py"))
    assert "mine.py, line 12: ZeroDivisionError: division by zero" in said


def test_an_error_of_lawful_while_solving(lawful: Lawful, fake: SimpleNamespace) -> None:
    from lawful.problems._checks import positive

    fake.during = lambda problem: positive(D=-1.0)
    assert complaint_of(lawful("solve", "heat")) == "lawful: D must be above 0, got -1.0.\n"


@pytest.mark.parametrize("error", [RuntimeError("it\nbroke"), ValueError("not ours"), KeyError("x")])
def test_what_nobody_expected_is_one_line(lawful: Lawful, fake: SimpleNamespace, error: Exception) -> None:
    def fail(problem: object) -> None:
        raise error

    fake.during = fail
    answer = lawful("solve", "heat")
    assert answer.status == 70
    assert answer.err.startswith(f"lawful: unexpected {type(error).__name__}: ")
    assert "set LAWFUL_TRACEBACK=1 for details" in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_traceback_on_request(lawful: Lawful, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAWFUL_TRACEBACK", "1")
    with pytest.raises(Exception, match="there is no problem"):
        lawful("solve", "heta")


def test_a_disk_that_refuses(lawful: Lawful, fake: SimpleNamespace) -> None:
    def fail(problem: object) -> None:
        raise OSError(28, "No space left on device", "runs/heat/run.json")

    fake.during = fail
    assert complaint_of(lawful("solve", "heat")) == "lawful: runs/heat/run.json: No space left on device.\n"


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -c 'import sys; from lawful.cli import main; sys.exit(main())' list | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""
