"""Attractors: how near the state before a layer is to a state that the layer would leave where it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import CHANCE, colour, sheet, styled, whole_ticks
from .network import Network

SHUFFLES = 20


@dataclass(frozen=True, eq=False)
class AttractorResiduals:
    """|f(z W + b) - z| / |z| of the square hidden layers of one network, a row a point.

    `layers` are their numbers. `null` is what the same states give once the neurons of f(z W + b) stand in random
    order, a mean a layer: states that have nothing to do with each other, with their sizes and distributions. For equal
    norms and mean zero that is sqrt(2).
    """

    name: str
    layers: tuple[int, ...]
    values: Float[np.ndarray, "points layers"]
    null: Float[np.ndarray, " layers"]

    @property
    def mean(self) -> Float[np.ndarray, " layers"]:
        """The mean over points."""
        return self.values.mean(0)

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {"layers": list(self.layers), "residual": self.mean.tolist(), "null": self.null.tolist()}


def attractor_residuals(
    network: Network, at: Any, *, shuffles: int = SHUFFLES, seed: int = 0
) -> AttractorResiduals:
    """How far each square hidden layer moves the states at the points `at`, in units of their norm.

    Layers that do not map a space to itself are left out. A point whose state is zero gives NaN. A small value says
    that the states at *these* points are near a fixed point of the layer, not that fresh ones are: hold it against
    other points.
    """
    states = network.states(at)
    layers = network.square()
    rng = np.random.default_rng(seed)
    values = np.full((len(states[0]), len(layers)), np.nan)
    null = np.full(len(layers), np.nan)
    for column, layer in enumerate(layers):
        before, after = states[layer], states[layer + 1]
        values[:, column] = relative(after - before, before)
        draws = [
            relative(after[:, rng.permutation(after.shape[1])] - before, before).mean()
            for _ in range(shuffles)
        ]
        null[column] = np.mean(draws)
    return AttractorResiduals(network.name, layers, values, null)


def plot_residuals(*residuals: AttractorResiduals) -> Figure:
    """The residuals of several networks over their layers, each with its null."""
    with styled():
        figure = sheet(5.6, 3.0)
        axes = figure.add_subplot()
        for run, each in enumerate(residuals):
            low, high = np.nanquantile(each.values, [0.1, 0.9], axis=0)
            axes.fill_between(each.layers, low, high, color=colour(run), alpha=0.2, lw=0)
            axes.plot(each.layers, each.mean, "o-", color=colour(run), label=each.name)
            axes.plot(
                each.layers, each.null, ":", color=colour(run), lw=1, label=f"{each.name}, neurons shuffled"
            )
        axes.axhline(np.sqrt(2), color=CHANCE, lw=0.8, ls="--", label="unrelated states, √2")
        axes.set(
            xlabel="layer",
            ylabel="|f(zW + b) - z| / |z|",
            title="distance from an attractor, 10 to 90 % of points",
        )
        axes.margins(y=0.08)
        axes.set_ylim(bottom=0)
        whole_ticks(axes, sorted({int(k) for each in residuals for k in each.layers}))
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return figure


def relative(difference: np.ndarray, base: np.ndarray) -> np.ndarray:
    """|difference| / |base| along the last axis, NaN where the base is zero."""
    size = np.linalg.norm(base, axis=-1)
    return np.linalg.norm(difference, axis=-1) / np.where(size > 0, size, np.nan)
