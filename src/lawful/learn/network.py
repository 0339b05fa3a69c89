"""Any network of the family as regressor and classifier."""

from ..nn.continuous._base import AbstractModel
from ..nn.continuous.resnet import ResNet
from .classification import AbstractClassifier
from .embedding import AbstractEmbedding
from .regression import AbstractRegressor
from .scaling import AbstractScaling


class NetworkRegressor(AbstractRegressor):
    """Regression by the `network` given, such as `lw.nn.continuous.DeepEquilibrium()`; None is a `ResNet()`."""

    def __init__(
        self,
        network: AbstractModel | None = None,
        *,
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
        self.network = network
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
        return self.network or ResNet()


class NetworkClassifier(AbstractClassifier):
    """Classification by the `network` given, such as `lw.nn.continuous.DeepEquilibrium()`; None is a `ResNet()`."""

    def __init__(
        self,
        network: AbstractModel | None = None,
        *,
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
        self.network = network
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
        return self.network or ResNet()
