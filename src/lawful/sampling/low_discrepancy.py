"""Point sets more even than independent ones, from SciPy."""

import numpy as np
from scipy.stats import qmc

from ._base import AbstractSampler, Residual, Unit, check_every


class Sobol(AbstractSampler):
    """Scrambled Sobol points (Owen), the default: integration error near n^(-3/2) where smooth."""

    every: int | None = None

    def __check_init__(self) -> None:
        check_every(self.every)

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        if dimension == 0:
            return np.zeros((1, 0))
        whole = max(count - 1, 1).bit_length()
        return qmc.Sobol(dimension, scramble=True, rng=rng).random_base2(whole)[:count]


class LatinHypercube(AbstractSampler):
    """One point in each of n slabs along every axis (McKay, Beckman, Conover 1979)."""

    every: int | None = None

    def __check_init__(self) -> None:
        check_every(self.every)

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        if dimension == 0:
            return np.zeros((1, 0))
        return qmc.LatinHypercube(dimension, rng=rng).random(count)
