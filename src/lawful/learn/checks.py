"""What estimators refuse before they train, each in one sentence."""

from typing import Any

import numpy as np
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.validation import _check_y

from .._numbers import is_real, is_whole
from ..nn.continuous._base import AbstractModel
from .embedding import AbstractEmbedding
from .scaling import AbstractScaling

COUNTS = ("epochs", "patience")
KINDS: dict[str, tuple[type, str]] = {
    "network": (AbstractModel, "one of lawful.nn.continuous, such as ResNet()"),
    "scaling": (AbstractScaling, "one of lawful.learn, such as Standard()"),
    "embedding": (AbstractEmbedding, "one of lawful.learn, such as PeriodicEmbedding()"),
}
"""By parameter, what it must be where it is not None."""


def check_parameters(given: dict[str, Any]) -> None:
    """Raises `ValueError` for the first parameter of an estimator that makes no sense."""
    for name in COUNTS:
        if not is_whole(given[name]):
            raise ValueError(f"{name} must be a whole number of at least 1, got {given[name]!r}.")
    batch = given["batch_size"]
    if batch is not None and not is_whole(batch):
        raise ValueError(
            f"batch_size must be a whole number of at least 1, or None for one that suits the rows; got {batch!r}."
        )
    rate, decay, kept = given["learning_rate"], given["weight_decay"], given["averaging"]
    if not (is_real(rate) and rate > 0):
        raise ValueError(f"learning_rate must be a number above 0, got {rate!r}.")
    if not (is_real(decay) and decay >= 0):
        raise ValueError(f"weight_decay must be 0 or above, got {decay!r}.")
    if not (is_real(kept) and 0 <= kept < 1):
        raise ValueError(f"averaging must be 0, for none, or below 1, as in averaging=0.99; got {kept!r}.")
    share = given["validation_fraction"]
    if not (is_real(share) and 0 < share < 1):
        raise ValueError(f"validation_fraction must lie between 0 and 1, got {share!r}.")
    widths = given.get("widths", ())
    if not isinstance(widths, list | tuple):
        raise ValueError(f"widths must be a tuple of whole numbers, such as (64, 64); got {widths!r}.")
    for name, (kind, example) in KINDS.items():
        value = given.get(name)
        if value is not None and not isinstance(value, kind):
            raise ValueError(f"{name} must be {example}, or None; got {value!r}.")


def numeric_targets(y: Any, kind: str) -> np.ndarray:
    """Targets as numbers. Raises `ValueError` where they are labels."""
    try:
        return np.asarray(y, np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{kind} needs numbers as targets, got {np.asarray(y).ravel()[0]!r}; labels are for a classifier, such as "
            "DynPMNNClassifier()."
        ) from None


def held_out_rows(validation: Any, columns: int, *, numeric: bool) -> tuple[np.ndarray, np.ndarray]:
    """The pair (X, y) of held-out rows. Raises `ValueError` where it is none, or does not fit the training rows."""
    try:
        X, y = validation
    except (TypeError, ValueError):
        raise ValueError(
            "validation must be a pair (X, y) of held-out rows, or None to hold out a part of the training rows."
        ) from None
    # checked by itself, so that the names and number of columns stay those of the training rows
    X = check_array(X, dtype="float64", input_name="validation X")
    if X.shape[1] != columns:
        raise ValueError(f"validation has {X.shape[1]} columns, and the training rows have {columns}.")
    return X, targets_of(X, y, numeric=numeric, name="validation y")


def targets_of(X: Any, y: Any, *, numeric: bool, name: str = "y") -> np.ndarray:
    """One finite target a row of `X`. Raises `ValueError`."""
    if numeric:
        y = numeric_targets(y, name)
    try:
        y = _check_y(y, y_numeric=numeric)
    except ValueError as error:
        raise ValueError(str(error).replace("Input y", f"Input {name}")) from None
    check_consistent_length(X, y)
    return y
