"""How much each term, and each point of a term, counts in the loss."""

from .. import _runtime as _runtime
from ._base import AbstractWeighting as AbstractWeighting
from .causal import Causal as Causal
from .constant import Constant as Constant
from .gradient_norm import GradientNorm as GradientNorm
from .initial_normalisation import InitialNormalisation as InitialNormalisation
from .tangent_kernel import TangentKernel as TangentKernel
