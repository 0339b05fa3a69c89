"""Finite elements of second degree on triangles and tetrahedra, from the strong form of a problem."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Undetermined, Unsolved
from .assembly import jacobian_of, residual_of
from .boundary import Mismatch
from .determinacy import refuse_resonance
from .discretised import discretised
from .locate import Locator
from .multigrid import multigrid
from .newton import Borders, continued, solved
from .spaces import Integral, Spaces, shapes_at
from .statement import Statement, stated
from .tetrahedra import Tetrahedra
from .walk import Walk

PATHS = 1
"""The finest level on which a path to the solution of nonlinear laws is followed."""


@dataclass
class Piecewise(AbstractNumerical):
    """Continuous piecewise polynomials, one vector of coefficients for all fields."""

    names: tuple[str, ...]
    spaces: Spaces
    x: np.ndarray
    locator: Locator | Walk

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        triangles, reference = self.locator.find(np.asarray(points, float))
        shapes = {d: shapes_at(d, reference)[0] for d in set(self.spaces.degrees)}
        return {
            name: (self.x[self.spaces.dofs(field, triangles)] * shapes[self.spaces.degrees[field]]).sum(
                axis=0
            )
            for field, name in enumerate(self.names)
        }


class FiniteElements(AbstractSolver):
    """Steady second-order laws in the plane and in space: quadratic triangles or tetrahedra, linear ones for fields of
    first order such as a pressure (Taylor and Hood), Newton's method.

    The order of convergence is 3 in values, 2 at a field of first order. In the plane meshes are graded at corners so
    that it stays, and the cost is that of a sparse factorisation, n^1.5 for n unknowns. In space meshes meet the planes
    at which laws jump, and are not graded: at an edge inside whose angle w is beyond 90 degrees the order falls to
    pi / w. Linear systems are solved by GMRES behind a multigrid cycle, which takes little more than n, and fields
    of first order are refused. Flow that carries much
    faster than it diffuses is not stabilised: the levels then do not come together. Of several solutions of a
    nonlinear law, the one that Newton's method reaches from the mean of the given values is taken.
    """

    method: str = "finite elements"
    refinement: float = 2.0
    order: float = 3.2
    growth: tuple[float, ...] = (1.0, 2.0, 3.0, 3.2)  # in space a Krylov method takes little more than n

    def refuses(self, problem: Problem) -> str | None:
        if problem.domain.time is not None:
            return "it takes steady laws; those in time are marched."
        try:
            stated(problem)
        except Mismatch as reason:
            return str(reason)
        return None

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        statement = stated(problem)
        if not statement.pins and len(problem.domain.space) == 2:
            refuse_resonance(problem)
        now: Piecewise | None = None
        for number in range(level if statement.affine else 0, level + 1):
            try:
                now = _at_level(statement, number, now)
            except Unsolved:
                if number == level:
                    raise
        assert now is not None
        return now


def _at_level(statement: Statement, level: int, start: Piecewise | None) -> Piecewise:
    found = discretised(statement, level)
    spaces, terms = found.spaces, found.terms
    names = tuple(statement.problem.fields)
    x = np.zeros(spaces.size)
    if start is not None:
        nodes = start.evaluate(spaces.mesh.doflocs.T)
        for group, name in zip(spaces.groups, names, strict=True):
            x[group] = nodes[name][: group.stop - group.start]
    given = found.given()[0]
    if start is None:
        for group in spaces.groups:
            known = given[(found.held >= group.start) & (found.held < group.stop)]
            x[group] = known.mean() if len(known) else 0.0
    x[found.held] = given
    borders = _borders(statement, spaces, terms[0].integral, found.locator)
    # a path is followed on coarse meshes alone: finer ones start from their solution
    method = continued if start is None and level <= PATHS and not statement.affine else solved
    reached, multipliers = method(
        lambda x: residual_of(terms, x),
        lambda x: jacobian_of(terms, x),
        x,
        fixed=found.held,
        borders=borders,
        groups=spaces.groups,
        linear=multigrid(spaces, found.mesh, found.held) if isinstance(found.mesh, Tetrahedra) else None,
    )
    if len(multipliers):
        _check_balance(statement, level, residual_of(terms, x), multipliers, borders, spaces.groups)
    return Piecewise(names, spaces, reached, found.locator)


def _borders(statement: Statement, spaces: Spaces, interior: Integral, locator: Locator | Walk) -> Borders:
    """For each pinned value what the field is at the place, from its coefficients; its multiplier is an even source
    in the equation of the field, which takes up what quadrature leaves unbalanced."""
    rows = sparse.lil_matrix((len(statement.pins), spaces.size))
    columns = np.zeros((spaces.size, len(statement.pins)))
    for number, pin in enumerate(statement.pins):
        triangles, reference = locator.find(pin.place[None, : spaces.dimension])
        dofs = spaces.dofs(pin.field, triangles)[:, 0]
        rows[number, dofs] = shapes_at(spaces.degrees[pin.field], reference)[0][:, 0]
        local = interior.locals[pin.field]
        np.add.at(
            columns[:, number], local.dofs, (local.shapes[..., 0] * interior.weights[..., None]).sum(axis=1)
        )
    return Borders(sparse.csr_matrix(rows), columns, np.array([pin.value for pin in statement.pins]))


def _check_balance(
    statement: Statement,
    level: int,
    residual: np.ndarray,
    multipliers: np.ndarray,
    borders: Borders,
    groups: list[slice],
) -> None:
    """Refuse a source of notable size, which only an equation without balance needs."""
    for pin, multiplier, column in zip(statement.pins, multipliers, borders.columns.T, strict=True):
        whole = float(np.abs(residual[groups[pin.field]]).sum())
        if abs(multiplier) * np.abs(column).sum() > max(0.1 / 4**level, 1e-6) * whole + 1e-12:
            name = tuple(statement.problem.fields)[pin.field]
            # a coarse mesh may not see a curved boundary well enough
            raise (Undetermined if level else Unsolved)(
                f"There is no solution: what flows in through the boundary and what the law for {name} produces do "
                "not balance."
            )
