"""Networks in continuous depth: layers that are flows of differential equations, and what they are compared with."""

from ._base import AbstractMap as AbstractMap
from ._base import AbstractModel as AbstractModel
from ._base import count_parameters as count_parameters
from .drive import Current as Current
from .drive import CurrentAndStart as CurrentAndStart
from .drive import Start as Start
from .fields import AbstractField as AbstractField
from .fields import Coupling as Coupling
from .fields import Custom as Custom
from .fields import FitzHughNagumo as FitzHughNagumo
from .fields import HodgkinHuxley as HodgkinHuxley
from .fields import Hopf as Hopf
from .fields import Kuramoto as Kuramoto
from .fields import Nagumo as Nagumo
from .fields import Parameter as Parameter
from .fields import Relaxation as Relaxation
from .fields import VanDerPol as VanDerPol
from .layer import DynamicalLayer as DynamicalLayer
from .readout import Final as Final
from .readout import Mean as Mean
from .stability import UnstableStepWarning as UnstableStepWarning
from .stability import stable_step as stable_step
from .stack import DynPMNN as DynPMNN
