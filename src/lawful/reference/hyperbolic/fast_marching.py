"""Arrival times |∇u| = f by fast marching, from a front on the walls."""

import numpy as np
import skfmm
from scipy.interpolate import RegularGridInterpolator

from ...domain import Box
from ...problem import Problem
from .._base import AbstractNumerical, AbstractSolver, Norm, Unsolved
from .eikonal import front, lengths, why_no_eikonal, why_no_front
from .prescribed import prescribed

COARSEST = {1: 200, 2: 64, 3: 16}
"""Intervals along the longest side at level 0, by dimension."""


class FastMarching(AbstractSolver):
    """The viscosity solution of a law of |∇u| and place, in up to three dimensions, by scikit-fmm.

    u grows from the front, the walls where its value is prescribed, by the least of all path integrals of f, where
    f(x) is the length of the gradient at which the law vanishes; of the two solutions, which both are met by a law of
    |∇u|, this is the one that grows (chosen). Walls where nothing is prescribed let paths out. Differences of second
    order (Sethian 1999, SIAM Review 41), first order where two fronts meet. Values between nodes are linear.
    """

    method: str = "fast marching"
    refinement: float = 2.0
    norm: Norm = "max"

    def refuses(self, problem: Problem) -> str | None:
        return why_no_eikonal(problem) or why_no_front(problem)

    def solve(self, problem: Problem, level: int) -> AbstractNumerical:
        domain = problem.domain
        assert isinstance(domain, Box)
        value, faces = front(problem)
        sides = [b - a for a, b in map(domain.interval, domain.space)]
        finest = COARSEST[len(sides)] * 2**level
        counts = [max(8, round(finest * side / max(sides))) for side in sides]
        axes = [np.linspace(*domain.interval(c), n + 1) for c, n in zip(domain.space, counts, strict=True)]
        grid = np.meshgrid(*axes, indexing="ij")
        slowness = lengths(problem)(np.stack([g.ravel() for g in grid], axis=1)).reshape(grid[0].shape)
        ahead = np.ones(grid[0].shape)
        for c, side in faces:
            edge = np.moveaxis(ahead, domain.space.index(c), 0)
            edge[-1 if side == "upper" else 0] = 0.0
        widths = [side / n for side, n in zip(sides, counts, strict=True)]
        joined = prescribed(problem).periodic
        periodic = [c in joined for c in domain.space]
        time = skfmm.travel_time(ahead, 1 / slowness, dx=widths, order=2, periodic=periodic)  # pyright: ignore[reportArgumentType]
        if np.ma.isMaskedArray(time) and np.ma.getmaskarray(time).any():
            raise Unsolved("The front does not reach the whole domain.")
        return Arrival(axes, value + np.asarray(time), *problem.fields)


class Arrival(AbstractNumerical):
    """Values at the nodes of a grid, linear between them."""

    def __init__(self, axes: list[np.ndarray], values: np.ndarray, field: str):
        self.field = field
        self._read = RegularGridInterpolator(axes, values, method="linear")

    def evaluate(self, points: np.ndarray) -> dict[str, np.ndarray]:
        return {self.field: self._read(points)}
