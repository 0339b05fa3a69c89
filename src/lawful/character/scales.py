"""Numbers without a unit that tell how hard a law in space is to resolve."""

import math

import numpy as np

from ..calculus import Laplacian, zero
from ..problem import Problem
from ..structure import Slot
from .facts import Scales
from .states import Governing, Rows, State, waves_and_jump
from .symbol import Symbol

LADDER = 2.0 ** np.arange(-1, 8)
"""Wave numbers, in periods across the domain, at which growth is looked for."""


def scales_of(problem: Problem, governing: Governing, rows: Rows, kind: str) -> Scales:
    """The scales of a law in space, linearised to `rows`; only start and source for the other kinds."""
    waves, jump = waves_and_jump(problem)
    if kind in ("ordinary", "unclassified"):
        return Scales(waves=waves, jump=jump)
    peclet, layer, wavelengths = _ratios(problem, rows)
    timed = problem.domain.time is not None and kind not in ("elliptic", "ill-posed")
    periods = growth = 0.0
    if timed and len(rows) == len(problem.fields):
        lower, upper = problem.domain.bounds
        at = problem.domain.coordinates.index(problem.domain.time or "")
        duration = upper[at] - lower[at]
        symbol = Symbol(problem, rows)
        periods = duration * _fastest(symbol, max(waves, 1.0)) / (2 * math.pi)
        growth = duration * max(_growth(symbol), _growth(Symbol(problem, _at_rest(governing))))
    return Scales(periods, growth, peclet, layer, 0.0 if timed else wavelengths, waves, jump)


def steepening_of(problem: Problem, governing: Governing, rows: Rows, highest: int) -> str:
    """`shocks` where the coefficients of the derivatives of a first-order law depend on the fields, `kinks` where
    they depend on the derivatives themselves, and an empty string elsewhere."""
    if highest != 1 or len(rows) != len(problem.fields) or len(problem.domain.coordinates) < 2:
        return ""
    first = [slot for slot in governing.state if not governing.is_value(slot)]
    found = {}
    for what in (True, False):
        changed: State = {
            slot: 0.2 * np.abs(v).max() - 0.6 * v if governing.is_value(slot) == what else v
            for slot, v in governing.state.items()
        }
        pairs = zip(rows, governing.rows(changed), strict=True)
        found[what] = any(
            not np.allclose(before[slot], after[slot], rtol=1e-6, atol=1e-12)
            for before, after in pairs
            for slot in first
            if slot in before
        )
    return "kinks" if found[False] else "shocks" if found[True] else ""


def _ratios(problem: Problem, rows: Rows) -> tuple[float, float, float]:
    """The Peclet number, the thinnest layer, and the wavelengths across the domain, of each field by itself."""
    lower, upper = problem.domain.bounds
    peclet, layer, wavelengths = 0.0, 1.0, 0.0
    for row in rows:
        for field, own in problem.fields.items():
            value = np.asarray(row.get((field, zero(len(own))), 0.0))
            for a, name in enumerate(own):
                at = problem.domain.coordinates.index(name)
                if name == problem.domain.time or problem.orders(field).get(name, 0) != 2:
                    continue
                length = upper[at] - lower[at]
                first, second = (_along(row, field, a, len(own), times) for times in (1, 2))
                here = np.abs(second) > 0
                if not here.any():
                    continue
                second, first = second[here], np.broadcast_to(first, here.shape)[here]
                zeroth = np.broadcast_to(value, here.shape)[here] / second
                ratio = float((np.abs(first / second) * length).max())
                wave = float(np.sqrt(np.maximum(zeroth, 0.0).max()) * length / (2 * math.pi))
                fall = float(np.sqrt(np.maximum(-zeroth, 0.0).max()) * length)
                peclet, wavelengths = max(peclet, ratio), max(wavelengths, wave)
                layer = min(layer, 1 / max(ratio, fall, 1.0))
    return peclet, layer, wavelengths


def _along(row: dict[Slot, np.ndarray], field: str, axis: int, dimension: int, times: int) -> np.ndarray:
    total = np.zeros(len(next(iter(row.values()))))
    for (f, index), coefficients in row.items():
        if f != field:
            continue
        if isinstance(index, Laplacian):
            total = total + coefficients * (times == 2 and axis in index.axes)
        elif index == tuple(times if a == axis else 0 for a in range(dimension)):
            total = total + coefficients
    return total


def _fastest(symbol: Symbol, waves: float) -> float:
    """The largest |Im sigma| of a wave of so many periods across the domain, along any direction."""
    found = [
        np.abs(np.imag(sigma)).max(initial=0.0)
        for k in symbol.directions()[::3]
        for sigma in symbol.roots(2 * math.pi * waves * k)
    ]
    return float(max(found, default=0.0))


def _growth(symbol: Symbol) -> float:
    """The largest Re sigma of any wave on the ladder, the mean over places."""
    directions = symbol.directions()[::6]
    means = [
        np.mean([np.real(sigma).max(initial=-np.inf) for sigma in symbol.roots(2 * math.pi * waves * k)])
        for waves in (0.0, *LADDER)
        for k in directions
    ]
    finite = [float(mean) for mean in means if np.isfinite(mean)]
    return max(0.0, *finite) if finite else 0.0


def _at_rest(governing: Governing) -> Rows:
    """The law linearised about fields that vanish; where that cannot be, about the sampled state."""
    rows = governing.rows({slot: np.zeros_like(values) for slot, values in governing.state.items()})
    if all(np.isfinite(values).all() for row in rows for values in row.values()):
        return rows
    return governing.rows(governing.state)
