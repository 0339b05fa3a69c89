"""Stacks of dynamical layers with a linear read-out."""

from typing import Any, ClassVar

import equinox as eqx
import jax
from jaxtyping import Array, Float, PRNGKeyArray

from ._base import READOUT, AbstractMap, AbstractModel, Linear, as_widths
from .layer import DynamicalLayer, NeuronFlow


class FlowNetwork(AbstractMap):
    """Layers that are flows, one after the other, then x W + b."""

    layers: tuple[NeuronFlow, ...]
    readout: Linear
    continuous: ClassVar[bool] = True

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        for layer in self.layers:
            x = layer(x)
        return self.readout(x)

    def refined(self, factor: int) -> "FlowNetwork":
        return eqx.tree_at(lambda m: m.layers, self, tuple(layer.refined(factor) for layer in self.layers))

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        """Warn of each layer whose step is longer than the stable one on the rows `x`."""
        for i, layer in enumerate(self.layers):
            layer.warn_if_unstable(x, f"layer {i + 1}")
            x = layer(x)


class DynPMNN(AbstractModel):
    """A dynamical layer of each width, one after the other, and a linear read-out (arXiv 2605.08176).

    `layer` says what all layers have in common; its width gives way to `widths`. A layer of N neurons with n
    inputs has n N + N weights, a number a neuron for each parameter of its field, and N for horizons.
    Raises `ValueError` for widths that are no whole numbers.
    """

    widths: tuple[int, ...] = eqx.field(default=(32, 16), static=True, converter=as_widths)
    layer: DynamicalLayer = eqx.field(default_factory=DynamicalLayer)

    def __check_init__(self) -> None:
        if not self.widths:
            raise ValueError("widths must name at least one layer, as in (32, 16).")

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> FlowNetwork:
        *keys, last = jax.random.split(key, len(self.widths) + 1)
        layers, columns = [], inputs
        for each, width in zip(keys, self.widths, strict=True):
            layers.append(self.layer.build(columns, width=width, key=each, dtype=dtype))
            columns = width * len(layers[-1].names)
        return FlowNetwork(tuple(layers), Linear(columns, outputs, key=last, dtype=dtype, gain=READOUT))
