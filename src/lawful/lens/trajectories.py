"""Trajectories: the states of all layers at given places, as curves over the layers and as heat maps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import about_zero, colour_bar, heat_map, sheet, styled, whole_ticks
from .network import Network, points_for

SHOWN = 5


@dataclass(frozen=True, eq=False)
class Trajectories:
    """z(0), the inputs, to z(L), the outputs, of several networks: `states[network][layer]` is (points, width)."""

    names: tuple[str, ...]
    at: Float[np.ndarray, "points d"]
    states: tuple[tuple[Float[np.ndarray, "points _"], ...], ...]

    def map(self, run: int = 0, point: int = 0) -> Float[np.ndarray, "neurons layers"]:
        """The hidden states at one point: a row a neuron, a column a hidden layer, NaN where a layer has fewer."""
        hidden = [z[point] for z in self.states[run][1:-1]]
        out = np.full((max(map(len, hidden)), len(hidden)), np.nan)
        for column, z in enumerate(hidden):
            out[: len(z), column] = z
        return out

    def plot(self, *, point: int = 0, neurons: Sequence[int] | None = None) -> Figure:
        """A row a network: the heat map of all neurons, and the curves of a few, by default five evenly chosen."""
        maps = [self.map(run, point) for run in range(len(self.names))]
        colours = about_zero(maps)
        reach = colours["norm"].vmax
        layers = np.arange(1, maps[0].shape[1] + 1)
        chosen = neurons or np.unique(np.linspace(0, len(maps[0]) - 1, SHOWN).round().astype(int))
        with styled():
            figure = sheet(8.0, 0.5 + 2.6 * len(maps))
            panels = figure.subplots(len(maps), 2, squeeze=False)
            image = None
            for name, values, (left, right) in zip(self.names, maps, panels, strict=True):
                image = heat_map(
                    left,
                    values,
                    colours,
                    xlabel="hidden layer",
                    ylabel="neuron",
                    title=f"{name}: activations",
                )
                left.set_xticks(range(len(layers)), layers)
                for neuron in chosen:
                    right.plot(layers, values[neuron], ".-", label=f"neuron {neuron}")
                right.set(xlabel="hidden layer", ylabel="activation", title=f"{name}: trajectories")
                right.set_ylim(-1.05 * reach, 1.05 * reach)
                whole_ticks(right, layers)
            colour_bar(figure, image, list(panels[:, 0]), "activation")
            panels[0, 1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
            place = ", ".join(f"{x:g}" for x in self.at[point])
            figure.suptitle(f"at ({place})", fontsize=9)
        return figure


def trajectories(*networks: Network, at: Any) -> Trajectories:
    """The states of all layers of the networks at points (n, d) or at one (d,); raises `ValueError` for other shapes
    and for a network without hidden layers.

    Neurons of the same number in two layers, or in two runs, have nothing in common unless networks were aligned.
    """
    for network in networks:
        if len(network.weights) < 2:
            raise ValueError(f"{network.name} has no hidden layer, so there are no trajectories in it.")
    points = points_for(networks[0], at)
    return Trajectories(tuple(n.name for n in networks), points, tuple(n.states(points) for n in networks))
