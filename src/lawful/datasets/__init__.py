"""Tables to learn from, each with its splits."""

from .. import _runtime as _runtime
from .california import california_housing as california_housing
from .classic import breast_cancer as breast_cancer
from .classic import diabetes as diabetes
from .classic import digits as digits
from .classic import wine as wine
from .table import Split as Split
from .table import Table as Table
