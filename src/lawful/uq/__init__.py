"""How far a result is to be trusted: what other seeds say."""

from .ensemble import Ensemble as Ensemble
from .ensemble import EnsembleField as EnsembleField
from .ensemble import ensemble as ensemble
