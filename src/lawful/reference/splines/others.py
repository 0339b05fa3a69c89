"""Whether laws that are not affine have other solutions than the one that was found."""

import time
from collections.abc import Iterator

import numpy as np

from ...problem import Problem
from ...sizes import field_sizes
from .._base import Unsolved
from ..patience import impatient
from .guesses import extension
from .meshes import scaled
from .newton import newton
from .system import System
from .tails import RESOLVED, tails

HEIGHTS, WAVES = (1.0, 3.0, 10.0, 30.0, 100.0), (1, 2, 3)
"""Of the bulges from which others are sought, in sizes of the fields, and how many half waves these have."""
LOOKING = 0.02
"""Of the seconds that all resolutions may take, those after which no other start is tried."""
APART, ZERO, FINER, AGREED = 0.05, 1e-3, 1.5, 0.05
"""The difference from which on two solutions are two, relative to the larger one, or to this share of the field's size
where both are smaller; the finer mesh on which another is confirmed, and the share of that difference by which it may
move there."""


def remark_on_others(problem: Problem, system: System, state: np.ndarray) -> str:
    """One sentence on the first other solution that Newton's method finds from other starts, in one coordinate; empty
    where it finds none. A solution counts if a finer mesh has it as well."""
    if len(system.grid.meshes) > 1 or system.affine:
        return ""
    began, sizes = time.process_time(), field_sizes(problem)
    points = system.grid.points(system.grid.gauss)
    here = system.grid.on_points(state, points)
    finer = System(problem, scaled(system.grid.meshes, FINER))
    for start in _starts(system):
        if impatient(began, LOOKING):
            break
        try:
            root = newton(system.residual, system.jacobian, start, problem.name)
            there = system.grid.on_points(root, points)
            shares = {f: _share(there[f], here[f], ZERO * sizes[f]) for f in here}
            field = max(shares, key=shares.__getitem__)
            if shares[field] < APART or max(s.max() for s in tails(system.grid, [root])) > RESOLVED:
                continue
            again = newton(finer.residual, finer.jacobian, finer.grid.taken(system.grid, root), problem.name)
        except Unsolved:
            continue
        apart = float(np.abs(there[field] - here[field]).max())
        if np.abs(finer.grid.on_points(again, points)[field] - there[field]).max() <= AGREED * apart:
            return (
                f"The law has other solutions, such as one from which {field} differs by up to {apart:.2g}."
            )
    return ""


def _share(a: np.ndarray, b: np.ndarray, least: float) -> float:
    """The largest difference, relative to the largest value."""
    return float(np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max(), least))


def _starts(system: System) -> Iterator[np.ndarray]:
    """What the walls prescribe, extended smoothly, with bulges of one half wave or more, upward and downward."""
    (mesh,) = system.grid.meshes
    low, high = mesh.breakpoints[0], mesh.breakpoints[-1]
    share = (system.grid.points(system.grid.gauss)[:, 0] - low) / (high - low)
    for height in HEIGHTS:
        for waves in WAVES:
            for sign in (1.0, -1.0):
                start = extension(system, sign * height * waves**2 * np.sin(waves * np.pi * share))
                if start is not None:
                    yield start
