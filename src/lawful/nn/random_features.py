"""Frozen random features with a linear read-out: the network of linear least squares."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from .._numbers import check_positive, check_whole
from ..calculus import Jet, affine, sin
from ._base import AbstractArchitecture, AbstractNetwork, Frame, Frozen, Scaling


class FeatureExpansion(AbstractNetwork):
    """sum_j c_j sin(k_j . z + p_j); only the coefficients c are trained."""

    scaling: Scaling
    wavenumbers: Frozen
    phases: Frozen
    coefficients: Array

    def __call__(self, z: "Jet | Array") -> "Jet | Array":
        return affine(
            sin(affine(self.scaling(z), self.wavenumbers.value, self.phases.value)), self.coefficients
        )


class RandomFeatures(AbstractArchitecture):
    """`features` sines with wave numbers uniform in [-bandwidth, bandwidth] an axis of the scaled
    domain, for affine laws with smooth solutions: one QR least squares gives 1e-9 and better. Fails
    on shocks and layers (errors of 7-18 %), where a trained network is needed.
    """

    features: int = 400
    bandwidth: float = 4.0

    def __check_init__(self) -> None:
        check_whole("features", self.features)
        check_positive("bandwidth", self.bandwidth)

    def build(self, frame: Frame, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> FeatureExpansion:
        draw, phase = jax.random.split(key)
        shape = (frame.dimension, self.features)
        return FeatureExpansion(
            Scaling(frame, dtype),
            Frozen(self.bandwidth * jax.random.uniform(draw, shape, dtype, -1, 1)),
            Frozen(jax.random.uniform(phase, (self.features,), dtype, 0, 2 * np.pi)),
            jnp.zeros((self.features, outputs), dtype),
        )
