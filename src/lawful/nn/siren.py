"""Sinusoidal representation networks."""

import itertools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import PRNGKeyArray

from .._numbers import check_positive, check_whole
from ..calculus import sin
from ._base import AbstractArchitecture, Frame, Scaling
from .mlp import Perceptron


class Siren(AbstractArchitecture):
    """sin(omega (z W + b)) at the first layer, sin at the others, with the initialisation that keeps
    pre-activations standard (Sitzmann et al., arXiv 2006.09661, section 3.2, omega absorbed).

    For solutions with many oscillations; `omega` about the number of radians across half the domain.
    """

    width: int = 32
    depth: int = 3
    omega: float = 10.0

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("depth", self.depth)
        check_positive("omega", self.omega)

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> Perceptron:
        sizes = [frame.dimension, *[self.width] * self.depth, outputs]
        keys = jax.random.split(key, 2 * len(sizes))
        weights, biases = [], []
        for i, (a, b) in enumerate(itertools.pairwise(sizes)):
            bound = self.omega / a if i == 0 else float(np.sqrt(6 / a))
            weights.append(jax.random.uniform(keys[2 * i], (a, b), dtype, -bound, bound))
            phase = jax.random.uniform(keys[2 * i + 1], (b,), dtype, -np.pi, np.pi)
            biases.append(phase if i == 0 else jnp.zeros((b,), dtype))
        return Perceptron(Scaling(frame, dtype), weights, biases, sin)
