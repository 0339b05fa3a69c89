"""`lawful list` and `--help`: from the source alone, so that JAX is not imported."""

import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from lawful import problems
from lawful.cli import measured
from lawful.cli.catalogue import catalogue
from lawful.cli.measured import DERIVED, NETWORK, Measurement, digest, read, write

Lawful = Callable[..., SimpleNamespace]


def test_every_problem_has_a_line(lawful: Lawful) -> None:
    answer = lawful("list")
    heading, *lines = answer.out.split("\n\n")[0].splitlines()
    exported = [name for name, value in vars(problems).items() if inspect.isfunction(value)]
    assert [line.split()[0] for line in lines] == sorted(exported)
    assert heading.split() == ["problem", "type", "reference", "network", "derived"]
    assert max(map(len, answer.out.splitlines())) <= 100
    assert (answer.status, answer.err) == (0, "")


def test_the_long_list_has_equations_and_parameters(lawful: Lawful) -> None:
    answer = lawful("list", "--long")
    blocks = answer.out.split("\n\n")[0].splitlines()
    at = next(i for i, line in enumerate(blocks) if line.startswith("burgers "))
    assert blocks[at + 1].strip() == catalogue()["burgers"].summary
    assert blocks[at + 2].strip() == "--set nu=0.01 / pi"
    assert max(map(len, blocks)) <= 120


def test_errors_are_shown_as_measured(
    lawful: Lawful, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The median over seeds; marked where the problem has changed since; nothing where nothing was measured."""

    def row(problem: str, pathway: str, seed: int, error: str, source: str) -> Measurement:
        return Measurement(problem, pathway, str(seed), "60", "pinn", error, "", "1", "supported", source)

    known = catalogue()
    rows = [
        row("heat", NETWORK, seed, e, known["heat"].source) for seed, e in enumerate(["1e-9", "4e-7", "3e-8"])
    ]
    rows += [
        row("heat", DERIVED, 0, "2.2e-12", known["heat"].source),
        row("kdv", NETWORK, 0, "2e-3", "older"),
        Measurement("kdv", DERIVED, "", "", "waves", "", "1.6e-10", "1", "solved", known["kdv"].source),
        Measurement("lorenz", DERIVED, "", "", "radau", "", "1.6e-10", "1", "no.", known["lorenz"].source),
    ]
    write(rows, tmp_path / "measured.csv")
    monkeypatch.setattr(measured, "TABLE", tmp_path / "measured.csv")
    out = lawful("list").out
    lines = {line.split()[0]: line.split() for line in out.splitlines() if line}
    assert lines["heat"][-2:] == ["3e-08", "2e-12"]
    assert lines["kdv"][-2:] == ["2e-03*", "(2e-10)"]
    assert lines["lorenz"][-2:] == ["-", "-"]  # an estimate without convergence says nothing
    assert lines["wave"][-2:] == ["-", "-"]
    assert "* measured before the problem was last changed" in out


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    rows = [
        Measurement("b", NETWORK, "1", "60.0", "pinn", "1e-3", "", "5.0", "not supported", "abc"),
        Measurement(
            "a", DERIVED, "", "", "spectral, by ETD", "", "1e-8", "0.1", 'says "why", at length', "def"
        ),
    ]
    write(rows, tmp_path / "table.csv")
    assert read(tmp_path / "table.csv") == rows[::-1]
    assert read(tmp_path / "nothing.csv") == []


def test_the_fingerprint_is_of_the_problem_not_of_its_words() -> None:
    one, other = '"""A."""\nnu = 1\n', '"""B,\n\nat length."""\nnu = 1\n'
    assert digest(one) == digest(other) != digest(one.replace("1", "2"))


def test_the_table_in_the_package_names_problems_of_the_catalogue() -> None:
    for row in read(measured.TABLE):
        assert row.problem in catalogue()
        assert row.pathway in (NETWORK, DERIVED)
        assert float(row.rel_l2 or 0) >= 0 <= float(row.estimate or 0)


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
    text = '''"""First line.\n\nMore."""
import math
TYPE = "ODE, linear"
def one(a, b=2, *, nu=0.01 / math.pi, word="x", must):
    return Problem(reference=Exact(lambda t: t, method="by hand"))
'''
    (tmp_path / "a.py").write_text(text)
    entry = catalogue(tmp_path)["one"]
    assert (entry.summary, entry.type, entry.reference) == ("First line.", "ODE, linear", "by hand")
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
