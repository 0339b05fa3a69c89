"""Comparisons that can be run again: each a table over models and seeds."""

from .california import CaliforniaRow as CaliforniaRow
from .california import california as california
