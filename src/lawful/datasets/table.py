"""A table with its target and its splits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np


class Split(NamedTuple):
    """Row numbers of the three parts."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class Table:
    """Rows of features with one target each.

    `features` (rows, columns), `target` (rows,), `names` of the columns, and row numbers by the name of a split.
    """

    features: np.ndarray
    target: np.ndarray
    names: tuple[str, ...]
    splits: Mapping[str, Split] = field(default_factory=dict)
