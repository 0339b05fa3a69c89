"""What all estimators share: checks, scaling, training, prediction in batches."""

import abc
import copy
import math
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from .._numbers import is_seed
from ..nn.continuous._base import AbstractMap, AbstractModel, count_parameters
from ..progress import AbstractProgress, Live, Silent
from .checks import check_parameters, held_out_rows, numeric_targets, targets_of
from .embedding import AbstractEmbedding, EmbeddedMap
from .refinement import Refinement
from .scaling import AbstractScaling, Robust
from .training import Loss, Rows, Settings, fit

CHUNK = 4096
"""Rows that are predicted at a time."""


class AbstractEstimator(BaseEstimator):
    """Scaling of the inputs, a network, training with a held-out part.

    After `fit`: `map_` (the network), `history_`, `n_params_`, `n_features_in_`. Weights are float32 in training and
    float64 in prediction. All randomness comes from `random_state`.
    """

    epochs: int
    learning_rate: float
    weight_decay: float
    batch_size: int | None
    patience: int
    validation_fraction: float
    averaging: float
    scaling: AbstractScaling | None
    embedding: AbstractEmbedding | None
    random_state: Any
    verbose: bool

    @abc.abstractmethod
    def _model(self) -> AbstractModel:
        """The network that the parameters describe."""

    @abc.abstractmethod
    def _prepared(self, y: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, int, Loss]:
        """Targets for the loss, the number of outputs, and the loss of each row."""

    @abc.abstractmethod
    def _targets(self, y: np.ndarray) -> np.ndarray:
        """The targets of held-out rows, as `_prepared` made those of the others."""

    @abc.abstractmethod
    def _error(self, outputs: np.ndarray, y: np.ndarray) -> float:
        """The error of raw outputs: root mean square, or the rate of errors."""

    def _fit(self, X: Any, y: Any, sample_weight: Any, validation: Any) -> Any:
        check_parameters(self.get_params(deep=False))
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2, y_numeric=self._numeric)
        if self._numeric:
            y = numeric_targets(y, type(self).__name__)
        weight = _check_sample_weight(sample_weight, X, dtype=np.float64, ensure_non_negative=True)
        if not weight.sum() > 0:
            raise ValueError("sample_weight must be above 0 for at least one sample, got zeros only.")
        seed = self._seed()
        x_held, y_held, w_held = self._held_out(validation, X.shape[1])
        train = np.arange(len(X))
        targets, outputs, loss = self._prepared(y, weight)
        if x_held is None:
            train, held = self._parts(y, weight, seed)
            x_held, y_held, w_held = X[held], targets[held], weight[held]
        else:
            y_held = self._targets(y_held)
        scaling = self.scaling or Robust()
        self.knots_ = scaling.fit(X[train])
        single = np.float32
        rows = Rows(
            scaling.apply(X[train], self.knots_).astype(single), targets[train], weight[train].astype(single)
        )
        check = Rows(scaling.apply(x_held, self.knots_).astype(single), y_held, w_held.astype(single))
        settings = Settings(
            self.epochs,
            self.learning_rate,
            self.weight_decay,
            None if self.batch_size is None else int(self.batch_size),
            self.patience,
            seed,
            self.averaging,
        )
        progress: AbstractProgress = Live() if self.verbose else Silent()
        found = fit(self._fresh(rows.x, outputs, seed), rows, check, loss, settings, progress)
        self.map_, self.history_ = found.map, found.history
        self.n_params_ = count_parameters(found.map)
        self.n_iter_ = len(found.history.train)
        self.map_.warn_if_unstable(jnp.asarray(rows.x[:64]))
        return self

    def _fresh(self, rows: np.ndarray, outputs: int, seed: int) -> AbstractMap:
        """The network with fresh weights, behind the embedding if there is one, for columns such as those of `rows`."""
        key, model = jax.random.key(seed), self._model()
        if self.embedding is None:
            return model.build(rows.shape[1], outputs, key=key, dtype=jnp.float32)
        one, two = jax.random.split(key)
        first = self.embedding.build(rows, key=one, dtype=jnp.float32)
        return EmbeddedMap(first, model.build(first.columns, outputs, key=two, dtype=jnp.float32))

    @property
    @abc.abstractmethod
    def _numeric(self) -> bool:
        """Whether targets are numbers."""

    def _scaled(self, X: Any) -> np.ndarray:
        """Rows as the network sees them."""
        check_is_fitted(self, "map_")
        X = validate_data(self, X, dtype=np.float64, reset=False)
        return (self.scaling or Robust()).apply(X, self.knots_)

    def _outputs(self, X: Any) -> np.ndarray:
        """Raw outputs of the network, (rows, outputs) in float64."""
        x = self._scaled(X)
        double = jax.tree.map(lambda a: a.astype(jnp.float64) if eqx.is_inexact_array(a) else a, self.map_)
        found = []
        for i in range(0, len(x), CHUNK):
            part = x[i : i + CHUNK]
            length = min(CHUNK, max(16, 2 ** math.ceil(math.log2(len(part)))))
            filled = np.concatenate([part, np.zeros((length - len(part), x.shape[1]))])
            found.append(np.asarray(_applied(double, jnp.asarray(filled)))[: len(part)])
        return np.concatenate(found)

    def refined(self, factor: int = 8) -> Any:
        """A copy of this fitted estimator with the same weights at `factor` times the steps."""
        check_is_fitted(self, "map_")
        finer = copy.copy(self)
        finer.map_ = self.map_.refined(factor)
        return finer

    def refinement(self, X: Any, y: Any, *, factor: int = 8) -> Refinement:
        """The errors of this estimator and of its weights at `factor` times the steps, on the rows of `X`."""
        outputs = self._outputs(X)
        y = targets_of(outputs, y, numeric=self._numeric)
        error = self._error(outputs, y)
        if not self.map_.continuous:
            return Refinement(error, None, None, factor)
        finer = self.refined(factor)._outputs(X)
        moved = float(np.sqrt(np.mean((finer - outputs) ** 2)) / max(outputs.std(), 1e-12))
        return Refinement(error, self._error(finer, y), moved, factor)

    def save(self, path: Any) -> None:
        """Write parameters and weights to a folder that `lw.learn.load` reads: JSON and safetensors, no pickle."""
        from .storing import save

        check_is_fitted(self, "map_")
        save(self, path)

    def _seed(self) -> int:
        given = self.random_state
        if given is None:
            return int(np.random.randint(2**31 - 1))
        if isinstance(given, np.random.RandomState):
            return int(given.randint(2**31 - 1))
        if not is_seed(given):
            raise ValueError(
                f"random_state must be a whole number of at least 0 and below 2**63, or None; got {given!r}."
            )
        return int(given)

    def _held_out(self, validation: Any, columns: int) -> tuple[Any, Any, Any]:
        if validation is None:
            return None, None, None
        X, y = held_out_rows(validation, columns, numeric=self._numeric)
        return X, y, np.ones(len(X))

    def _parts(self, y: np.ndarray, weight: np.ndarray, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers to train on and to hold out; rows of weight 0 are in neither, one row is in both."""
        used = np.flatnonzero(weight > 0)
        order = np.random.default_rng(seed).permutation(used)
        count = min(max(1, round(self.validation_fraction * len(used))), max(1, len(used) - 1))
        return (order[count:] if len(used) > 1 else order), order[:count]


@eqx.filter_jit
def _applied(model: AbstractMap, x: Array) -> Array:
    return model(x)
