"""`lawful list` and `--help`: from the source alone, so that JAX is not imported."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lawful import problems
from lawful.cli.catalogue import catalogue

Lawful = Callable[..., SimpleNamespace]


def test_every_problem_has_a_line(lawful: Lawful) -> None:
    answer = lawful("list")
    names = [line.split()[0] for line in answer.out.splitlines()]
    exported = [name for name, value in vars(problems).items() if inspect.isfunction(value)]
    assert names == sorted(exported)
    assert (answer.status, answer.err) == (0, "")


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_source_agrees_with_the_function(name: str) -> None:
    entry, function = catalogue()[name], getattr(problems, name)
    assert list(entry.parameters) == list(inspect.signature(function).parameters)
    module = sys.modules[function.__module__]
    assert entry.summary
    assert (module.__doc__ or "").startswith(entry.summary)


def test_defaults_are_shown_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_text(
        "from .a import one as one\nfrom ._checks import positive\nimport math\n"
    )
    (tmp_path / "_checks.py").write_text("def positive(x): pass\n")
    text = '"""First line.\n\nMore."""\nimport math\ndef one(a, b=2, *, nu=0.01 / math.pi, word="x", must): pass\n'
    (tmp_path / "a.py").write_text(text)
    entry = catalogue(tmp_path)["one"]
    assert entry.summary == "First line."
    assert entry.parameters == {"a": "...", "b": "2", "nu": "0.01 / pi", "word": "'x'", "must": "..."}


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["solve", "--help"], ["--version"], []])
def test_jax_is_not_imported(arguments: list[str]) -> None:
    script = (
        "import sys, lawful.cli\n"
        f"status = lawful.cli.main({arguments!r})\n"
        "heavy = {'jax', 'equinox', 'scipy', 'matplotlib', 'xarray', 'numpy'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else status)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_a_report_does_not_import_jax(tmp_path: Path) -> None:
    script = (
        "import sys, lawful.cli\n"
        "from lawful.run_folder import RunFolder\n"
        f"run = RunFolder.create({str(tmp_path / 'r')!r}, {{}})\n"
        "run.update(summary={'status': 'completed', 'verdict': {'word': 'supported'}}, report='fine')\n"
        "status = lawful.cli.main(['report', str(run.path)])\n"
        "sys.exit('jax was imported' if 'jax' in sys.modules else status)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "fine\n", "")
