"""Which method for a problem, and why."""

from .. import _runtime as _runtime
from ._base import Recommendation as Recommendation
from ._base import Rule as Rule
from ._base import Situation as Situation
from .advise import Advice as Advice
from .advise import advise as advise
from .cautions import CAUTIONS as CAUTIONS
from .cautions import Caution as Caution
from .cautions import Warned as Warned
from .pilots import Pilot as Pilot
from .rules import RULES as RULES
from .sources import Source as Source
