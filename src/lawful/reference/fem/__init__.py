"""Finite elements: references for second-order laws in the plane and in space."""

from ... import _runtime as _runtime
from .in_time import MovingFiniteElements as MovingFiniteElements
from .solver import FiniteElements as FiniteElements
