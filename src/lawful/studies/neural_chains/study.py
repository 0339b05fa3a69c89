"""The study as a whole: trains what is not trained, then measures, tabulates, draws and reports."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..._atomic import write_atomically
from ..._names import did_you_mean, listed
from ...run_folder import strict
from ..launch import available_cores, train_all
from ..tables import write_csv
from .cases import CASES
from .corrections import corrections
from .effort import FULL, QUICK
from .figures import draw_figures
from .measured import measure
from .report import report_text
from .runs import planned
from .settings import Settings
from .tables import columns_of_table2, compared, table1, table2

WORKER = "lawful.studies.neural_chains.worker"


@dataclass(frozen=True)
class NeuralChains:
    """What the study found: the tables, the corrections, and where all of it is written."""

    table1: dict[str, list[dict[str, Any]]]
    table2: dict[str, dict[str, list[float]]]
    corrections: dict[str, Any]
    out: Path

    def data(self) -> dict[str, Any]:
        """As plain data, what `--json` prints."""
        return strict({"table1": self.table1, "table2": self.table2, "corrections": self.corrections})

    def report(self) -> str:
        """The report, as in report.md."""
        return (self.out / "report.md").read_text(encoding="utf-8")


def neural_chains(
    *,
    runs: int = 2,
    out: str | Path = "runs/neural_chains",
    budget: float | None = None,
    quick: bool = False,
    cases: Iterable[str] | None = None,
    cores: int | None = None,
    said: Callable[[str], object] = lambda line: None,
) -> NeuralChains:
    """Train the paper's three cases as published and by lawful's own choices, with the seeds 0, 1, ..., and compare.

    Writes study.json, table1.csv, table2.csv, corrections.json, report.md, figures/ and the run folders
    runs/CASE-RECIPE-SEED into `out`; the same call again goes on where it was. `budget` ends each run after so many
    seconds, `quick` takes few steps and points; `cases` are viscous, inviscid and eikonal, all by default. Runs are
    spread over `cores` processes, by default one a core. Source: arXiv 2601.00473.

    Raises `ValueError` for fewer than two runs, a case that is not known, and a folder that holds something else.
    """
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 2:
        raise ValueError(f"runs must be at least 2, since table 2 compares two of them; got {runs!r}.")
    if budget is not None and not budget > 0:
        raise ValueError(f"budget must be a number of seconds above 0, got {budget!r}.")
    chosen = tuple(CASES) if cases is None else tuple(dict.fromkeys(cases))
    for name in chosen:
        if name not in CASES:
            raise ValueError(
                f"case {name!r} is not known.{did_you_mean(name, CASES)} Known: {listed(CASES)}."
            )
    out = Path(out)
    effort = replace(QUICK if quick else FULL, budget=None if budget is None else float(budget))
    settings = Settings(runs, chosen, effort)
    settings.write(out)
    plan = planned(chosen, runs)
    train_all(plan, out, effort, worker=WORKER, cores=cores or available_cores(), said=said)
    measured = [measure(run, out) for run in plan]
    pairs = compared(measured)
    first, second, wrong = table1(measured, chosen), table2(pairs), corrections(measured, pairs, chosen)
    write_csv(out / "table1.csv", [{"case": case, **row} for case, rows in first.items() for row in rows])
    write_csv(out / "table2.csv", second)
    write_atomically(out / "corrections.json", (json.dumps(strict(wrong), indent=2) + "\n").encode())
    draw_figures(measured, out / "figures")
    found = NeuralChains(first, columns_of_table2(pairs), wrong, out)
    write_atomically(out / "report.md", report_text(found.data(), settings).encode())
    said(f"{out / 'report.md'}: written")
    return found
