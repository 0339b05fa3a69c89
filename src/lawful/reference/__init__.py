"""Independent solutions to hold a network against."""

from .. import _runtime as _runtime
from ._base import AbstractNumerical as AbstractNumerical
from ._base import AbstractReference as AbstractReference
from ._base import AbstractSolver as AbstractSolver
from ._base import Judged as Judged
from ._base import Unsolved as Unsolved
from .derive import derive as derive
from .derived import Derived as Derived
from .exact import Exact as Exact
from .fem import FiniteElements as FiniteElements
