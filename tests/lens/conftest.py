"""Networks with weights drawn as they are before any training."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from lawful.lens import Network, from_arrays

Drawn = Callable[..., Network]


def drawn(
    sizes: tuple[int, ...], seed: int = 0, *, activation: str = "tanh", gain: float = 1.0, bias: float = 0.3
) -> Network:
    """Glorot-uniform weights times `gain`, normal biases of deviation `bias`."""
    rng = np.random.default_rng(seed)
    weights = [gain * rng.uniform(-1, 1, (a, b)) * np.sqrt(6 / (a + b)) for a, b in itertools.pairwise(sizes)]
    biases = [bias * rng.standard_normal(b) for b in sizes[1:]]
    return from_arrays(weights, biases, activation, name=f"draw {seed}")


@pytest.fixture(name="drawn")
def _drawn() -> Drawn:
    return drawn
