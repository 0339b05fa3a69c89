"""Points drawn where the residual is large."""

import numpy as np
from jaxtyping import Float

from .._numbers import check_at_least_zero, check_whole, is_real
from ._base import AbstractSampler, Residual, Unit, check_every
from .low_discrepancy import Sobol


class ResidualAdaptive(AbstractSampler):
    """Residual-adaptive distribution (RAD; Wu et al., arXiv 2207.10289, eq. 2).

    Every `every` steps a fraction `fraction` of the interior points is drawn from `pool` times as many
    candidates with density proportional to |r|^exponent / mean |r|^exponent + floor, each moved within
    its candidate's cell; the rest are fresh Sobol points, so that no place is forgotten.
    """

    every: int | None = 500
    fraction: float = 0.5
    pool: int = 4
    exponent: float = 1.0
    floor: float = 0.0

    def __check_init__(self) -> None:
        check_every(self.every)
        if not (is_real(self.fraction) and 0 < self.fraction <= 1):
            raise ValueError(f"fraction must lie in (0, 1], got {self.fraction!r}.")
        check_whole("pool", self.pool)
        check_at_least_zero("exponent", self.exponent)
        check_at_least_zero("floor", self.floor)

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        if residual is None:
            return Sobol().draw(count, dimension, rng)
        candidates = Sobol().draw(self.pool * count, dimension, rng)
        return self.refine(candidates, residual(candidates), count, rng)

    def refine(
        self,
        candidates: Float[np.ndarray, "pool k"],
        residual: Float[np.ndarray, " pool"],
        count: int,
        rng: np.random.Generator,
    ) -> Unit:
        """`count` points from candidates and the size of the residual at each."""
        adaptive = round(self.fraction * count)
        size = np.abs(residual) ** self.exponent
        size = np.where(np.isfinite(size), size, 0.0)
        density = size / size.mean() + self.floor if size.mean() > 0 else np.ones_like(size)
        chosen = candidates[rng.choice(len(candidates), adaptive, p=density / density.sum())]
        cell = len(candidates) ** (-1 / candidates.shape[1])
        moved = chosen + cell * rng.uniform(-0.5, 0.5, chosen.shape)
        moved = 1 - np.abs(1 - np.abs(moved))  # reflect at the faces
        return np.concatenate([moved, Sobol().draw(count - adaptive, candidates.shape[1], rng)])
