"""Optimizers on the waist."""

from .. import _runtime as _runtime
from ._base import AbstractOptimizer as AbstractOptimizer
from ._base import State as State
from ._base import Waist as Waist
from .adam import Adam as Adam
from .adam import CosineDecay as CosineDecay
from .adam import ExponentialDecay as ExponentialDecay
from .adam import StepDecay as StepDecay
from .chain import Chain as Chain
from .chain import keeping_of as keeping_of
from .chain import phases_of as phases_of
from .gauss_newton import LevenbergMarquardt as LevenbergMarquardt
from .keeping import AbstractKeeping as AbstractKeeping
from .keeping import BestHeldOut as BestHeldOut
from .keeping import LastIterate as LastIterate
from .lbfgs import LBFGS as LBFGS
from .linear import LinearLeastSquares as LinearLeastSquares
from .ssbroyden import SSBroyden as SSBroyden
