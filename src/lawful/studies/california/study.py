"""Each model trained on each split with several seeds, and the table of their errors."""

import csv
import dataclasses
import importlib.util
import io
import json
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from ..._atomic import write_atomically
from ..._names import did_you_mean, listed
from ...datasets import california_housing
from ..launch import available_cores, train_all
from .figure import draw
from .recipes import MODELS, TREES
from .rows import CaliforniaRow
from .runs import Result, Run
from .settings import Settings

SPLITS = ("dynpmnn", "gorishniy")
WORKER = "lawful.studies.california.worker"


def california(
    *,
    seeds: int = 5,
    splits: Iterable[str] | None = None,
    models: Iterable[str] | None = None,
    quick: bool = False,
    out: str | Path = "runs/california",
    cores: int | None = None,
    said: Callable[[str], object] = lambda line: None,
) -> list[CaliforniaRow]:
    """Train each model on each split with the seeds 0, 1, ...; `said` is called with a line as each network is ready.

    Errors are root mean squares on the test part in 100,000 $; the validation part chooses the epoch that is kept.
    `splits` None are both. `quick` takes one seed, few epochs and, unless `splits` says otherwise, the first split.
    Into the folder `out` go the rows, as `california.json` and `california.csv`, a figure of accuracy against
    parameters, `accuracy.png`, and in `runs` every network, which `lawful.learn.load` opens; the same call again goes
    on where it was. Networks are spread over `cores` processes, by default one a core.

    Raises `ValueError` for a split or model that is not known, and a folder that holds something else.
    """
    names = (*MODELS, *((TREES,) if importlib.util.find_spec("lightgbm") else ()))
    chosen, parts = tuple(models or names), tuple(splits or (SPLITS[:1] if quick else SPLITS))
    for given, known, what in (
        (chosen, names, "model"),
        (parts, tuple(california_housing().splits), "split"),
    ):
        for name in given:
            if name not in known:
                raise ValueError(
                    f"{what} {name!r} is not known.{did_you_mean(name, known)} Known: {listed(known)}."
                )
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise ValueError(f"seeds must be a whole number of at least 1, got {seeds!r}.")
    out, effort, count = Path(out), Settings(quick), 1 if quick else seeds
    effort.write(out)
    groups = [[Run(split, model, seed) for seed in range(count)] for split in parts for model in chosen]
    every = [run for group in groups for run in group]
    train_all(every, out, effort, worker=WORKER, cores=cores or available_cores(), said=said)
    rows = [_row(group[0], [run.result(out) for run in group]) for group in groups]
    _write(rows, out)
    return rows


def _row(run: Run, found: list[Result]) -> CaliforniaRow:
    errors = np.array([one.rmse for one in found])
    finer = [one.refined for one in found if one.refined is not None]
    return CaliforniaRow(
        run.model,
        run.split,
        found[0].n_params,
        float(errors.mean()),
        float(errors.std(ddof=1)) if len(errors) > 1 else 0.0,
        float(np.mean(finer)) if finer else None,
        len(errors),
        float(np.mean([one.train_s for one in found])),
    )


def _write(rows: list[CaliforniaRow], out: Path) -> None:
    plain = [dataclasses.asdict(row) for row in rows]
    write_atomically(out / "california.json", json.dumps({"rows": plain}, indent=1, allow_nan=False).encode())
    text = io.StringIO()
    table = csv.DictWriter(text, list(plain[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(plain)
    write_atomically(out / "california.csv", text.getvalue().encode())
    draw(rows, out / "accuracy.png")
