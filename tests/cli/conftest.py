"""A folder to work in, and a `solve` that answers at once."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from lawful._outcome import Outcome
from lawful.cli import main
from lawful.run_folder import RunFolder

SUMMARY: dict[str, Any] = {
    "problem": "heat",
    "method": "pinn",
    "seed": 0,
    "status": "completed",
    "wall_s": 2.0,
    "train_s": 1.0,
    "compile_s": 0.5,
    "steps": 1200,
    "n_params": 921,
    "dtype": "float64",
    "errors": {"u": {"l1": 1e-5, "l2": 2e-5, "linf": 1e-4, "rel_l2": 3e-5}},
    "reference": {"method": "closed form", "error_estimate": 1e-15, "wall_s": 0.01},
    "residual": {"train": 1e-4, "fresh": 2e-4},
    "params": {"alpha": {"value": 0.4, "low": None, "high": None, "unknown": False}},
    "verdict": {"word": "supported", "reasons": ["The error is small."]},
    "run": None,
    "quantities": {},
    "outcome": "All steps were taken.",
}


class FakeSolve:
    """Stands in for lawful.solve: writes a run folder, notes how it was called, ends as it is told."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, dict[str, Any]]] = []
        self.ends: dict[str, Any] = {}
        self.during: Callable[[Any], None] = lambda problem: None

    def solve(self, problem: Any, **options: Any) -> Any:
        self.calls.append((problem, options))
        configuration = {"problem": problem.name, "origin": options["origin"]}
        folder = RunFolder.create(options["out"], configuration, overwrite=options["overwrite"])
        return self._ended(problem, folder)

    def resume(self, run: Any, problem: Any, **options: Any) -> Any:
        self.calls.append((problem, {"run": run, **options}))
        return self._ended(problem, RunFolder.open(run))

    def _ended(self, problem: Any, folder: RunFolder) -> Any:
        self.during(problem)
        summary = SUMMARY | {"problem": problem.name, "run": str(folder.path)} | self.ends
        report = f"{problem.name}: {summary['verdict']['word']}"
        folder.update(summary=summary, report=report)
        return SimpleNamespace(
            summary=lambda: summary, report=lambda: report, outcome=Outcome(summary["status"])
        )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeSolve:
    fake = FakeSolve()
    module = ModuleType("lawful.solve")
    module.solve, module.resume = fake.solve, fake.resume  # pyright: ignore[reportAttributeAccessIssue]
    monkeypatch.setitem(sys.modules, "lawful.solve", module)
    return fake


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, and the current one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LAWFUL_TRACEBACK", raising=False)
    return tmp_path


@pytest.fixture
def lawful(capsys: pytest.CaptureFixture[str], here: Path) -> Callable[..., SimpleNamespace]:
    """`lawful("solve", "heat")`: the exit status, and what went to stdout and stderr."""

    def run(*arguments: str) -> SimpleNamespace:
        status = main(arguments)
        out, err = capsys.readouterr()
        return SimpleNamespace(status=status, out=out, err=err, json=lambda: json.loads(out))

    return run


PROBLEM = """
import lawful as lw

def decay(u, k):
    return u.t + k * u

problem = lw.Problem(
    domain=lw.Time(t=(0, 1)), fields="u", params={"k": 2.0}, name="mine",
    conditions={"ode": lw.Interior(decay), "start": lw.Initial(lambda u: u - 1)},
)
"""


@pytest.fixture
def own(here: Path) -> Path:
    """mine.py, which states a problem of the user's own."""
    (here / "mine.py").write_text(PROBLEM)
    return here / "mine.py"


@pytest.fixture
def made(here: Path) -> Path:
    """function.py, whose problem takes a parameter."""
    body = PROBLEM.replace("problem = lw.Problem(", "def problem(*, k=2.0): return lw.Problem(").replace(
        "2.0}", "k}"
    )
    (here / "function.py").write_text(body)
    return here / "function.py"
