"""The coarsest mesh of a domain."""

from ...domain import AbstractDomain
from .curves import bounding_curves
from .mesh import Triangulation, box_mesh, triangulation


def coarsest(domain: AbstractDomain) -> Triangulation:
    """A coarse mesh of a domain in the plane that tells all its parts apart."""
    (a, c), (b, d) = (tuple(end[:2]) for end in domain.bounds)
    return triangulation(box_mesh((a, c), (b, d)), bounding_curves(domain))
