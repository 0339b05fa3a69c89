"""Regular grids."""

import numpy as np

from ._base import AbstractSampler, Residual, Unit


class Grid(AbstractSampler):
    """A regular grid over the region, ends included: m points a direction, the largest m with
    m^dimension <= count, and at least 2. Grids miss what lies between their lines.
    """

    every: None = None

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        if dimension == 0:
            return np.zeros((1, 0))
        each = max(2, int(count ** (1 / dimension) + 1e-9))
        line = np.linspace(0.0, 1.0, each)
        return np.stack(np.meshgrid(*[line] * dimension, indexing="ij"), axis=-1).reshape(-1, dimension)
