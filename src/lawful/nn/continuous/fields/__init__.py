"""Vector fields of neurons: one file a field."""

from ._base import AbstractField as AbstractField
from .custom import Custom as Custom
from .fitzhugh_nagumo import FitzHughNagumo as FitzHughNagumo
from .fitzhugh_nagumo import Nagumo as Nagumo
from .hodgkin_huxley import HodgkinHuxley as HodgkinHuxley
from .hopf import Hopf as Hopf
from .kuramoto import Kuramoto as Kuramoto
from .parameter import Coupling as Coupling
from .parameter import Parameter as Parameter
from .relaxation import Relaxation as Relaxation
from .van_der_pol import VanDerPol as VanDerPol
