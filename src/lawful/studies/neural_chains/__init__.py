"""The three networks of arXiv 2601.00473, trained as published and by lawful's own choices, and looked at again."""

from .cases import CASES as CASES
from .cases import Case as Case
from .effort import FULL as FULL
from .effort import QUICK as QUICK
from .effort import Effort as Effort
from .pseudo_spectral import sine_galerkin as sine_galerkin
from .study import NeuralChains as NeuralChains
from .study import neural_chains as neural_chains
