"""Whether laws and conditions that zero satisfies have no other solution, as at a resonance they have."""

import numpy as np

from ...problem import Problem
from .._base import Undetermined
from ..sparse import factorised
from .meshes import scaled, tails
from .space import Mesh
from .system import System

FINER = {1: (1.0, 2.0, 4.0), 2: (1.0, 1.5, 2.25), 3: (1.0, 1.5)}
"""Meshes on which a problem is looked at, by number of axes."""
ENORMOUS = 1e6
"""Terms of a law that are so much larger than its source and cancel."""
GROWTH = 30.0
"""Of such terms from one mesh to the next finer one, from the square root of ENORMOUS on: they converge to nothing."""
RESOLVED = 0.01
"""Of a motion, the share of its highest Legendre coefficients up to which a mesh resolves it."""
ROUNDING = 1e-13


def refuse_resonance(problem: Problem, meshes: list[Mesh]) -> None:
    """Raises `Undetermined` where zero solves the problem, and other states all but do.

    Each law in turn is given a smooth source of size 1, the equations made affine at zero are solved, and the
    terms of that law compared with the source. At a resonance, terms that cancel are limited by the error of the
    discretisation alone: they are enormous, or grow from mesh to mesh. Only motions that a mesh resolves count, so
    that a layer too thin for it is not taken for one.
    """
    if not _solved_by_zero(System(problem, meshes)):
        return
    before = np.inf
    for factor in FINER[len(meshes)]:
        system = System(problem, scaled(meshes, factor))
        size = _cancelling(system)
        if size is None:
            continue
        if size > ENORMOUS or (size > np.sqrt(ENORMOUS) and size > GROWTH * before):
            raise Undetermined(
                f"the laws and conditions do not determine one solution of {problem.name}: zero satisfies them, and "
                "so do motions that are in resonance with them."
            )
        before = size


def _solved_by_zero(system: System) -> bool:
    """Up to rounding."""
    zero = np.zeros(system.grid.size)
    sizes = np.asarray(abs(system.jacobian(zero)).max(axis=1).todense()).ravel()
    return bool((np.abs(system.residual(zero)) <= ROUNDING * sizes).all())


def _cancelling(system: System) -> float | None:
    """The largest mean of a law's terms, relative to a source of that law; None where no response is resolved."""
    zero = np.zeros(system.grid.size)
    solve = factorised(system.jacobian(zero))
    worst, at = 0.0, 0
    for rows, statement, entries in system.equations.statements[: len(system.laws)]:
        right = np.zeros(system.grid.size)
        right[at : at + rows.count] = _source(system, statement.points)
        for pin in system.pins:
            right[pin.row] = 0.0
        response = solve(right)
        at += rows.count
        if max(float(t.max()) for t in tails(system.grid, [response])) > RESOLVED:
            continue
        slopes = statement.slopes(np.zeros((len(statement.slots), rows.count)))[rows.term]
        terms = [slopes[e.slot] * (e.matrix @ response[e.block.part]) for e in entries[0]]
        worst = max(worst, *(float(np.mean(np.abs(term))) for term in terms))
    return worst or None


def _source(system: System, points: np.ndarray) -> np.ndarray:
    """Of mean size about 1, and orthogonal to no mode of the box: exp of a multiple of each coordinate."""
    out = np.ones(len(points))
    for number, mesh in enumerate(system.grid.meshes):
        column = points[:, system.problem.domain.coordinates.index(mesh.name)]
        low, high = mesh.breakpoints[0], mesh.breakpoints[-1]
        share = (column - low) / (high - low)
        wave = np.sin(2 * np.pi * share) + np.cos(2 * np.pi * share)
        out *= np.exp(wave if mesh.periodic else (0.7 + 0.2 * number) * (share - 0.5))
    return out
