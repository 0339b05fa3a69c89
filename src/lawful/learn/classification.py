"""What all classifiers share."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sklearn.base import ClassifierMixin
from sklearn.utils.multiclass import check_classification_targets

from ._base import AbstractEstimator
from .training import Loss


def cross_entropy(outputs: Array, y: Array) -> Array:
    """-log of the probability of each row's class."""
    return -jnp.sum(jax.nn.log_softmax(outputs, axis=1) * y, axis=1)


class AbstractClassifier(ClassifierMixin, AbstractEstimator):
    """Cross-entropy of the softmax of one output a class; `classes_` holds their labels."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation: Any = None) -> Any:
        """Train on rows `X` (rows, columns) and labels `y` (rows,) of any kind, of at least two classes.

        `sample_weight` weighs rows in the loss; `validation`, a pair (X, y), is held out in the place of a part of
        the rows. Raises scikit-learn's `ValueError` for rows it would refuse. Returns self.
        """
        return self._fit(X, y, sample_weight, validation)

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class, (rows, classes)."""
        outputs = self._outputs(X)
        odds = np.exp(outputs - outputs.max(1, keepdims=True))
        return odds / odds.sum(1, keepdims=True)

    def predict(self, X: Any) -> np.ndarray:
        """The most probable label of each row, (rows,)."""
        outputs = self._outputs(X)
        return self.classes_[np.argmax(outputs, 1)]

    @property
    def _numeric(self) -> bool:
        return False

    def _prepared(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, int, Loss]:
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"{type(self).__name__} needs samples of at least 2 classes, got 1 class: {self.classes_[0]}."
            )
        return self._targets(y), len(self.classes_), cross_entropy

    def _targets(self, y: np.ndarray) -> np.ndarray:
        unknown = np.setdiff1d(y, self.classes_)
        if unknown.size:
            raise ValueError(f"label {unknown[0]} of the held-out rows is in none of the training rows.")
        return (np.asarray(y)[:, None] == self.classes_[None]).astype(np.float32)

    def _error(self, outputs: np.ndarray, y: np.ndarray) -> float:
        return float(np.mean(self.classes_[np.argmax(outputs, 1)] != y))
