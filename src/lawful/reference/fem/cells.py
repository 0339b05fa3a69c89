"""The triangle and the tetrahedron: corners, edges, polynomials and quadrature on the reference simplex."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import skfem
from skfem.quadrature import get_quadrature
from skfem.refdom import RefLine, RefTet, RefTri


@dataclass(frozen=True)
class Simplex:
    """The reference simplex with a corner at the origin and one on each axis.

    `corners` (d, d + 1); `edges` (edges, 2) the corners at the ends of its edges, in scikit-fem's order; `elements`
    its Lagrange elements by degree; `within` and `across` rules of quadrature, places (d, q) and weights (q,), on
    the simplex and on the simplex of one dimension less.
    """

    corners: np.ndarray
    edges: np.ndarray
    elements: dict[int, type]
    within: tuple[np.ndarray, np.ndarray]
    across: tuple[np.ndarray, np.ndarray]

    @property
    def middles(self) -> np.ndarray:
        """The middles of the edges: (d, edges)."""
        return self.corners[:, self.edges].mean(axis=2)

    def functions(self, degree: int) -> int:
        """How many basis functions a degree has."""
        return self.corners.shape[1] + (len(self.edges) if degree == 2 else 0)

    def edge_between(self) -> np.ndarray:
        """The number of the edge from corner i to corner j: (d + 1, d + 1)."""
        table = np.zeros((self.corners.shape[1],) * 2, int)
        for number, (one, other) in enumerate(self.edges):
            table[one, other] = table[other, one] = number
        return table


def _simplex(edges: list[list[int]], elements: dict[int, type], within: Any, across: Any) -> Simplex:
    dimension = within[0].shape[0]
    corners = np.concatenate([np.zeros((dimension, 1)), np.eye(dimension)], axis=1)
    return Simplex(corners, np.array(edges), elements, within, across)


SIMPLICES = {
    # polynomials up to degree 6 are integrated exactly on straight triangles, up to degree 4 on tetrahedra, where
    # rules of the next degrees have places on the facets, at which laws may jump
    2: _simplex(
        [[0, 1], [1, 2], [0, 2]],
        {1: skfem.ElementTriP1, 2: skfem.ElementTriP2},
        get_quadrature(RefTri, 6),
        get_quadrature(RefLine, 6),
    ),
    3: _simplex(
        [[0, 1], [1, 2], [0, 2], [0, 3], [1, 3], [2, 3]],
        {1: skfem.ElementTetP1, 2: skfem.ElementTetP2},
        get_quadrature(RefTet, 4),
        get_quadrature(RefTri, 5),
    ),
}
"""By dimension."""
