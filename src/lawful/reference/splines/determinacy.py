"""Whether laws and conditions determine a solution, as at a resonance they do not."""

import numpy as np

from ...problem import Problem
from .._base import Undetermined, Unsolved
from ..sparse import factorised
from .meshes import scaled
from .space import Mesh
from .system import System
from .tails import RESOLVED, tails

FINER = {1: (1.0, 2.0, 4.0), 2: (1.0, 1.5, 2.25), 3: (1.0, 1.5)}
"""Meshes on which a problem is looked at, by number of axes."""
LARGE, ENORMOUS, INFINITE = 1e3, 1e6, 1e12
"""Terms of a law that are so much larger than its source and cancel: they tell of a resonance if they grow much, grow,
and in any case."""
MUCH, SETTLED = 30.0, 4.0
"""Of such terms, from one mesh to the next finer one: if they grow by more, they converge to nothing."""
FRAGILE = 1e9
"""Of a law that is not affine: no solution is believed if a change of one part in so many moves it as a whole."""
ROUNDING = 1e-13


def refuse_resonance(problem: Problem, meshes: list[Mesh]) -> None:
    """Raises `Undetermined` where other motions all but solve laws that are affine, or that zero solves.

    Each law in turn is given a smooth source of size 1, the equations made affine at zero are solved, and the
    terms of that law compared with the source. At a resonance, terms that cancel are limited by the error of the
    discretisation alone: they are enormous, and grow from mesh to mesh. Only motions that a mesh resolves count, so
    that a layer too thin for it is not taken for one.
    """
    first = System(problem, meshes)
    nothing = _solved_by_zero(first)
    if not (nothing or first.affine):
        return
    before = ENORMOUS / SETTLED if nothing else np.inf
    for factor in FINER[len(meshes)]:
        system = first if factor == 1 else System(problem, scaled(meshes, factor))
        size = response(system, np.zeros(system.grid.size))
        if size is None:
            continue
        grows, explodes = size > SETTLED * before, size > MUCH * before
        if size > INFINITE or (size > ENORMOUS and grows) or (size > LARGE and explodes):
            raise Undetermined(
                f"the laws and conditions do not determine one solution of {problem.name}: zero satisfies them, and "
                "so do motions that are in resonance with them."
                if nothing
                else f"the laws and conditions do not determine one solution of {problem.name}: there are motions in "
                "resonance with them, by which solutions may differ, or because of which there is none."
            )
        before = size


def refuse_fragile(system: System, state: np.ndarray) -> None:
    """Raises `Undetermined` where a solution of laws that are not affine hangs by a thread: a source as that of
    `refuse_resonance` moves it by FRAGILE times as much, and errors of the discretisation decide which one is found."""
    size = None if system.affine else response(system, state)
    if size is not None and size > FRAGILE:
        raise Undetermined(
            f"the laws and conditions hardly determine the solution of {system.problem.name}: a change of a law by one "
            f"part in {size:.0e} moves it as a whole, as where walls hold a layer in its place from far away."
        )


def response(system: System, state: np.ndarray) -> float | None:
    """The largest mean of a law's terms, made affine at a state, relative to a source of that law; None where no
    response is resolved."""
    worst, at = 0.0, 0
    try:
        solve = factorised(system.jacobian(state))
    except Unsolved:
        return None
    for rows, statement, entries in system.equations.statements[: len(system.laws)]:
        right = np.zeros(system.grid.size)
        right[at : at + rows.count] = _source(system, statement.points)
        for pin in system.pins:
            right[pin.row] = 0.0
        moved = solve(right)
        at += rows.count
        if not max(float(t.max()) for t in tails(system.grid, [moved])) <= RESOLVED:
            continue
        slots = system.equations.slots(entries[0], rows.count, state, np.zeros_like(state))
        slopes = statement.slopes(slots)[rows.term]
        terms = [slopes[e.slot] * (e.tensor @ moved[e.block.part]) for e in entries[0]]
        worst = max(worst, *(float(np.mean(np.abs(term))) for term in terms))
    return worst or None


def _solved_by_zero(system: System) -> bool:
    """Up to rounding."""
    zero = np.zeros(system.grid.size)
    sizes = np.asarray(abs(system.jacobian(zero)).max(axis=1).todense()).ravel()
    return bool((np.abs(system.residual(zero)) <= ROUNDING * sizes).all())


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
