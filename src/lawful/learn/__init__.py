"""Estimators with scikit-learn's interface over networks in continuous depth and what they are compared with."""

from .. import _runtime as _runtime
from ._base import AbstractEstimator as AbstractEstimator
from .cfc import CfCRegressor as CfCRegressor
from .dynpmnn import DynPMNNClassifier as DynPMNNClassifier
from .dynpmnn import DynPMNNRegressor as DynPMNNRegressor
from .embedding import AbstractEmbedding as AbstractEmbedding
from .embedding import PeriodicEmbedding as PeriodicEmbedding
from .embedding import PiecewiseLinearEmbedding as PiecewiseLinearEmbedding
from .mlp import MLPRegressor as MLPRegressor
from .network import NetworkClassifier as NetworkClassifier
from .network import NetworkRegressor as NetworkRegressor
from .neural_ode import NeuralODERegressor as NeuralODERegressor
from .refinement import Refinement as Refinement
from .scaling import Quantiles as Quantiles
from .scaling import Robust as Robust
from .scaling import Standard as Standard
from .storing import load as load
from .trajectories import NeuralSDE as NeuralSDE
from .trajectories import NeuralTrajectory as NeuralTrajectory
