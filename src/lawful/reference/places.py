"""Where levels are compared, and which places say nothing."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..domain import AbstractDomain, Box
from .norms import Norm

PROBES = {"max": 512, "mean": 65_536}
TIMES = 64
ROUGH = 0.1
"""The share of the largest value from which on an estimate tells that scales are not resolved, and by which two levels
differ beside a singularity."""
NOUGHT = 1e-11
"""A field that is smaller than so many times the largest one, and is all difference, is zero to rounding."""
CORNER, FEW = 0.1, 0.02
"""How near to a corner, in shares of the sides, places may be left out, and the share of all that these may be."""


def probes(domain: AbstractDomain, norm: Norm) -> np.ndarray:
    """Fixed places inside the domain, at which levels are compared: more for a mean, of which few see a jump. Their
    times are those of `TIMES` even steps, since solutions are marched to each."""
    region = domain.interior()
    unit = np.random.default_rng(17).random((PROBES[norm], region.dimension))
    places = region.place(unit)
    if domain.time is not None and domain.space:
        at = domain.coordinates.index(domain.time)
        begin, end = (bound[at] for bound in domain.bounds)
        steps = np.ceil((places[:, at] - begin) / (end - begin) * TIMES)
        places[:, at] = begin + steps / TIMES * (end - begin)
    return places


def singular(
    domain: AbstractDomain,
    places: np.ndarray,
    probed: Mapping[str, np.ndarray],
    values: Sequence[Mapping[str, np.ndarray]],
) -> np.ndarray:
    """Places by the corners of a box in space at which the last two levels differ by a tenth of a field's size inside,
    where these are few."""
    coarse, fine = values
    out = np.zeros(len(places), bool)
    if not isinstance(domain, Box) or len(domain.space) < 2:
        return out
    cornered = ~out
    for axis, name in enumerate(domain.coordinates):
        low, high = domain.interval(name)
        share = (places[:, axis] - low) / (high - low)
        cornered &= (np.minimum(share, 1 - share) <= CORNER) | (name == domain.time)
    sizes = {field: float(np.sqrt(np.mean(inside**2))) for field, inside in probed.items()}
    for field, size in sizes.items():
        if size > NOUGHT * max(sizes.values()):
            out |= np.abs(fine[field] - coarse[field]) > ROUGH * size
    out &= cornered
    return out if out.mean() <= FEW else np.zeros_like(out)
