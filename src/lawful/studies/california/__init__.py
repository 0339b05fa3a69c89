"""California housing: networks in continuous depth against each other and against trees."""

from .study import CaliforniaRow as CaliforniaRow
from .study import california as california
