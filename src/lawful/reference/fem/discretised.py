"""A statement on a mesh: integrals over its cells and its boundary, and the coefficients that are given."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .assembly import Term, timed
from .locate import Locator
from .mesh import Triangulation, graded
from .spaces import Spaces
from .statement import Statement, Stretch
from .tetmesh import TetMesh
from .tetrahedra import Tetrahedra
from .walk import Walk

MOST = 16
"""As often as triangles at a corner are ever halved."""


@dataclass(frozen=True)
class Given:
    """Places on stretches of one kind where values are given, and by field which coefficients they are: `dofs`
    (places, fixed), -1 where a field has none there."""

    stretch: Stretch
    places: np.ndarray
    normals: np.ndarray
    dofs: np.ndarray


@dataclass(frozen=True)
class Discretised:
    """Spaces on the mesh of a level, the terms of the weak form, and what is given."""

    statement: Statement
    mesh: Triangulation | Tetrahedra
    spaces: Spaces
    locator: Locator | Walk
    terms: tuple[Term, ...]
    givens: tuple[Given, ...]

    @cached_property
    def held(self) -> np.ndarray:
        """The coefficients that are given."""
        return np.unique(self._numbers[self._numbers >= 0])

    @cached_property
    def _numbers(self) -> np.ndarray:
        return np.concatenate([np.zeros(0, int), *(given.dofs.ravel() for given in self.givens)])

    def given(self, time: float = 0.0) -> np.ndarray:
        """Their values (1, held), in time with two derivatives (3, held); where stretches meet and disagree, the
        mean."""
        axis = self.statement.axis
        parts = [
            np.moveaxis(g.stretch.fixed(timed(g.places, axis, time), g.normals), 1, 0) for g in self.givens
        ]
        orders = 1 if axis is None else 3
        values = np.concatenate([np.zeros((orders, 0)), *(p.reshape(orders, -1) for p in parts)], axis=1)
        there = self._numbers >= 0
        at = np.searchsorted(self.held, self._numbers[there])
        count = len(self.held)
        sums = np.stack([np.bincount(at, weights=v, minlength=count) for v in values[:, there]])
        return sums / np.bincount(at, minlength=count)


def discretised(statement: Statement, level: int, most: int = MOST) -> Discretised:
    """The statement on the mesh of a level; triangles at corners are halved `most` times more than others at most."""
    mesh = _refined(statement, level, most)
    spaces = Spaces(mesh.quadratic(), statement.degrees)
    locator = Walk(spaces.mesh) if isinstance(spaces.mesh, TetMesh) else Locator(spaces.mesh)
    axis = statement.axis
    terms = [Term(spaces.interior(), statement.interior, statement.tested, axis)]
    givens = []
    for stretch in dict.fromkeys(statement.stretches):
        facets = _facets(mesh, statement, stretch)
        if stretch.kinds.free:
            terms.append(Term(spaces.edges(facets), stretch.flux, stretch.kinds.free, axis))
        if stretch.kinds.fixed:
            places, normals = spaces.edge_nodes(facets)
            dofs = np.full((*places.shape[:2], len(stretch.kinds.fixed)), -1)
            for at, field in enumerate(stretch.kinds.fixed):
                own = spaces.edge_dofs(field, facets)
                dofs[:, : own.shape[1], at] = own
            flat, normal = (array.reshape(-1, array.shape[-1]) for array in (places, normals))
            givens.append(Given(stretch, flat, normal, dofs.reshape(len(flat), -1)))
    return Discretised(statement, mesh, spaces, locator, tuple(terms), tuple(givens))


def _refined(statement: Statement, level: int, most: int) -> Triangulation | Tetrahedra:
    if isinstance(statement.coarsest, Triangulation):
        extra = {vertex: min(times, most) for vertex, times in statement.extra.items() if most}
        return graded(statement.coarsest, level, extra)
    now = statement.coarsest
    for _ in range(level):
        now = now.refined()
    return now


def _facets(mesh: Triangulation | Tetrahedra, statement: Statement, stretch: Stretch) -> np.ndarray:
    """The facets of the pieces of the boundary on which a stretch's laws hold."""
    curves = [number for number, other in enumerate(statement.stretches) if other is stretch]
    return mesh.facets[np.isin(mesh.curve, curves)]
