"""Neurons as atoms: which of them are the same function of the data, and what is left once these are merged."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, Float, Int
from matplotlib.figure import Figure
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from ...nn.continuous.stack import FlowNetwork
from ..drawing import colour_bar, heat_map, sheet, styled
from .flow import handed, opened

TOLERANCE = 0.01
SWEEP = np.logspace(-6, 0, 61)


@dataclass(frozen=True, eq=False)
class LayerAtoms:
    """The neurons of one layer, merged where they are one atom.

    - `distance` (neurons, neurons): root mean square of o_i - s o_j, s = +-1, each about its mean over the rows, over
      the larger of the two deviations; `signs` has that s.
    - `parameter_distance`: the root mean square of p_i - p_j over weights, biases, own parameters and horizon, each
      over its own root mean square in the layer; neurons that are one by sign are far apart here.
    - `idle`: neurons whose output times outer weight is below `tolerance` of the largest in the layer.
    - `groups`: the number of the atom of each neuron, -1 for the idle.
    - `rank`: how many singular values of the outputs about their means are above `tolerance` times the largest.
    - `moved`: by how much outputs of the network change once each neuron gives way to its atom, over their deviation.
    """

    name: str
    tolerance: float
    distance: Float[np.ndarray, "neurons neurons"]
    signs: Int[np.ndarray, "neurons neurons"]
    parameter_distance: Float[np.ndarray, "neurons neurons"]
    idle: Bool[np.ndarray, " neurons"]
    groups: Int[np.ndarray, " neurons"]
    rank: int
    moved: float

    @property
    def neurons(self) -> int:
        return len(self.groups)

    @property
    def distinct(self) -> int:
        """How many atoms are left."""
        return int(self.groups.max(initial=-1)) + 1

    def distinct_at(self, tolerance: float) -> int:
        """How many atoms would be left of those not idle at another tolerance of the distance."""
        used = np.flatnonzero(~self.idle)
        return int(_grouped(self.distance[np.ix_(used, used)], tolerance).max(initial=-1)) + 1


@dataclass(frozen=True, eq=False)
class Atoms:
    """The atoms of every layer."""

    layers: tuple[LayerAtoms, ...]

    def plot(self) -> Figure:
        """Distances between neurons in the order of their atoms, and the number of atoms against the tolerance."""
        with styled():
            figure = sheet(1.4 + 3.2 * (len(self.layers) + 1), 3.0)
            *maps, curve = figure.subplots(1, len(self.layers) + 1)
            image = None
            for k, (layer, axes) in enumerate(zip(self.layers, maps, strict=True)):
                order = np.argsort(np.where(layer.groups < 0, layer.neurons, layer.groups), kind="stable")
                shown = np.log10(np.maximum(layer.distance[np.ix_(order, order)], 1e-8))
                image = heat_map(
                    axes,
                    shown,
                    {"vmin": -4, "vmax": 0.3, "cmap": "magma"},
                    xlabel="neuron, by atom",
                    ylabel="neuron, by atom",
                    title=f"{layer.name}: {layer.distinct} atoms of {layer.neurons} neurons",
                )
                counts = [layer.distinct_at(t) for t in SWEEP]
                curve.plot(SWEEP, counts, color=f"C{k}", drawstyle="steps-post", label=layer.name)
            colour_bar(figure, image, maps, "log10 of the distance")
            curve.axvline(self.layers[0].tolerance, color="0.4", ls=":", lw=0.8)
            curve.set(
                xscale="log",
                xlabel="tolerance",
                ylabel="distinct atoms",
                title="neurons left once equal ones merge",
            )
            curve.set_ylim(bottom=0)
            for axis in (curve.yaxis, *(a for axes in maps for a in (axes.xaxis, axes.yaxis))):
                axis.get_major_locator().set_params(integer=True)
            curve.legend(fontsize=7)
        return figure


def atoms(model: Any, X: Any, *, tolerance: float = TOLERANCE) -> Atoms:
    """Merge the neurons of each layer that are one function of the rows `X`, up to sign and a constant.

    A layer adds up sum_n c_n o_n(x): neurons whose outputs agree, up to what the next weights and biases take in, are
    one atom with the sum of their weights. Groups are by complete linkage, so that all members of one are within
    `tolerance` of each other. Equal on `X` is not equal everywhere, which `parameter_distance` helps to see. Layers of
    neurons that are read out by more than one name are compared in all of them. Raises `ValueError` for networks that
    are no stack of dynamical layers, and a tolerance that is not between 0 and 1.
    """
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance must lie between 0 and 1, got {tolerance!r}.")
    network, x = opened(model, X)
    if not isinstance(network, FlowNetwork):
        raise ValueError(
            f"a {type(network).__name__} is no stack of layers of neurons that are added up; give a DynPMNN."
        )
    if len(x) < 2:
        raise ValueError(f"give at least two rows to compare neurons on, got {len(x)}.")
    outputs, found = np.asarray(_rest(network, 0)(x)), []
    for k, layer in enumerate(network.layers):
        own = np.asarray(handed(layer, x)).reshape(len(x), len(layer.names), -1).transpose(2, 1, 0)
        after = _outer(network, k).reshape(len(layer.names), own.shape[0], -1).transpose(1, 0, 2)
        found.append(_merged(f"layer {k + 1}", own, after, _described(layer), tolerance))
        x = jnp.asarray(handed(layer, x))
        replaced = _replaced(own, found[-1])
        moved = np.asarray(_rest(network, k + 1)(jnp.asarray(replaced.transpose(2, 1, 0).reshape(x.shape))))
        change = np.sqrt(np.mean((moved - outputs) ** 2)) / max(float(outputs.std()), 1e-300)
        found[-1] = LayerAtoms(**{**vars(found[-1]), "moved": float(change)})
    return Atoms(tuple(found))


def _rest(network: FlowNetwork, count: int) -> Callable[[Any], Any]:
    """The outputs from what layer number `count` hands on."""

    def rest(x: Any) -> Any:
        for layer in network.layers[count:]:
            x = handed(layer, x)
        return network.readout(x)

    return rest


def _outer(network: FlowNetwork, k: int) -> np.ndarray:
    """The weights that take up what layer k hands on, (handed on, taken up)."""
    if k + 1 == len(network.layers):
        return np.asarray(network.readout.weight)
    return np.concatenate([np.asarray(w) for w in _weights(network.layers[k + 1])], axis=1)


def _weights(layer: Any) -> list[Any]:
    """All matrices (inputs, neurons) of a layer's wiring."""
    return [leaf for leaf in jax.tree.leaves(layer.wiring) if leaf.ndim == 2]


