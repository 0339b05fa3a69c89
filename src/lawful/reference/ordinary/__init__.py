"""Ordinary differential equations: Radau collocation of the law itself."""

from .ode import OrdinaryDifferential as OrdinaryDifferential
