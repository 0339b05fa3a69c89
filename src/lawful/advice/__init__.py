"""Which method for a problem, and why."""

from .. import _runtime as _runtime
from .advise import Advice as Advice
from .advise import advise as advise
from .cautions import CAUTIONS as CAUTIONS
from .cautions import Caution as Caution
from .cautions import Warned as Warned
from .pilots import Pilot as Pilot
from .rules import RULES as RULES
from .rules import Rule as Rule
from .sources import Source as Source
