"""DynPMNN as regressor and classifier."""

from ..nn.continuous._base import AbstractModel
from ..nn.continuous.drive import AbstractDrive, Current
from ..nn.continuous.fields import AbstractField, FitzHughNagumo
from ..nn.continuous.layer import DynamicalLayer
from ..nn.continuous.readout import AbstractReadout, Final
from ..nn.continuous.stack import DynPMNN
from ..nn.schemes import AbstractScheme, Heun
from .classification import AbstractClassifier
from .embedding import AbstractEmbedding
from .regression import AbstractRegressor
from .scaling import AbstractScaling


class DynPMNNRegressor(AbstractRegressor):
    """Regression by layers that are flows of differential equations (arXiv 2605.08176).

    `field`, `drive`, `scheme`, `readout` None are FitzHugh-Nagumo, `Current()`, `Heun()`, `Final()`; see
    `lw.nn.continuous.DynamicalLayer`. Warns where steps are longer than the scheme bears on the training rows;
    `refinement(X, y)` shows the same weights at finer steps.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = (32, 16),
        *,
        field: AbstractField | None = None,
        drive: AbstractDrive | None = None,
        scheme: AbstractScheme | None = None,
        readout: AbstractReadout | None = None,
        horizon: float = 1.0,
        steps: int = 6,
        train_dynamics: bool = True,
        train_horizon: bool = True,
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
        self.field = field
        self.drive = drive
        self.scheme = scheme
        self.readout = readout
        self.horizon = horizon
        self.steps = steps
        self.train_dynamics = train_dynamics
        self.train_horizon = train_horizon
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
        return described(
            self.widths,
            self.field,
            self.drive,
            self.scheme,
            self.readout,
            self.horizon,
            self.steps,
            self.train_dynamics,
            self.train_horizon,
        )


class DynPMNNClassifier(AbstractClassifier):
    """Classification by layers that are flows of differential equations (arXiv 2605.08176).

    `field`, `drive`, `scheme`, `readout` None are FitzHugh-Nagumo, `Current()`, `Heun()`, `Final()`; see
    `lw.nn.continuous.DynamicalLayer`. Warns where steps are longer than the scheme bears on the training rows;
    `refinement(X, y)` shows the same weights at finer steps.
    """

    def __init__(
        self,
        widths: tuple[int, ...] = (32, 16),
        *,
        field: AbstractField | None = None,
        drive: AbstractDrive | None = None,
        scheme: AbstractScheme | None = None,
        readout: AbstractReadout | None = None,
        horizon: float = 1.0,
        steps: int = 6,
        train_dynamics: bool = True,
        train_horizon: bool = True,
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
        self.field = field
        self.drive = drive
        self.scheme = scheme
        self.readout = readout
        self.horizon = horizon
        self.steps = steps
        self.train_dynamics = train_dynamics
        self.train_horizon = train_horizon
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
        return described(
            self.widths,
            self.field,
            self.drive,
            self.scheme,
            self.readout,
            self.horizon,
            self.steps,
            self.train_dynamics,
            self.train_horizon,
        )


def described(
    widths: tuple[int, ...],
    field: AbstractField | None,
    drive: AbstractDrive | None,
    scheme: AbstractScheme | None,
    readout: AbstractReadout | None,
    horizon: float,
    steps: int,
    train_dynamics: bool,
    train_horizon: bool,
) -> DynPMNN:
    """The network of both estimators."""
    return DynPMNN(
        tuple(widths),
        DynamicalLayer(
            field=field or FitzHughNagumo(),
            drive=drive or Current(),
            scheme=scheme or Heun(),
            readout=readout or Final(),
            horizon=horizon,
            steps=steps,
            train_dynamics=train_dynamics,
            train_horizon=train_horizon,
        ),
    )
