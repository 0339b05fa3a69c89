"""Where residuals are looked at."""

from .. import _runtime as _runtime
from ._base import AbstractSampler as AbstractSampler
from .by_dimension import ByDimension as ByDimension
from .grid import Grid as Grid
from .low_discrepancy import LatinHypercube as LatinHypercube
from .low_discrepancy import Sobol as Sobol
from .residual_adaptive import ResidualAdaptive as ResidualAdaptive
from .uniform import Uniform as Uniform
