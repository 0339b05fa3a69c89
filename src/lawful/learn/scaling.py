"""Maps of the input columns to numbers about one."""

import abc
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.special import ndtri

Knots = dict[str, np.ndarray]


class AbstractScaling(abc.ABC):
    """`fit` computes arrays from the training rows; `apply` uses them on any rows."""

    name: ClassVar[str]

    @abc.abstractmethod
    def fit(self, x: np.ndarray) -> Knots:
        """The arrays that describe the columns of `x` (rows, columns)."""

    @abc.abstractmethod
    def apply(self, x: np.ndarray, knots: Knots) -> np.ndarray:
        """The scaled rows."""


@dataclass(frozen=True)
class Standard(AbstractScaling):
    """(x - mean) / deviation."""

    name: ClassVar[str] = "Standard"

    def fit(self, x: np.ndarray) -> Knots:
        return {"centre": x.mean(0), "scale": _nonzero(x.std(0))}

    def apply(self, x: np.ndarray, knots: Knots) -> np.ndarray:
        return (x - knots["centre"][None]) / knots["scale"][None]


@dataclass(frozen=True)
class Robust(AbstractScaling):
    """z / sqrt(1 + (z/limit)^2) of z = (x - median) / (quartile distance / 1.349): for normal columns z is standard,
    and the farthest outlier is `limit` away."""

    limit: float = 3.0
    name: ClassVar[str] = "Robust"

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise ValueError(f"limit must be above 0, got {self.limit!r}.")

    def fit(self, x: np.ndarray) -> Knots:
        low, middle, high = np.quantile(x, [0.25, 0.5, 0.75], axis=0)
        spread = (high - low) / 1.349
        return {"centre": middle, "scale": _nonzero(np.where(spread > 0, spread, x.std(0)))}

    def apply(self, x: np.ndarray, knots: Knots) -> np.ndarray:
        z = (x - knots["centre"][None]) / knots["scale"][None]
        return z / np.sqrt(1 + (z / self.limit) ** 2)


@dataclass(frozen=True)
class Quantiles(AbstractScaling):
    """The normal number of the same rank, between `knots` quantiles of each column, fewer for few rows; no number
    beyond those of the training rows."""

    knots: int = 1000
    name: ClassVar[str] = "Quantiles"

    def __post_init__(self) -> None:
        if self.knots < 2:
            raise ValueError(f"knots must be at least 2, got {self.knots!r}.")

    def fit(self, x: np.ndarray) -> Knots:
        count = int(np.clip(len(x) // 5, 10, self.knots))
        return {"quantiles": np.quantile(x, np.linspace(0, 1, count), axis=0)}

    def apply(self, x: np.ndarray, knots: Knots) -> np.ndarray:
        quantiles = knots["quantiles"]
        ranks = np.linspace(0, 1, len(quantiles))
        columns = []
        for column, nodes in zip(x.T, quantiles.T, strict=True):
            # the mean of both ends where a value takes a whole range of ranks
            up = np.interp(column, nodes, ranks)
            down = 1 - np.interp(-column, -nodes[::-1], ranks)
            columns.append((up + down) / 2)
        return ndtri(np.clip(np.stack(columns, 1), 1e-3, 1 - 1e-3))


SCALINGS = {kind.name: kind for kind in (Standard, Robust, Quantiles)}


def _nonzero(scale: np.ndarray) -> np.ndarray:
    return np.where(scale > 0, scale, 1.0)
