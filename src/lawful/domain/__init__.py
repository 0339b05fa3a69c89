"""Domains: where a law holds, and the named parts of their boundaries."""

from .. import _runtime as _runtime
from ._base import AbstractDomain as AbstractDomain
from ._base import Region as Region
from .ball import Ball as Ball
from .ball import Disk as Disk
from .box import Box as Box
from .box import Time as Time
from .polygon import Polygon as Polygon
from .shape import AbstractBody as AbstractBody
from .shape import AbstractShape as AbstractShape
from .shape import Difference as Difference
from .shape import Intersection as Intersection
from .shape import Union as Union
from .spacetime import SpaceTime as SpaceTime
