"""Conditions: what must hold, and where."""

from ._base import AbstractCondition as AbstractCondition
from ._base import Batch as Batch
from ._base import Bound as Bound
from .balance import Balance as Balance
from .closure import AbstractClosure as AbstractClosure
from .closure import Potential as Potential
from .closure import Viscosity as Viscosity
from .conservation import Conservation as Conservation
from .data import Data as Data
from .law import Boundary as Boundary
from .law import Final as Final
from .law import Free as Free
from .law import Initial as Initial
from .law import Interior as Interior
from .periodic import Periodic as Periodic
