"""One model trained on one split from one seed, kept with its weights."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ..._atomic import write_atomically
from ...datasets import california_housing
from ..runs import AbstractRun
from .recipes import MODELS, QUICK_EPOCHS, TREES
from .settings import Settings

REFINED = 8
"""Times the steps at which the same weights are run again."""
RESULT = "result.json"

Part = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Result:
    """The test errors of one run, the second of the same weights at finer steps."""

    rmse: float
    refined: float | None
    n_params: int | None
    train_s: float


@dataclass(frozen=True)
class Run(AbstractRun):
    """Its folder, runs/SPLIT.MODEL.SEED, holds result.json and, of a network, what `lawful.learn.load` reads."""

    split: str
    model: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.split}.{self.model.replace(' ', '_')}.{self.seed}"

    @classmethod
    def named(cls, name: str) -> "Run":
        """The run of that name."""
        split, model, seed = name.split(".")
        return cls(split, model.replace("_", " "), int(seed))

    def folder(self, out: Path) -> Path:
        """Its folder in that of the study."""
        return out / "runs" / self.name

    def finished(self, out: Path) -> bool:
        return (self.folder(out) / RESULT).is_file()

    def result(self, out: Path) -> Result:
        """What its folder holds."""
        return Result(**json.loads((self.folder(out) / RESULT).read_text(encoding="utf-8")))

    def train(self, out: Path, effort: Settings) -> bool:
        table = california_housing()
        train, held, test = ((table.features[rows], table.target[rows]) for rows in table.splits[self.split])
        folder = self.folder(out)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            fit = _trees if self.model == TREES else _network
            result = fit(self, train, held, test, effort.quick, folder)
        except KeyboardInterrupt:
            return False
        write_atomically(folder / RESULT, json.dumps(asdict(result), allow_nan=False).encode())
        return True


def _network(run: Run, train: Part, held: Part, test: Part, quick: bool, folder: Path) -> Result:
    estimator = MODELS[run.model]().set_params(random_state=run.seed)
    if quick:
        estimator.set_params(epochs=QUICK_EPOCHS)
    estimator.fit(*train, validation=held)
    estimator.save(folder)
    check = estimator.refinement(*test, factor=REFINED)
    history = estimator.history_
    return Result(check.rmse, check.rmse_refined, estimator.n_params_, history.train_s + history.compile_s)


def _trees(run: Run, train: Part, held: Part, test: Part, quick: bool, folder: Path) -> Result:
    import lightgbm

    began = time.perf_counter()
    trees = lightgbm.LGBMRegressor(
        n_estimators=200 if quick else 4000, learning_rate=0.05, num_leaves=31, random_state=run.seed, verbose=-1,
        subsample=0.8, subsample_freq=1, colsample_bytree=0.8, n_jobs=1,
    )  # fmt: skip
    trees.fit(*train, eval_X=held[0], eval_y=held[1], callbacks=[lightgbm.early_stopping(100, verbose=False)])
    seconds = time.perf_counter() - began
    missed = np.asarray(trees.booster_.predict(test[0])) - test[1]
    return Result(float(np.sqrt(np.mean(missed**2))), None, None, seconds)
