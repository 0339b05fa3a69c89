"""Network families; each is a small description that `solve` builds for the domain at hand."""

from .. import _runtime as _runtime
from . import continuous as continuous
from . import schemes as schemes
from ._base import AbstractArchitecture as AbstractArchitecture
from ._base import AbstractNetwork as AbstractNetwork
from ._base import Frame as Frame
from ._base import Frozen as Frozen
from ._base import InUnits as InUnits
from .attraction import AbstractRegulariser as AbstractRegulariser
from .attraction import Attraction as Attraction
from .attraction import attraction as attraction
from .equilibrium import Equilibrium as Equilibrium
from .fourier import FourierFeatures as FourierFeatures
from .fourier import Periodic as Periodic
from .initial import AbstractInitial as AbstractInitial
from .initial import GlorotNormal as GlorotNormal
from .initial import GlorotUniform as GlorotUniform
from .mlp import MLP as MLP
from .modified_mlp import ModifiedMLP as ModifiedMLP
from .random_features import RandomFeatures as RandomFeatures
from .relaxation import Relaxation as Relaxation
from .siren import Siren as Siren
from .unscaled import Unscaled as Unscaled