def _described(layer: Any) -> np.ndarray:
    """A row a neuron: its weights, biases, own parameters and horizon; the coupling is left out."""
    wires = [np.atleast_2d(np.asarray(leaf)) for leaf in jax.tree.leaves(layer.wiring)]
    width = wires[0].shape[1]
    own = [np.asarray(p)[None] for p in layer.parameters.values() if p.ndim == 1]
    time = [np.broadcast_to(np.asarray(layer.horizon), (1, width))]
    return np.concatenate([*wires, *own, *time]).T


def _merged(
    name: str, own: np.ndarray, after: np.ndarray, described: np.ndarray, tolerance: float
) -> LayerAtoms:
    """`own` (neurons, names, rows), `after` (neurons, names, taken up)."""
    count = len(own)
    centred = own - own.mean(axis=2, keepdims=True)
    flat = centred.reshape(count, -1)
    size = np.sqrt(np.mean(flat**2, axis=1))
    carried = np.sqrt(np.mean(np.einsum("nmr,nmk->nrk", centred, after) ** 2, axis=(1, 2)))
    idle = carried <= tolerance * max(float(carried.max()), 1e-300)
    signs = np.where(flat @ flat.T < 0, -1, 1)
    apart = np.sqrt(np.mean((flat[:, None] - signs[..., None] * flat[None]) ** 2, axis=2))
    distance = apart / np.maximum(np.maximum(size[:, None], size[None]), 1e-300)
    distance = np.where(np.eye(count, dtype=bool), 0.0, (distance + distance.T) / 2)
    spread = np.sqrt(np.mean(described**2, axis=0))
    scaled = described / np.where(spread > 0, spread, 1.0)[None]
    parameters = np.linalg.norm(scaled[:, None] - scaled[None], axis=2) / np.sqrt(scaled.shape[1])
    used = np.flatnonzero(~idle)
    groups = np.full(count, -1)
    groups[used] = _grouped(distance[np.ix_(used, used)], tolerance)
    sigma = np.linalg.svd(flat, compute_uv=False)
    rank = int(np.count_nonzero(sigma > tolerance * max(float(sigma[0]), 1e-300)))
    return LayerAtoms(name, tolerance, distance, signs, parameters, idle, groups, rank, 0.0)


def _grouped(distance: np.ndarray, tolerance: float) -> np.ndarray:
    """Numbers 0, 1, ... of groups whose members all lie within `tolerance` of each other."""
    if len(distance) < 2:
        return np.zeros(len(distance), int)
    labels = fcluster(linkage(squareform(distance, checks=False), "complete"), tolerance, "distance")
    return np.unique(labels, return_inverse=True)[1]


def _replaced(own: np.ndarray, found: LayerAtoms) -> np.ndarray:
    """Each neuron's outputs by those of the largest of its atom about its own mean; the idle by their means."""
    means = own.mean(axis=2, keepdims=True)
    centred = own - means
    size = np.sqrt(np.mean(centred**2, axis=(1, 2)))
    after = np.zeros_like(own) + means
    for atom in range(found.distinct):
        members = np.flatnonzero(found.groups == atom)
        first = members[np.argmax(size[members])]
        for n in members:
            after[n] += found.signs[n, first] * centred[first]
    return after
