"""What kind of problem it is, read from its statement by numbers."""

from .. import _runtime as _runtime
from .classify import classify as classify
from .facts import Character as Character
from .facts import Motion as Motion
from .facts import Scales as Scales
