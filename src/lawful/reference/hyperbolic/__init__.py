"""Laws whose solutions jump or kink: conservation laws, Hamilton-Jacobi, eikonal."""

from .conservation import ConservationLaws as ConservationLaws
from .fast_marching import FastMarching as FastMarching
from .hamilton_jacobi import HamiltonJacobi as HamiltonJacobi
