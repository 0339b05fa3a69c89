"""Independent solutions to hold a network against."""

from .. import _runtime as _runtime
from ._base import AbstractNumerical as AbstractNumerical
from ._base import AbstractReference as AbstractReference
from ._base import AbstractSolver as AbstractSolver
from ._base import Judged as Judged
from ._base import Norm as Norm
from ._base import Undetermined as Undetermined
from ._base import Unsolved as Unsolved
from .derive import DERIVED as DERIVED
from .derive import REFERENCES as REFERENCES
from .derive import SOLVERS as SOLVERS
from .derive import STATED as STATED
from .derive import derive as derive
from .derive import reference_of as reference_of
from .derived import Derived as Derived
from .exact import Exact as Exact
from .fem import FiniteElements as FiniteElements
from .hyperbolic import ConservationLaws as ConservationLaws
from .hyperbolic import FastMarching as FastMarching
from .hyperbolic import HamiltonJacobi as HamiltonJacobi
from .ordinary import OrdinaryDifferential as OrdinaryDifferential
from .periodic import PeriodicWaves as PeriodicWaves
from .splines import MethodOfLines as MethodOfLines
from .splines import Steady as Steady
