"""Independent solutions to hold a network against."""

from .. import _runtime as _runtime
from .exact import AbstractReference as AbstractReference
from .exact import Exact as Exact
from .exact import Judged as Judged
