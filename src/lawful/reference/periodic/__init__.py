"""Periodic fields by Fourier series and exponential time differencing."""

from .flow import PeriodicWaves as PeriodicWaves
