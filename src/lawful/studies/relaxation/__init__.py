"""Relaxation networks on viscous Burgers: accuracy against w and depth, with seeds."""

from .runs import Run as Run
from .settings import FULL as FULL
from .settings import QUICK as QUICK
from .settings import Effort as Effort
from .study import RelaxationStudy as RelaxationStudy
from .study import relaxation as relaxation
