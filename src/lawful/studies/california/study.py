"""Each model trained on each split with several seeds, and the table of their errors."""

import csv
import dataclasses
import importlib.util
import io
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..._atomic import write_atomically
from ..._names import did_you_mean, listed
from ...datasets import california_housing
from .figure import draw
from .recipes import MODELS, QUICK_EPOCHS, TREES

SPLITS = ("dynpmnn", "gorishniy")
REFINED = 8
"""Times the steps at which the same weights are run again."""


@dataclass(frozen=True)
class CaliforniaRow:
    """One model on one split: the test error over the seeds, and of the same weights at finer steps."""

    model: str
    split: str
    n_params: int | None
    rmse_mean: float
    rmse_std: float
    rmse_refined: float | None
    seeds: int
    train_s: float


def california(
    *,
    seeds: int = 5,
    splits: Iterable[str] | None = None,
    models: Iterable[str] | None = None,
    quick: bool = False,
    out: Path | None = None,
    said: Callable[[CaliforniaRow], Any] = lambda row: None,
) -> list[CaliforniaRow]:
    """Train each model on each split with the seeds 0, 1, ...; `said` is called with each row as it is ready.

    Errors are root mean squares on the test part in 100,000 $; the validation part chooses the epoch that is kept.
    `splits` None are both. `quick` takes one seed, few epochs and, unless `splits` says otherwise, the first split.
    Into the folder `out` go the rows, as `california.json` and `california.csv`, and a figure of accuracy against
    parameters, `accuracy.png`. Raises `ValueError` for a split or model that is not known.
    """
    table = california_housing()
    names = (*MODELS, *((TREES,) if importlib.util.find_spec("lightgbm") else ()))
    chosen, parts = tuple(models or names), tuple(splits or (SPLITS[:1] if quick else SPLITS))
    for given, known, what in ((chosen, names, "model"), (parts, tuple(table.splits), "split")):
        for name in given:
            if name not in known:
                raise ValueError(
                    f"{what} {name!r} is not known.{did_you_mean(name, known)} Known: {listed(known)}."
                )
    if isinstance(seeds, bool) or not isinstance(seeds, int) or seeds < 1:
        raise ValueError(f"seeds must be a whole number of at least 1, got {seeds!r}.")
    rows = []
    for split in parts:
        train, held, test = ((table.features[rows], table.target[rows]) for rows in table.splits[split])
        for model in chosen:
            run = _trees if model == TREES else _network
            found = [run(model, seed, train, held, test, quick) for seed in range(1 if quick else seeds)]
            errors = np.array([one.rmse for one in found])
            finer = [one.refined for one in found if one.refined is not None]
            rows.append(
                CaliforniaRow(
                    model,
                    split,
                    found[0].n_params,
                    float(errors.mean()),
                    float(errors.std(ddof=1)) if len(errors) > 1 else 0.0,
                    float(np.mean(finer)) if finer else None,
                    len(errors),
                    float(np.mean([one.train_s for one in found])),
                )
            )
            said(rows[-1])
            if out is not None:
                _write(rows, out)
    return rows


def _write(rows: list[CaliforniaRow], out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    plain = [dataclasses.asdict(row) for row in rows]
    write_atomically(out / "california.json", json.dumps({"rows": plain}, indent=1, allow_nan=False).encode())
    text = io.StringIO()
    table = csv.DictWriter(text, list(plain[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(plain)
    write_atomically(out / "california.csv", text.getvalue().encode())
    draw(rows, out / "accuracy.png")


Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class _One:
    rmse: float
    refined: float | None
    n_params: int | None
    train_s: float


def _network(model: str, seed: int, train: Part, held: Part, test: Part, quick: bool) -> _One:
    estimator = MODELS[model]().set_params(random_state=seed)
    if quick:
        estimator.set_params(epochs=QUICK_EPOCHS)
    estimator.fit(*train, validation=held)
    check = estimator.refinement(*test, factor=REFINED)
    history = estimator.history_
    return _One(check.rmse, check.rmse_refined, estimator.n_params_, history.train_s + history.compile_s)


def _trees(model: str, seed: int, train: Part, held: Part, test: Part, quick: bool) -> _One:
    import lightgbm

    began = time.perf_counter()
    trees = lightgbm.LGBMRegressor(
        n_estimators=200 if quick else 4000, learning_rate=0.05, num_leaves=31, random_state=seed, verbose=-1,
        subsample=0.8, subsample_freq=1, colsample_bytree=0.8,
    )  # fmt: skip
    trees.fit(*train, eval_X=held[0], eval_y=held[1], callbacks=[lightgbm.early_stopping(100, verbose=False)])
    seconds = time.perf_counter() - began
    missed = np.asarray(trees.booster_.predict(test[0])) - test[1]
    return _One(float(np.sqrt(np.mean(missed**2))), None, None, seconds)
