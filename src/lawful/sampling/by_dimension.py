"""One rule for intervals, another for all else."""

import numpy as np

from ._base import AbstractSampler, Residual, Unit
from .grid import Grid
from .uniform import Uniform


class ByDimension(AbstractSampler):
    """`line` draws where one direction is free, `other` elsewhere: `ByDimension(line=Grid(), other=Uniform())`.

    In a problem of x and t the walls and the start are lines, so that they are equispaced, the interior is random.
    Points are drawn anew as often as `other` asks.
    """

    line: AbstractSampler
    other: AbstractSampler
    every: int | None

    def __init__(self, line: AbstractSampler = Grid(), other: AbstractSampler = Uniform()):
        for name, rule in (("line", line), ("other", other)):
            if not isinstance(rule, AbstractSampler):
                raise TypeError(f"{name} must be one of lawful.sampling, such as Grid(); got {rule!r}.")
        self.line, self.other, self.every = line, other, other.every

    def draw(
        self, count: int, dimension: int, rng: np.random.Generator, residual: Residual | None = None
    ) -> Unit:
        rule = self.line if dimension == 1 else self.other
        return rule.draw(count, dimension, rng, residual)
