"""A network as the lens sees it: plain arrays of weights and biases, and the states of its layers."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float

from .activations import Activation, activation_named

Matrix = Float[np.ndarray, "_ _"]
Vector = Float[np.ndarray, " _"]


@dataclass(frozen=True, eq=False)
class Network:
    """z <- f(z W + b) over the hidden layers, then z W + b.

    `weights[l]` of shape (inputs, outputs) and `biases[l]` of shape (outputs,) in float64; layer 0 takes the
    coordinates, the last one is linear. `name` is what tables and figures call it.
    """

    weights: tuple[Matrix, ...]
    biases: tuple[Vector, ...]
    activation: Activation
    name: str = "network"

    @property
    def widths(self) -> tuple[int, ...]:
        """The number of inputs, of neurons a hidden layer, and of outputs."""
        return (self.weights[0].shape[0], *(w.shape[1] for w in self.weights))

    @property
    def parameters(self) -> int:
        """The number of weights and biases."""
        return sum(w.size + b.size for w, b in zip(self.weights, self.biases, strict=True))

    def __call__(self, at: Any) -> Float[np.ndarray, "points outputs"]:
        """The outputs at points (n, d), or at a single one (d,); raises `ValueError` for other shapes."""
        return self.states(at)[-1]

    def states(self, at: Any) -> tuple[Float[np.ndarray, "points _"], ...]:
        """z(0), the inputs, then the state after each layer; the last one is the output."""
        z = points_for(self, at)
        states = [z]
        for layer in range(len(self.weights)):
            z = self.step(layer, z)
            states.append(z)
        return tuple(states)

    def pre_activation(self, layer: int, z: np.ndarray) -> np.ndarray:
        """z W + b of a layer."""
        return z @ self.weights[layer] + self.biases[layer]

    def step(self, layer: int, z: np.ndarray) -> np.ndarray:
        """The state after a layer from the state before it."""
        a = self.pre_activation(layer, z)
        return a if layer == len(self.weights) - 1 else self.activation.value(a, np)

    def jacobians(self, layer: int, z: Float[np.ndarray, "points width"]) -> np.ndarray:
        """dz(l+1)/dz(l) = diag(f') W^T of a layer at each state: (points, outputs, inputs)."""
        slope = np.ones((len(z), self.weights[layer].shape[1]))
        if layer < len(self.weights) - 1:
            slope = self.activation.slope(self.pre_activation(layer, z), np)
        return slope[:, :, None] * self.weights[layer].T[None]

    def square(self) -> tuple[int, ...]:
        """The hidden layers that map a space of states to itself."""
        return tuple(i for i, w in enumerate(self.weights[:-1]) if w.shape[0] == w.shape[1])

    def named(self, name: str) -> "Network":
        """The same network under another name."""
        return replace(self, name=name)


def from_arrays(
    weights: Sequence[Any], biases: Sequence[Any] | None, activation: str, *, name: str = "network"
) -> Network:
    """A network from weights (inputs, outputs) and biases (outputs,), in the convention z @ W + b.

    `biases=None` stands for zeros; `activation` is one of `lens.activations.ACTIVATIONS`.

    Raises `ValueError` for shapes that do not form a chain, with the fix where weights are transposed, for values that
    are not finite, and for an unknown activation; `TypeError` for arrays that hold no real numbers.
    """
    known = activation_named(activation)
    if not len(weights):
        raise ValueError(f"{name} has no weights; give a list of one matrix a layer.")
    ws = [_real(w, f"W{i} of {name}") for i, w in enumerate(weights)]
    for i, w in enumerate(ws):
        if w.ndim != 2 or not w.size:
            raise ValueError(f"W{i} of {name} has the shape {w.shape}; expected a matrix (inputs, outputs).")
    if biases is None:
        biases = [np.zeros(w.shape[1]) for w in ws]
    if len(biases) != len(ws):
        raise ValueError(f"{name} has {len(ws)} weights and {len(biases)} biases; give one bias a layer.")
    bs = [_flat(_real(b, f"b{i} of {name}")) for i, b in enumerate(biases)]
    _check_chain(ws, bs, name)
    return Network(tuple(ws), tuple(bs), known, name)


def points_for(network: Network, at: Any) -> Float[np.ndarray, "points d"]:
    """Points (n, d) from what a user gives; raises `ValueError` for another number of coordinates."""
    points = _real(at, "at")
    dimension = network.weights[0].shape[0]
    points = points[None] if points.ndim == 1 else points
    if points.ndim != 2 or points.shape[1] != dimension or not len(points):
        raise ValueError(
            f"{network.name} takes {dimension} inputs, so places have the shape (points, {dimension}); got "
            f"{np.shape(at)}."
        )
    return points


def check_alike(first: Network, second: Network) -> None:
    """Raises `ValueError` where two networks do not have the same shapes and activation."""
    a, b = ([w.shape for w in n.weights] for n in (first, second))
    if a != b:
        raise ValueError(
            f"{first.name} and {second.name} have other shapes, {_spelt(a)} and {_spelt(b)}; weights compare only "
            "between networks of the same sizes."
        )
    if first.activation.name != second.activation.name:
        raise ValueError(
            f"{first.name} has the activation {first.activation.name} and {second.name} {second.activation.name}; "
            "weights compare only under one activation."
        )


def _real(given: Any, what: str) -> np.ndarray:
    try:
        array = np.asarray(given)
    except ValueError:
        raise ValueError(f"{what} has rows of unequal length; expected an array of numbers.") from None
    if array.dtype == object or not (np.issubdtype(array.dtype, np.number) or array.dtype == bool):
        raise TypeError(f"{what} holds {array.dtype}, no numbers; store it as an array of floats.")
    if np.iscomplexobj(array):
        raise TypeError(f"{what} is complex; the lens takes real weights.")
    array = np.array(array, np.float64)
    if not np.isfinite(array).all():
        bad = np.count_nonzero(~np.isfinite(array))
        raise ValueError(f"{what} has {bad} values that are not finite, of {array.size}; the run diverged.")
    array.setflags(write=False)
    return array


def _flat(bias: np.ndarray) -> np.ndarray:
    return bias[0] if bias.ndim == 2 and bias.shape[0] == 1 else np.atleast_1d(bias)


def _chained(ws: list[np.ndarray], bs: list[np.ndarray]) -> bool:
    fit = all(b.shape == (w.shape[1],) for w, b in zip(ws, bs, strict=True))
    return fit and all(a.shape[1] == b.shape[0] for a, b in itertools.pairwise(ws))


def _check_chain(ws: list[np.ndarray], bs: list[np.ndarray], name: str) -> None:
    if _chained(ws, bs):
        return
    if _chained([w.T for w in ws], bs):
        raise ValueError(
            f"the weights of {name}, {_spelt([w.shape for w in ws])}, look like transposed weights, as torch stores "
            "them; give them as W.T."
        )
    for i, (w, b) in enumerate(zip(ws, bs, strict=True)):
        if i and ws[i - 1].shape[1] != w.shape[0]:
            raise ValueError(
                f"W{i} of {name} has the shape {w.shape}, but W{i - 1} has {ws[i - 1].shape[1]} outputs; expected "
                f"({ws[i - 1].shape[1]}, ...) in the convention z @ W + b."
            )
        if b.shape != (w.shape[1],):
            raise ValueError(
                f"b{i} of {name} has the shape {b.shape}, but W{i} has {w.shape[1]} outputs; expected "
                f"({w.shape[1]},)."
            )


def _spelt(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("x".join(map(str, shape)) for shape in shapes)
