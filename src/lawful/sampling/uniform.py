"""Independent uniform points."""

import numpy as np

from ._base import AbstractSampler, Residual, Unit, check_every


class Uniform(AbstractSampler):
    """Independent points, uniform in the region; integration error falls as n^(-1/2)."""

    every: int | None = None

    def __check_init__(self) -> None:
        check_every(self.every)

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        return rng.random((count, dimension))
