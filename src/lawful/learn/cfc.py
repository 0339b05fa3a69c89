"""The closed-form continuous-time network as a regressor."""

from ..nn.continuous._base import AbstractModel
from ..nn.continuous.cfc import CfC
from .embedding import AbstractEmbedding
from .regression import AbstractRegressor
from .scaling import AbstractScaling


class CfCRegressor(AbstractRegressor):
    """Regression by a closed-form continuous-time cell, run once; see `lw.nn.continuous.CfC`."""

    def __init__(
        self,
        width: int = 32,
        *,
        backbone: int = 64,
        mode: str = "default",
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
        self.backbone = backbone
        self.mode = mode
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
        return CfC(self.width, self.backbone, self.mode)
