"""The study as a whole: trains what is not trained, then measures, tabulates, draws and reports."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._atomic import write_atomically
from ..._names import did_you_mean, listed
from ...run_folder import strict
from ..launch import available_cores, train_all
from ..pictures import write_figure
from ..tables import Row, write_csv
from .figures import errors_and_gaps
from .measured import measure
from .report import report_text
from .runs import DEPTHS, FEED_FORWARD, GRID, planned
from .settings import FULL, QUICK, Settings
from .tables import run_rows, summary_rows

WORKER = "lawful.studies.relaxation.worker"
QUICK_SEEDS, QUICK_DEPTHS = 2, (2, 4)


@dataclass(frozen=True)
class RelaxationStudy:
    """What the study found: a row a run, a row a setting, and where all of it is written."""

    runs: list[Row]
    summary: list[Row]
    out: Path

    def data(self) -> dict[str, Any]:
        """As plain data, what `--json` prints."""
        return strict({"runs": self.runs, "summary": self.summary})

    def report(self) -> str:
        """The report, as in report.md."""
        return (self.out / "report.md").read_text(encoding="utf-8")


def relaxation(
    *,
    seeds: int | None = None,
    depths: Iterable[int] | None = None,
    w: Iterable[str] | None = None,
    out: str | Path = "runs/relaxation",
    quick: bool = False,
    cores: int | None = None,
    said: Callable[[str], object] = lambda line: None,
) -> RelaxationStudy:
    """Train relaxation networks on viscous Burgers (0.01/pi, from sin(2 pi x)) for several w and depths, with the seeds
    0, 1, ..., at equal numbers of steps, and tell whether relaxation helps.

    `w` are 0.1, 0.3, 0.5, 0.8, 1 (the MLP, always among them), `trained`, and `per_layer`, trained one a layer;
    `depths` are 2, 4, 8 and 16, or 2 and 4 with `quick`. Beside depth 2 stands a deep equilibrium network, beside
    w = 0.5 at depth 4 the same with an `Attraction`. Writes study.json, runs.csv, summary.csv, report.md, figures/ and
    the run folders runs/SETTING-DEPTH-SEED into `out`; the same call again goes on where it was. `seeds` is 3 by
    default, 2 with `quick`, which takes few steps and points. Runs are spread over `cores` processes, by default one a
    core.

    Raises `ValueError` for fewer than two seeds, a w or depth that is not known, and a folder that holds something
    else.
    """
    count = (QUICK_SEEDS if quick else 3) if seeds is None else seeds
    if isinstance(count, bool) or not isinstance(count, int) or count < 2:
        raise ValueError(f"seeds must be at least 2, since one tells nothing of their spread; got {count!r}.")
    deep = tuple(dict.fromkeys(depths)) if depths is not None else QUICK_DEPTHS if quick else DEPTHS
    for depth in deep:
        if isinstance(depth, bool) or not isinstance(depth, int) or depth < 2:
            raise ValueError(f"depth must be a whole number of at least 2, got {depth!r}.")
    asked = GRID if w is None else (*w, FEED_FORWARD)
    chosen = tuple(each for each in GRID if each in asked)
    for each in asked:
        if each not in GRID:
            raise ValueError(f"w {each!r} is not known.{did_you_mean(each, GRID)} Known: {listed(GRID)}.")
    out, effort = Path(out), QUICK if quick else FULL
    settings = Settings(count, deep, chosen, effort)
    settings.write(out)
    plan = planned(settings)
    train_all(plan, out, effort, worker=WORKER, cores=cores or available_cores(), said=said)
    measured = [measure(run, out) for run in plan]
    rows = run_rows(measured)
    summary = summary_rows(rows)
    write_csv(out / "runs.csv", rows)
    write_csv(out / "summary.csv", summary)
    write_figure(out / "figures", "relaxation", errors_and_gaps(rows, summary))
    found = RelaxationStudy(rows, summary, out)
    write_atomically(out / "report.md", report_text(summary, settings).encode())
    said(f"{out / 'report.md'}: written")
    return found
