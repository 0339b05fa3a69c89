"""Meshes that follow a solution: elements are small where its highest Legendre coefficients are large."""

from collections.abc import Sequence

import numpy as np

from .space import Mesh

SHRINK, GROW = 0.05, 3.0
"""The most that an element may shrink, and grow, from one mesh to the next."""
NARROW = 0.125
"""The share of an element within which conditions may vary as much as they do in all."""
NEIGHBOURS = 2.0
"""The largest ratio of two neighbouring elements."""


def fitted(
    meshes: Sequence[Mesh], sizes: Sequence[np.ndarray], *, degrees: Sequence[int], target: float, most: float
) -> list[Mesh]:
    """Meshes on which the highest coefficients are all about `target`, of at most about `most` elements in all: where
    these do not suffice, axes that ask for few have what they ask for, the others share what is left."""
    loads = [
        _load(mesh, size, degree, target) for mesh, size, degree in zip(meshes, sizes, degrees, strict=True)
    ]
    counts = _allotted([float(load.sum()) for load in loads], most)
    return [_placed(mesh, load, count) for mesh, load, count in zip(meshes, loads, counts, strict=True)]


def _load(mesh: Mesh, sizes: np.ndarray, degree: int, target: float) -> np.ndarray:
    """How many new elements each old one asks for."""
    widths = np.diff(np.asarray(mesh.breakpoints))
    change = np.clip((target / np.maximum(sizes, 1e-300)) ** (1 / degree), SHRINK, GROW)
    return widths / _graded(widths * change, widths)


def _allotted(wanted: Sequence[float], most: float) -> list[float]:
    """min(wanted, c) with the largest c for which their product is at most `most`."""
    counts, left = list(wanted), most
    for k, axis in enumerate(np.argsort(wanted)):
        even = left ** (1 / (len(wanted) - k))
        counts[axis] = min(counts[axis], even)
        left /= counts[axis]
    return counts


def _placed(mesh: Mesh, load: np.ndarray, most: float) -> Mesh:
    share = min(1.0, most / float(load.sum()))
    parts, at = [], 0
    for edges in mesh.parts:
        own = np.concatenate([[0.0], np.cumsum(load[at : at + len(edges) - 1])])
        count = 4 * max(int(np.ceil(share * own[-1] / 4 - 1e-9)), 1)  # 4, 6, 9: steps of exactly 1.5
        places = np.interp(np.linspace(0, own[-1], count + 1), own, edges)
        places[[0, -1]] = edges[[0, -1]]
        parts.append(places)
        at += len(edges) - 1
    return mesh.replaced(parts)


def meeting(mesh: Mesh, places: np.ndarray, lengths: np.ndarray, *, most: float) -> Mesh:
    """An even mesh with small elements where conditions vary much within a small part of an element, `most` times as
    many at most, so that no pulse is between all points; `lengths`, between `places`, those over which they vary."""
    even = (mesh.breakpoints[-1] - mesh.breakpoints[0]) / mesh.elements
    if not (lengths < NARROW * even).any():
        return mesh
    widths = np.diff(places)
    load = widths / _graded(np.clip(lengths, widths, even), widths)
    share = min(1.0, most * mesh.elements / float(load.sum()))
    whole = np.concatenate([[0.0], np.cumsum(share * load)])
    parts = []
    for edges in mesh.parts:
        first, last = np.interp(edges[[0, -1]], places, whole)
        count = max(4 * int(np.ceil((last - first) / 4 - 1e-9)), len(edges) - 1)
        own = np.interp(np.linspace(first, last, count + 1), whole, places)
        own[[0, -1]] = edges[[0, -1]]
        parts.append(own)
    return mesh.replaced(parts)


def _graded(wanted: np.ndarray, widths: np.ndarray) -> np.ndarray:
    """Widths that grow by no more than NEIGHBOURS over an element of their own size."""
    wanted = wanted.copy()
    slope = NEIGHBOURS - 1
    for order in (range(1, len(wanted)), range(len(wanted) - 2, -1, -1)):
        step = 1 if order.step > 0 else -1
        for k in order:
            wanted[k] = min(wanted[k], wanted[k - step] + slope * widths[k - step])
    return wanted


def scaled(meshes: Sequence[Mesh], factor: float) -> list[Mesh]:
    """All meshes with `factor` times as many elements."""
    return [m if factor == 1 else m.refined(factor) for m in meshes]
