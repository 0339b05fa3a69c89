"""How large the fields and residuals of a problem are, as its data, conditions and laws tell before any training."""

import math
from collections.abc import Iterable

import numpy as np

from .calculus import Laplacian
from .conditions import Bound
from .once import once
from .problem import Problem
from .structure import Pointwise, Slot

Sizes = dict[str, float]

PLACES = 64
HALF_WAVE = math.pi
"""A field of one sign between zero walls varies over half a wave."""
ROUNDING = 1e-12
"""What sides prescribe counts as zero below this share of what the laws' sources ask for."""
OTHER_UNITS = 100.0
"""A field of which nothing is said is taken to be as large as the others, unless the laws ask for a size
that differs by more than this: a pressure beside a velocity, but not a product beside its reactant."""


@once
def field_sizes(problem: Problem) -> Sizes:
    """The size of each field.

    It is that of the data, else the largest that starts and walls prescribe, else, where all of these are
    zero, the one at which the laws balance their sources. A field of which none of these tells is as large
    as the others, or as the laws ask for beside the others; all are 1 where nothing tells of any.
    """
    bounds = problem.conditions.values()
    told = _prescribed(problem, [b for b in bounds if b.imposes]) | observed_sizes(problem)
    sources = _prescribed(problem, [b for b in bounds if b.governs])
    least = ROUNDING * max((told | sources).values(), default=0.0)
    told = {field: size for field, size in told.items() if size > least} or sources  # sin(n pi) is no size
    if not told:
        return dict.fromkeys(problem.fields, 1.0)
    largest = max(told.values())
    out = dict.fromkeys(problem.fields, largest) | told
    for field in set(problem.fields) - set(told):
        asked = _balancing(problem, field, told)
        if asked and not 1 / OTHER_UNITS <= asked / largest <= OTHER_UNITS:
            out[field] = asked
    return out


def nearest_power_of_ten(size: float) -> float:
    """The unit in which a size is a number about 1."""
    return 10.0 ** round(math.log10(size))


def term_sizes(problem: Problem, bound: Bound, sizes: Sizes) -> Sizes:
    """By term, the size sum_a |dr / d(D^a u)| |D^a u| to expect of a residual where each field is as large
    as `sizes` says and varies once over the domain."""
    law = Pointwise(problem, bound)
    typical = np.asarray([sizes[slot[0]] * rate_of_change(problem, slot, 1.0) for slot in law.slots])
    signs = np.random.default_rng(2).choice((-1.0, 1.0), (law.places, len(law.slots)))
    slopes = law.slopes(signs * typical)
    sums = {term: np.abs(slope * typical).sum(axis=1) for term, slope in slopes.items()}
    return {term: float(np.sqrt(np.mean(total**2))) for term, total in sums.items()}


def observed_sizes(problem: Problem) -> Sizes:
    """The root mean square of what was observed of each field, where that is not zero."""
    squares: dict[str, list[np.ndarray]] = {}
    for bound in problem.conditions.values():
        if bound.observes and bound.fixed is not None:
            for field in bound.needs:
                squares.setdefault(field, []).append(bound.fixed[f"observed.{field}"] ** 2)
    means = {field: float(np.mean(np.concatenate(parts))) for field, parts in squares.items()}
    return {field: math.sqrt(mean) for field, mean in means.items() if mean > 0}


def rate_of_change(problem: Problem, slot: Slot, waves: float) -> float:
    """|D^a u| over |u| for a field that varies over `waves` radians along each coordinate of the domain."""
    field, index = slot
    lower, upper = problem.domain.bounds
    widths = {c: b - a for c, a, b in zip(problem.domain.coordinates, lower, upper, strict=True)}
    own = [waves / widths[c] for c in problem.fields[field]]
    if isinstance(index, Laplacian):
        return sum(own[a] ** 2 for a in index.axes)
    return math.prod(rate**times for rate, times in zip(own, index, strict=True))


def _prescribed(problem: Problem, bounds: Iterable[Bound]) -> Sizes:
    """The largest size of each field at which a term, linear about zero, balances what it has beside the fields."""
    out: Sizes = {}
    for bound in bounds:
        law = Pointwise(problem, bound, PLACES)
        nothing = np.zeros((law.places, len(law.slots)))
        beside, slopes = law.values(nothing), law.slopes(nothing)
        for term in bound.terms:
            for field, size in _sizes_at(problem, law, np.abs(beside[term]), slopes[term]).items():
                out[field] = max(size, out.get(field, 0.0))
    return out


def _balancing(problem: Problem, field: str, told: Sizes) -> float | None:
    """The least size of a field at which a law balances all that it says of the fields in `told`."""
    asked = []
    for bound in problem.conditions.values():
        if not bound.governs or field not in bound.needs:
            continue
        law = Pointwise(problem, bound, PLACES)
        typical = np.asarray([told.get(s[0], 0.0) * rate_of_change(problem, s, HALF_WAVE) for s in law.slots])
        signs = np.random.default_rng(2).choice((-1.0, 1.0), (law.places, len(law.slots)))
        slopes = law.slopes(signs * typical)
        for term in bound.terms:
            said = np.abs(slopes[term] * typical).sum(axis=1)
            asked += [size for f, size in _sizes_at(problem, law, said, slopes[term]).items() if f == field]
    return min(asked, default=None)


def _sizes_at(problem: Problem, law: Pointwise, said: np.ndarray, slopes: np.ndarray) -> Sizes:
    """By field, the size at which its own part of a term is as large as `said`, each at its largest place."""
    parts: dict[str, np.ndarray] = {}
    for column, slot in enumerate(law.slots):
        part = np.abs(slopes[:, column]) * rate_of_change(problem, slot, HALF_WAVE)
        parts[slot[0]] = parts.get(slot[0], 0.0) + part
    most = float(said.max())
    sizes = {f: most / float(part.max()) for f, part in parts.items() if part.max() > 0}
    return {f: size for f, size in sizes.items() if math.isfinite(size) and size > 0}
