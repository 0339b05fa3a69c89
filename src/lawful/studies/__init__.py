"""Comparisons that can be run again: each a table over models and seeds."""

from .california import CaliforniaRow as CaliforniaRow
from .california import california as california
from .neural_chains import NeuralChains as NeuralChains
from .neural_chains import neural_chains as neural_chains
from .relaxation import RelaxationStudy as RelaxationStudy
from .relaxation import relaxation as relaxation
