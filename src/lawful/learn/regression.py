"""What all regressors share."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sklearn.base import RegressorMixin

from ._base import AbstractEstimator
from .training import Loss


def squared(outputs: Array, y: Array) -> Array:
    """The squared error of each row."""
    return jnp.mean((outputs - y) ** 2, axis=1)


class AbstractRegressor(RegressorMixin, AbstractEstimator):
    """Least squares of targets scaled to mean 0 and deviation 1."""

    def fit(self, X: Any, y: Any, sample_weight: Any = None, validation: Any = None) -> Any:
        """Train on rows `X` (rows, columns) and targets `y` (rows,).

        `sample_weight` weighs rows in the loss; `validation`, a pair (X, y), is held out in the place of a part of
        the rows. Raises scikit-learn's `ValueError` for rows it would refuse. Returns self.
        """
        return self._fit(X, y, sample_weight, validation)

    def predict(self, X: Any) -> np.ndarray:
        """The targets of each row, (rows,)."""
        outputs = self._outputs(X)
        return self.mean_ + self.deviation_ * outputs[:, 0]

    @property
    def _numeric(self) -> bool:
        return True

    def _prepared(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, int, Loss]:
        self.mean_ = float(np.average(y, weights=weight))
        deviation = float(np.sqrt(np.average((y - self.mean_) ** 2, weights=weight)))
        self.deviation_ = deviation if deviation > 0 else 1.0
        return self._targets(y), 1, squared

    def _targets(self, y: np.ndarray) -> np.ndarray:
        return ((np.asarray(y, np.float64) - self.mean_) / self.deviation_).astype(np.float32)[:, None]

    def _error(self, outputs: np.ndarray, y: np.ndarray) -> float:
        return float(np.sqrt(np.mean((self.mean_ + self.deviation_ * outputs[:, 0] - y) ** 2)))
