"""Vector fields learnt from trajectories."""

from .ordinary import NeuralTrajectory as NeuralTrajectory
from .stochastic import NeuralSDE as NeuralSDE
