"""Features: hidden neurons that other runs have as well, ranked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import colour, sheet, styled
from .network import Network
from .weights import shuffled


@dataclass(frozen=True)
class Feature:
    """A hidden neuron of the first network.

    `recurrence` is the least over the other runs of the largest |correlation|, over the points, with a neuron of the
    same layer there; `activity` the deviation of the neuron over the points.
    """

    layer: int
    neuron: int
    recurrence: float
    activity: float


@dataclass(frozen=True, eq=False)
class Features:
    """All hidden neurons of the first network, the most recurrent first.

    `chance[l]` holds the recurrences of hidden layer l + 1 against runs whose weights were shuffled: with few inputs
    all smooth functions are alike, so a high recurrence alone says little.
    """

    name: str
    ranked: tuple[Feature, ...]
    chance: tuple[Float[np.ndarray, " _"], ...]

    def above_chance(self, level: float = 0.95) -> tuple[Feature, ...]:
        """The neurons that recur more than the share `level` of the neurons of their layer do by chance."""
        limits = [np.quantile(c, level) for c in self.chance]
        return tuple(f for f in self.ranked if f.recurrence > limits[f.layer - 1])

    def plot(self) -> Figure:
        """The recurrence of every neuron, sorted, a panel a hidden layer, beside what chance gives."""
        count = len(self.chance)
        with styled():
            figure = sheet(0.6 + 1.6 * count, 2.6)
            panels = figure.subplots(1, count, sharey=True, squeeze=False)[0]
            for layer, (axes, chance) in enumerate(zip(panels, self.chance, strict=True), 1):
                own = sorted((f.recurrence for f in self.ranked if f.layer == layer), reverse=True)
                axes.plot(np.linspace(0, 1, len(own)), own, color=colour(0), label=self.name)
                axes.plot(
                    np.linspace(0, 1, len(chance)),
                    np.sort(chance)[::-1],
                    ":",
                    color="0.4",
                    label="shuffled runs",
                )
                axes.set(xlabel="share of neurons", title=f"hidden layer {layer}", ylim=(0, 1.02))
            panels[0].set_ylabel("recurrence in other runs")
            panels[-1].legend(loc="lower left")
        return figure


def features(first: Network, *others: Network, at: Any, seed: int = 0) -> Features:
    """Rank the hidden neurons of `first` by how surely they recur in every one of the other runs.

    Needs some tens of points in `at`. The runs must have as many layers, not the same widths. Raises `ValueError`
    without other runs, for runs of another depth, and for fewer than three points.
    """
    if not others:
        raise ValueError("features recur across runs: give two networks or more.")
    for other in others:
        if len(other.weights) != len(first.weights):
            raise ValueError(
                f"{first.name} has {len(first.weights)} layers and {other.name} {len(other.weights)}; neurons recur "
                "layer by layer, so the depths must agree."
            )
    own = first.states(at)[1:-1]
    if len(own[0]) < 3:
        raise ValueError(f"correlations need three points or more, got {len(own[0])}.")
    rng = np.random.default_rng(seed)
    found = _recurrences(own, [n.states(at)[1:-1] for n in others])
    chance = _recurrences(own, [shuffled(n, rng).states(at)[1:-1] for n in others])
    activities = [z.std(0) for z in own]
    ranked = [
        Feature(layer + 1, neuron, float(value), float(activities[layer][neuron]))
        for layer, values in enumerate(found)
        for neuron, value in enumerate(values)
    ]
    return Features(first.name, tuple(sorted(ranked, key=lambda f: -f.recurrence)), tuple(chance))


def correlations(
    a: Float[np.ndarray, "points n"], b: Float[np.ndarray, "points m"]
) -> Float[np.ndarray, "n m"]:
    """The correlation over points of every column of `a` with every one of `b`; zero for columns that are constant."""
    scaled = []
    for z in (a, b):
        centred = z - z.mean(0)
        size = np.linalg.norm(centred, axis=0)
        constant = size <= 1e-12 * np.linalg.norm(z, axis=0)
        scaled.append(np.where(constant, 0.0, centred / np.where(constant, 1.0, size)))
    return scaled[0].T @ scaled[1]


def _recurrences(own: tuple[np.ndarray, ...], others: list[tuple[np.ndarray, ...]]) -> list[np.ndarray]:
    return [
        np.min([np.abs(correlations(z, run[layer])).max(1) for run in others], axis=0)
        for layer, z in enumerate(own)
    ]
