"""The two ways in which a deviation is measured."""

from typing import Literal, TypeAlias

import numpy as np

Norm: TypeAlias = Literal["max", "mean"]
"""Of a deviation: its largest absolute value, or the mean of the absolute values, which alone shrinks with finer
resolution where solutions jump."""


def largest(*arrays: np.ndarray) -> float:
    """The largest absolute value; NaN counts as infinite."""
    most = max((float(np.max(np.abs(a))) if a.size else 0.0 for a in arrays), default=0.0)
    return most if np.isfinite(most) else np.inf


def deviation(norm: Norm, *differences: np.ndarray) -> float:
    """The largest absolute value of all, or the mean of the absolute values; NaN counts as infinite."""
    if norm == "max":
        return largest(*differences)
    mean = float(np.mean(np.abs(np.concatenate(differences))))
    return mean if np.isfinite(mean) else np.inf
