"""The multilayer perceptron as a regressor."""

from ..nn.continuous._base import AbstractModel
from ..nn.continuous.feed_forward import FeedForward
from .embedding import AbstractEmbedding
from .regression import AbstractRegressor
from .scaling import AbstractScaling


class MLPRegressor(AbstractRegressor):
    """Regression by a feed-forward network; see `lw.nn.continuous.FeedForward`."""

    def __init__(
        self,
        widths: tuple[int, ...] = (64, 64),
        *,
        activation: str = "gelu",
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
        self.widths = widths
        self.activation = activation
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
        return FeedForward(tuple(self.widths), self.activation)
