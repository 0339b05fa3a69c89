"""A row of the table: one model on one split."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaliforniaRow:
    """One model on one split: the test error over the seeds, and of the same weights at finer steps; `train_s` are the
    mean seconds of training one, compilation included."""

    model: str
    split: str
    n_params: int | None
    rmse_mean: float
    rmse_std: float
    rmse_refined: float | None
    seeds: int
    train_s: float
