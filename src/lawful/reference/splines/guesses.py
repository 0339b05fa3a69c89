"""States to start Newton's method from: zero, and smooth fields that take on what the walls prescribe."""

from collections.abc import Iterator

import numpy as np
import scipy.sparse as sp

from ...sizes import field_sizes
from .._base import Unsolved
from ..sparse import Sparse, factorised
from .system import System

SCREENING = 1e-2
"""Share of a field itself in the operator that extends it, for one that no wall holds."""
BULGE = 8.0
"""The second derivative of a parabola of height 1 over an interval of length 1."""


def guesses(system: System) -> Iterator[np.ndarray]:
    """Zero; where the equations are not affine, also the smooth extension of what the conditions ask for, that
    with a bulge upwards or downwards as high as the fields are expected to be, and that with a slant."""
    yield np.zeros(system.grid.size)
    if system.affine:
        return
    plain, slant = np.zeros(system.grid.size), _slant(system)
    for bulge in (0.0, 1.0, -1.0):
        state = extension(system, bulge)
        if state is not None:
            plain = plain if bulge else state
            yield state
    yield plain + slant
    yield plain - slant


def extension(system: System, bulge: float | np.ndarray) -> np.ndarray | None:
    """The fields that solve, for each, sum_a (-1)^(d/2) l_a^d d^d u / da^d + u / 100 = 8 bulge size(u), d the number of
    conditions along axis a and l_a its length, with the conditions made affine at zero; None where they
    determine none. A bulge is a number, or one at each Gauss point."""
    grid, zero = system.grid, np.zeros(system.grid.size)
    sizes = field_sizes(system.problem)
    operators, sources = [], []
    for field in system.problem.fields:
        operator = _operator(system, field)
        operators.append(operator)
        sources.append(np.broadcast_to(BULGE * bulge * sizes[field], operator.shape[:1]))
    ends: Sparse = sp.csr_array(system.equations.matrix(system.equations.jacobians(0.0, zero, zero)[0]))
    matrix: Sparse = sp.vstack([sp.block_diag(operators, format="csr"), ends[system.interior :]]).tocsc()
    right = np.concatenate([*sources, -system.equations.residual(0.0, zero, zero)[system.interior :]])
    if matrix.shape[0] != grid.size or not np.isfinite(right).all():
        return None
    try:
        found = factorised(matrix)(right)
    except Unsolved:
        return None
    return found if np.isfinite(found).all() else None


def _operator(system: System, field: str) -> Sparse:
    grid, gauss = system.grid, system.grid.gauss
    names = system.problem.fields[field]
    out = SCREENING * grid.tensor(field, (0,) * len(names), gauss).matrix
    for mesh, space in zip(grid.meshes, grid.spaces[field], strict=True):
        order = 2 if mesh.periodic else space.conditions
        if order:
            index = tuple(order * (name == mesh.name) for name in names)
            length = mesh.breakpoints[-1] - mesh.breakpoints[0]
            out = out + (-1) ** (order // 2) * length**order * grid.tensor(field, index, gauss).matrix
    return out.tocsr()


def _slant(system: System) -> np.ndarray:
    """Fields that rise linearly from 0 to their sizes along the diagonal."""
    grid, sizes = system.grid, field_sizes(system.problem)
    out = np.zeros(grid.size)
    for field, spaces in grid.spaces.items():
        total = np.zeros([space.size for space in spaces])
        for axis, space in enumerate(spaces):
            if not space.mesh.periodic:
                low, high = space.mesh.breakpoints[0], space.mesh.breakpoints[-1]
                x = np.linspace(low, high, 4 * space.size)
                line = np.linalg.lstsq(space.matrix(x).toarray(), (x - low) / (high - low))[0]
                total += np.moveaxis(line.reshape(-1, *[1] * (len(spaces) - 1)), 0, axis)
        out[grid.blocks[field, 0].part] = sizes[field] / max(len(spaces), 1) * total.ravel()
    return out
