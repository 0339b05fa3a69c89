"""Networks in continuous depth through the lens: paths, nullclines, exponents, bifurcations, spikes, atoms."""

from ... import _runtime as _runtime
from .account import DepthAccount as DepthAccount
from .account import account as account
from .atoms import Atoms as Atoms
from .atoms import LayerAtoms as LayerAtoms
from .atoms import atoms as atoms
from .bifurcation import Bifurcation as Bifurcation
from .bifurcation import bifurcation as bifurcation
from .equilibria import Equilibria as Equilibria
from .equilibria import equilibria as equilibria
from .equilibria import resting_states as resting_states
from .flow import Flow as Flow
from .flow import flow as flow
from .flow import flows as flows
from .lyapunov import DepthExponents as DepthExponents
from .lyapunov import FlowExponents as FlowExponents
from .lyapunov import lyapunov_along_depth as lyapunov_along_depth
from .nullclines import Nullclines as Nullclines
from .nullclines import nullclines as nullclines
from .nullclines import phase_plane as phase_plane
from .paths import HiddenPaths as HiddenPaths
from .paths import Path as Path
from .paths import hidden_paths as hidden_paths
from .spikes import LayerSpikes as LayerSpikes
from .spikes import Spikes as Spikes
from .spikes import spikes as spikes
