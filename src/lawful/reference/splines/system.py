"""The equations of a steady problem on given meshes, and their matrix."""

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ...problem import Problem
from ..applicability import orders_in_time
from ..sides import joined_axes, sides_of
from ..sparse import Sparse
from .discretisation import Discretisation, Rows
from .equations import Equations
from .pins import Pinned, pins_of
from .space import Mesh
from .weights import shared_corners, weights_of

SAME = 1e-9
"""The relative difference of slopes at several states up to which equations are affine."""


class System:
    """As many equations as coefficients: laws at the Gauss points, conditions at the ends, pins in between."""

    def __init__(self, problem: Problem, meshes: Sequence[Mesh]):
        self.problem = problem
        orders, sides, joined = orders_in_time(problem), sides_of(problem), joined_axes(problem)
        self.grid = Discretisation(problem, meshes, orders, sides, joined, weights_of(problem))
        self.laws = self.grid.laws()
        self.ends: list[Rows] = [rows for field in problem.fields for _, rows in self.grid.ends(field)]
        if self.grid.weights is not None:
            for corner in shared_corners(problem, self.grid.weights):
                places = zip(self.grid.meshes, corner.ends, strict=True)
                axes = tuple(mesh.beside(end, 1) for mesh, end in places)
                self.ends.append(Rows(corner.side.bound, corner.side.term, 0, axes))
        self.equations = Equations(self.grid, [*self.laws, *self.ends], identities=False)
        self.pins = pins_of(problem, self.grid, self.equations)
        self._pinned = Pinned(self.equations, self.pins) if self.pins else self.equations

    @property
    def interior(self) -> int:
        """The number of equations that laws give; they come first."""
        return sum(rows.count for rows in self.laws)

    def residual(self, y: np.ndarray) -> np.ndarray:
        return self._pinned.residual(0.0, y, y)

    def jacobian(self, y: np.ndarray) -> Sparse:
        return self._pinned.matrix(self._pinned.jacobians(0.0, y, y)[0])

    @cached_property
    def affine(self) -> bool:
        """Whether all equations are, as their slopes at several states tell."""
        rng = np.random.default_rng(5)
        states = [np.zeros(self.grid.size), *rng.uniform(-1, 1, (2, self.grid.size))]
        first, *others = (self.equations.jacobians(0.0, y, y)[0] for y in states)
        if not np.isfinite(first).all():
            return False
        return all(np.abs(other - first).max() <= SAME * np.abs(first).max() for other in others)
