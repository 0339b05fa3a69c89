"""What meshes miss: the highest Legendre coefficients of a field, element by element."""

from collections.abc import Iterable
from functools import reduce

import numpy as np

from ...calculus import zero
from ..places import ROUGH
from .discretisation import Discretisation
from .space import Mesh

RESOLVED = 0.01
"""The share of its highest Legendre coefficients up to which a mesh resolves a motion."""
ZERO = 1e-9
"""Beside another field, one that is smaller than so many times that is not resolved for itself."""


def tails(grid: Discretisation, states: Iterable[np.ndarray]) -> list[np.ndarray]:
    """By axis, for each element the largest of the two highest Legendre coefficients of any field in any of the
    states, relative to the largest value of the field: what a polynomial of one degree less would miss."""
    states = list(states)
    out = []
    for axis, mesh in enumerate(grid.meshes):
        shares = [_shares(grid, field, axis, states) for field in grid.spaces]
        worst = [share.reshape(mesh.elements, -1).max(axis=1) for share in shares]
        out.append(reduce(np.maximum, worst, np.zeros(mesh.elements)))
    return out


def unresolved(grid: Discretisation, state: np.ndarray) -> str:
    """What varies within less than an element, in one sentence; empty where nothing does. Elements at corners, and
    where places meet at which conditions jump, are left out: there a solution may have no scale."""
    most = RESOLVED if len(grid.meshes) == 1 else ROUGH  # by a corner they shrink from element to element
    for field in grid.spaces:
        for axis, mesh in enumerate(grid.meshes):
            share = _shares(grid, field, axis, [state])
            others = [np.repeat(beside_jumps(m), m.gauss) for a, m in enumerate(grid.meshes) if a != axis]
            meeting = reduce(np.add.outer, (a.astype(int) for a in (beside_jumps(mesh), *others)))
            worst = float(np.where(meeting > 1, 0.0, share).max())
            if worst > most:
                return (
                    f"{field} changes along {mesh.name} within less than an element of the finest mesh, as in a thin "
                    f"layer: its highest Legendre coefficients are {worst:.0%} of its largest value."
                )
    return ""


def beside_jumps(mesh: Mesh) -> np.ndarray:
    """The elements at an end, and beside the places where conditions jump."""
    out = np.zeros(mesh.elements, bool)
    if not mesh.periodic:
        out[[0, -1]] = True
    for at in np.searchsorted(mesh.breakpoints, mesh.fixed):
        out[[at - 1, at]] = True
    return out


def _shares(grid: Discretisation, field: str, axis: int, states: list[np.ndarray]) -> np.ndarray:
    """Of each element along one axis, at the Gauss points of the others: shape (elements, places, ...). A field that
    is zero up to `ZERO`, beside others, is measured by these."""
    mesh, block = grid.meshes[axis], grid.blocks[field, 0]
    count = grid.spaces[field][axis].degree + 1
    nodes, _ = np.polynomial.legendre.leggauss(count)
    axes = [mesh.within(count) if a == axis else m.gauss_points for a, m in enumerate(grid.meshes)]
    tensor = grid.tensor(field, zero(len(grid.problem.fields[field])), axes)
    transform = np.linalg.inv(np.polynomial.legendre.legvander(nodes, count - 1))[-2:]
    most = max(float(np.abs(s[grid.blocks[f, 0].part]).max()) for f in grid.spaces for s in states)
    scale, highest = ZERO * most, np.zeros(())
    for state in states:
        values = (tensor @ state[block.part]).reshape([len(a) for a in axes])
        scale = max(scale, float(np.abs(values).max()))
        along = np.moveaxis(values, axis, 0).reshape(mesh.elements, count, *np.delete(values.shape, axis))
        highest = np.maximum(highest, np.abs(np.tensordot(along, transform, (1, 1))).max(axis=-1))
    return highest / (scale or 1.0)
