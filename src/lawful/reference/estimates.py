"""What differences between levels, and errors of rounding, tell of the error of the finest level."""

from collections.abc import Mapping

import numpy as np

from .._names import listed
from .places import NOUGHT, ROUGH

ENOUGH = 1e-8
"""The estimated error, relative to the largest value, at which no finer level is tried."""
CONVERGING = 0.7
"""Differences between levels that shrink by less show no convergence."""
ROUNDING = 1e-11
"""Differences below this share of the largest value are rounding errors, which do not shrink."""
AGREED = 1e-4
"""The share of the largest value up to which two resolutions agree, where there is no third."""


def estimated(
    gaps: list[dict[str, float]], sizes: dict[str, float], refinement: float, most_order: float = 6.2
) -> tuple[dict[str, float], float | None, str]:
    """Errors by field of the finest level from the differences between levels, the observed order, and a doubt. No
    higher order than `most_order` is counted on."""
    most = max(sizes.values(), default=0.0)
    sizes = {
        f: most if gaps and size <= min(NOUGHT * most, 2 * gaps[-1][f]) else size for f, size in sizes.items()
    }
    if not gaps:
        return (
            dict.fromkeys(sizes, np.inf),
            None,
            "Only one resolution could be solved, which tells no error.",
        )
    if len(gaps) < 2:
        apart = [f for f, gap in gaps[-1].items() if not gap <= AGREED * sizes[f]]
        doubt = f"Two resolutions differ in {listed(apart)}, and no third could be solved." if apart else ""
        return dict(gaps[-1]), None, doubt
    errors: dict[str, float] = {}
    slow: list[str] = []
    rough: list[str] = []
    ratios = []
    for field, size in sizes.items():
        before, after = gaps[-2][field], gaps[-1][field]
        floor = ROUNDING * size
        if not (np.isfinite(before) and np.isfinite(after)):
            errors[field] = np.inf
            slow.append(field)
        else:
            q = after / before if before > 0 else 1.0
            rounding = 16 * np.finfo(float).eps * size
            if q <= CONVERGING:
                ratios.append(max(q, ROUNDING))
                q = max(q, refinement**-most_order)
                errors[field] = max(after * q / (1 - q), rounding)
                rough += [field] if errors[field] > ROUGH * size else []
            elif after <= floor:
                errors[field] = max(after, rounding)
            elif after <= ENOUGH * size:
                errors[field] = after / (1 - CONVERGING)
            else:
                errors[field] = after / (1 - CONVERGING)
                slow.append(field)
    order = float(np.log(1 / max(ratios)) / np.log(refinement)) if ratios else None  # the slowest field's
    doubt = (
        f"Finer resolutions did not bring the solutions for {listed(slow)} closer together." if slow else ""
    )
    if rough and not doubt:
        worst = max(rough, key=lambda f: errors[f] / sizes[f])
        doubt = f"The estimated error of {worst} is {errors[worst] / sizes[worst]:.0%} of its largest value."
    return errors, order, doubt


def rounded(rounding: Mapping[str, float], sizes: Mapping[str, float]) -> str:
    """A doubt, where errors of rounding alone decide a field."""
    most = max(sizes.values(), default=0.0)
    shares = {
        f: moved / (sizes[f] if sizes[f] > NOUGHT * most else most or 1.0) for f, moved in rounding.items()
    }
    worst = max(shares, key=shares.__getitem__, default="")
    if not worst or shares[worst] <= ROUGH:
        return ""
    return (
        f"Errors of rounding alone may move {worst} by {shares[worst]:.0%} of its largest value, as where a motion "
        "amplifies them; ask for a shorter span."
    )
