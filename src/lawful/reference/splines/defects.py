"""How far laws are met between the points at which they are collocated."""

from collections.abc import Iterator

import numpy as np

from ..places import ROUGH
from .discretisation import Rows
from .equations import Equations
from .system import System
from .tails import beside_jumps

ROUNDING = 1e-9
"""Terms of a law that are smaller, relative to the fields, tell nothing."""


def defects(system: System, state: np.ndarray) -> list[np.ndarray]:
    """By axis, for each element the largest residual of any law at further points, relative to the largest sum of the
    sizes of the law's terms: 1 where a source is so narrow that no Gauss point has seen it."""
    out = [np.zeros(m.elements) for m in system.grid.meshes]
    for _, share in _shares(system, state):
        for axis, sizes in enumerate(out):
            np.maximum(sizes, share.max(axis=tuple(a for a in range(share.ndim) if a != axis)), out=sizes)
    return out


def unmet(system: System, state: np.ndarray) -> str:
    """Which law does not hold between Gauss points, in one sentence; empty where all do. Elements at an end, and beside
    places where conditions jump, are left out: laws may be singular there."""
    inside = np.ones([m.elements for m in system.grid.meshes], bool)
    for axis, mesh in enumerate(system.grid.meshes):
        inside &= ~np.expand_dims(
            beside_jumps(mesh), tuple(a for a in range(len(system.grid.meshes)) if a != axis)
        )
    for term, share in _shares(system, state):
        worst = float(share[inside].max(initial=0.0))
        if worst > ROUGH:
            return (
                f"{term} is not met between the points at which it is solved, by {worst:.0%} of its terms, as where a "
                "source is narrower than an element of the finest mesh."
            )
    return ""


def _shares(system: System, state: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """By law, of each element the largest residual at further points as a share of the law's terms at their largest."""
    grid = system.grid
    axes = tuple(m.within(m.gauss + 1) for m in grid.meshes)
    bounds = [b for b in system.problem.conditions.values() if b.governs]
    rows = [Rows(b, k, 0, axes) for b in bounds for k in range(len(b.terms))]
    equations = Equations(grid, rows, identities=False)
    still = np.zeros_like(state)
    left, sources = (np.abs(equations.residual(0.0, y, still)) for y in (state, still))
    shape, at = [n for m in grid.meshes for n in (m.elements, m.gauss + 1)], 0
    for own, statement, entries in equations.statements:
        here = slice(at, at + own.count)
        at += own.count
        slots = equations.slots(entries[0], own.count, state, still)
        terms = np.abs(statement.slopes(slots)[own.term] * slots).sum(axis=0) + sources[here]
        worst = left[here].reshape(shape).max(axis=tuple(range(1, len(shape), 2)))
        # what is all rounding, as the divergence of a constant flux, is met
        largest = max(float(np.abs(state[e.block.part]).max()) for e in entries[0]) if entries[0] else 0.0
        yield own.bound.terms[own.term], worst / (max(float(terms.max()), ROUNDING * largest) or 1.0)
