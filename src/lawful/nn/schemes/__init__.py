"""Ways to advance an ordinary differential equation: the steps of networks in continuous depth."""

from ._base import AbstractScheme as AbstractScheme
from ._base import AbstractStepper as AbstractStepper
from ._base import State as State
from ._base import System as System
from .diffrax_solver import Diffrax as Diffrax
from .explicit_euler import ExplicitEuler as ExplicitEuler
from .exponential_rosenbrock import ExponentialRosenbrock as ExponentialRosenbrock
from .heun import Heun as Heun
from .runge_kutta import RungeKutta4 as RungeKutta4
from .rush_larsen import RushLarsen as RushLarsen
from .semi_implicit import SemiImplicit as SemiImplicit
