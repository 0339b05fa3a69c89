"""Finite elements: references for second-order laws in domains of the plane."""

from ... import _runtime as _runtime
from .in_time import MovingFiniteElements as MovingFiniteElements
from .solver import FiniteElements as FiniteElements
