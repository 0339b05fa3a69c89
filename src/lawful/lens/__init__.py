"""What networks have learnt: their weights, states and operators, each number beside its chance level."""

from .. import _runtime as _runtime
from .account import Account as Account
from .account import account as account
from .activations import ACTIVATIONS as ACTIVATIONS
from .alignment import Alignment as Alignment
from .alignment import align as align
from .attractors import AttractorResiduals as AttractorResiduals
from .attractors import attractor_residuals as attractor_residuals
from .attractors import plot_residuals as plot_residuals
from .network import Network as Network
from .network import from_arrays as from_arrays
from .reading import read as read
from .spectra import Spectra as Spectra
from .spectra import spectra as spectra
from .trained import from_solution as from_solution
from .weights import LayerComparison as LayerComparison
from .weights import WeightComparison as WeightComparison
from .weights import compare_weights as compare_weights
from .weights import weight_maps as weight_maps
