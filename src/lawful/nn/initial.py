"""How weights are drawn before training."""

import abc

import equinox as eqx
import numpy as np
from jaxtyping import Float


class AbstractInitial(eqx.Module):
    """A distribution of weights of mean zero; biases start at zero."""

    @abc.abstractmethod
    def draw(
        self, inputs: int, outputs: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "inputs outputs"]:
        """The weights from that many inputs to that many outputs."""


class GlorotNormal(AbstractInitial):
    """Gaussian weights of variance 2 / (inputs + outputs) (Glorot and Bengio 2010), the default."""

    def draw(
        self, inputs: int, outputs: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "inputs outputs"]:
        return rng.standard_normal((inputs, outputs)) * np.sqrt(2 / (inputs + outputs))


class GlorotUniform(AbstractInitial):
    """Uniform weights within sqrt(6 / (inputs + outputs)), of the same variance (Glorot and Bengio 2010, eq. 16)."""

    def draw(
        self, inputs: int, outputs: int, rng: np.random.Generator
    ) -> Float[np.ndarray, "inputs outputs"]:
        reach = np.sqrt(6 / (inputs + outputs))
        return rng.uniform(-reach, reach, (inputs, outputs))
