"""Laplace in a square with four holes, u = 1 on the square and 0 on the holes.

The square is [-0.5, 0.5]^2, the holes have the radius 0.1 and the centres (+-0.3, +-0.3): the Poisson problem of
complex geometry of Hao et al. (2023), PINNacle (arXiv 2306.08827).
"""

from typing import Any

from ..calculus import laplacian
from ..conditions import Boundary, Interior
from ..domain import Box, Disk
from ..problem import Problem
from ._checks import positive

TYPE = "elliptic, 2-D, linear"
AWAY = 0.3
LARGEST_RADIUS = 0.19
"""Holes that touch neither each other nor the square."""


def poisson_holes_law(u: Any) -> Any:
    """laplacian u"""
    return laplacian(u)


def poisson_holes(*, radius: float = 0.1) -> Problem:
    """A plate held warm at its edge and cold at four pipes.

    `radius` is that of the holes. Raises `ValueError` unless 0 < radius <= 0.19.
    """
    positive(radius=radius)
    if radius > LARGEST_RADIUS:
        raise ValueError(
            f"radius must be at most {LARGEST_RADIUS}, so that the holes stay apart; got {radius!r}."
        )
    domain = Box(x=(-0.5, 0.5), y=(-0.5, 0.5))
    for x in (-AWAY, AWAY):
        for y in (-AWAY, AWAY):
            domain = domain - Disk(x=x, y=y, radius=radius, name="hole")
    return Problem(
        name="poisson_holes",
        domain=domain,
        fields="u",
        conditions={
            "pde": Interior(poisson_holes_law),
            "edge_x": Boundary(lambda u: u - 1, on="x"),
            "edge_y": Boundary(lambda u: u - 1, on="y"),
            "holes": Boundary(lambda u: u, on="hole"),
        },
    )
