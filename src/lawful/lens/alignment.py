"""Alignment: the order, the signs and the scales of hidden neurons that carry no meaning are removed."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, Int
from scipy.optimize import linear_sum_assignment

from .activations import Symmetry
from .network import Network, check_alike

SWEEPS = 100
"""Each sweep raises the similarity, of which there are finitely many; this many were never needed."""


@dataclass(frozen=True, eq=False)
class Alignment:
    """`network`, the second network in the order and with the signs of the first, and the first as `to`.

    Both have the function of what was given; where scales are free (ReLU), in both every hidden neuron's incoming
    weights with its bias have norm 1. `orders[l][j]` is the neuron of the second network that stands at place j of
    hidden layer l, `signs[l][j]` the sign that it takes. `similarity` is the mean cosine of the layers.
    """

    network: Network
    to: Network
    orders: tuple[Int[np.ndarray, " _"], ...]
    signs: tuple[Float[np.ndarray, " _"], ...]
    similarity: float


def align(second: Network, *, to: Network) -> Alignment:
    """Remove the symmetries of hidden neurons between two networks of the same sizes.

    Maximises the mean over layers of the cosine of (W, b) by one linear assignment a layer in turn until nothing
    changes (weight matching: Ainsworth, Hayase, Srinivasa, arXiv 2209.04836, with signs for odd activations and unit
    incoming norms for homogeneous ones). A local maximum, the best of three starts; of a copy whose neurons were
    permuted, with signs or scales, the copy is found. Raises `ValueError` for networks that are not alike.
    """
    check_alike(to, second)
    if to.activation.symmetry is Symmetry.SCALE:
        second, to = unit_scaled(second), unit_scaled(to)
    a, b = (_joined(n) for n in (to, second))
    found = [_ascend(a, b, start, to.activation.symmetry) for start in ("as given", "forward", "backward")]
    orders, signs, similarity = max(found, key=lambda f: f[2])
    return Alignment(_permuted(second, orders, signs), to, tuple(orders), tuple(signs), similarity)


def unit_scaled(network: Network) -> Network:
    """The same function of a homogeneous activation, f(cz) = c f(z), with |(w, b)| = 1 into each hidden neuron; the
    scales go into the next layer. Neurons without incoming weights stay."""
    weights, biases = [w.copy() for w in network.weights], [b.copy() for b in network.biases]
    for layer in range(len(weights) - 1):
        scale = np.sqrt((weights[layer] ** 2).sum(0) + biases[layer] ** 2)
        scale[scale == 0] = 1.0
        weights[layer] /= scale
        biases[layer] /= scale
        weights[layer + 1] *= scale[:, None]
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def _joined(network: Network) -> list[np.ndarray]:
    """(W, b) of each layer, scaled to norm 1 so that layers count alike: the bias is the last row."""
    out = []
    for w, b in zip(network.weights, network.biases, strict=True):
        joined = np.concatenate([w, b[None]])
        out.append(joined / (np.linalg.norm(joined) or 1.0))
    return out


def _permuted(network: Network, orders: list[np.ndarray], signs: list[np.ndarray]) -> Network:
    weights, biases = list(network.weights), list(network.biases)
    for layer, (order, sign) in enumerate(zip(orders, signs, strict=True)):
        weights[layer] = weights[layer][:, order] * sign
        biases[layer] = biases[layer][order] * sign
        weights[layer + 1] = weights[layer + 1][order] * sign[:, None]
    return replace(network, weights=tuple(weights), biases=tuple(biases))


def _ascend(
    a: list[np.ndarray], b: list[np.ndarray], start: str, symmetry: Symmetry
) -> tuple[list[np.ndarray], list[np.ndarray], float]:
    hidden = len(a) - 1
    orders = [np.arange(w.shape[1]) for w in a[:-1]]
    signs = [np.ones(w.shape[1]) for w in a[:-1]]

    def outgoing(layer: int) -> np.ndarray:
        """Row i: the outgoing weights of the second network's neuron i, in the order of the first."""
        rows = b[layer + 1][:-1]
        return rows if layer + 1 == hidden else rows[:, orders[layer + 1]] * signs[layer + 1]

    def incoming(layer: int) -> np.ndarray:
        """Column i: the incoming weights and bias of the second network's neuron i, in the order of the first."""
        if layer == 0:
            return b[0]
        rows = b[layer][:-1][orders[layer - 1]] * signs[layer - 1][:, None]
        return np.concatenate([rows, b[layer][-1:]])

    def similarities(layer: int, way: str) -> np.ndarray:
        """Entry (j, i): what neuron i of the second network at place j of the first adds to the similarity."""
        out = np.zeros((a[layer].shape[1], a[layer].shape[1]))
        if way != "backward":
            out += a[layer].T @ incoming(layer)
        if way != "forward":
            out += a[layer + 1][:-1] @ outgoing(layer).T
        return out

    def assign(layer: int, way: str) -> bool:
        similar = similarities(layer, way)
        signed = symmetry is Symmetry.SIGN
        gain = np.abs(similar) if signed else similar
        order = linear_sum_assignment(gain, maximize=True)[1]
        rows = np.arange(len(order))
        sign = np.where(similar[rows, order] < 0, -1.0, 1.0) if signed else np.ones(len(order))
        before = np.sum(similar[rows, orders[layer]] * signs[layer])
        better = np.sum(similar[rows, order] * sign) > before + 1e-12
        if better or way != "both":
            orders[layer], signs[layer] = order, sign
        return bool(better)

    if start == "forward":
        for layer in range(hidden):
            assign(layer, "forward")
    elif start == "backward":
        for layer in reversed(range(hidden)):
            assign(layer, "backward")
    for _ in range(SWEEPS):
        moved = [assign(layer, "both") for layer in range(hidden)]
        if not any(moved):
            break
    total = sum(
        np.sum(a[layer] * incoming(layer)[:, orders[layer]] * signs[layer]) for layer in range(hidden)
    ) + np.sum(a[-1] * incoming(hidden))
    return orders, signs, float(total) / len(a)
