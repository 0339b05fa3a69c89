"""Domains: where a law holds, and the named parts of their boundaries."""

from .. import _runtime as _runtime
from ._base import AbstractDomain as AbstractDomain
from ._base import Region as Region
from .box import Box as Box
from .box import Time as Time
