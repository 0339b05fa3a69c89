"""The neural ODE as a regressor."""

from ..nn.continuous._base import AbstractModel
from ..nn.continuous.neural_ode import NeuralODE
from ..nn.schemes import AbstractScheme, Heun
from .embedding import AbstractEmbedding
from .regression import AbstractRegressor
from .scaling import AbstractScaling


class NeuralODERegressor(AbstractRegressor):
    """Regression by a neural ODE: `scheme` None is `Heun()`; see `lw.nn.continuous.NeuralODE`."""

    def __init__(
        self,
        width: int = 32,
        *,
        hidden: int = 32,
        scheme: AbstractScheme | None = None,
        horizon: float = 1.0,
        steps: int = 6,
        epochs: int = 200,
        learning_rate: float = 0.003,
        weight_decay: float = 1e-4,
        batch_size: int | None = None,
        patience: int = 40,
        validation_fraction: float = 0.15,
        averaging: float = 0.0,
        scaling: AbstractScaling | None = None,
        embedding: AbstractEmbedding | None = None,
        random_state: int | None = 0,
        verbose: bool = False,
    ):
        self.width = width
        self.hidden = hidden
        self.scheme = scheme
        self.horizon = horizon
        self.steps = steps
        self.epochs = epochs
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.patience = patience
        self.validation_fraction = validation_fraction
        self.averaging = averaging
        self.scaling = scaling
        self.embedding = embedding
        self.random_state = random_state
        self.verbose = verbose

    def _model(self) -> AbstractModel:
        return NeuralODE(self.width, self.hidden, self.scheme or Heun(), self.horizon, self.steps)
