"""California housing: networks in continuous depth against each other and against trees."""

from .rows import CaliforniaRow as CaliforniaRow
from .study import california as california
