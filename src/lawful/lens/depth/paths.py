"""The paths of hidden neurons: their states along the time of each layer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from ..drawing import colour, sheet, styled
from .flow import Flow, flows

ROWS, NEURONS = 3, 4


@dataclass(frozen=True, eq=False)
class Path:
    """One layer: `times` (steps + 1, neurons), since neurons have horizons of their own, and `states`."""

    name: str
    field: str
    components: tuple[str, ...]
    times: Float[np.ndarray, "steps neurons"]
    states: Float[np.ndarray, "rows steps neurons components"]
    current: Float[np.ndarray, "rows neurons"] | None

    def component(self, name: str) -> Float[np.ndarray, "rows steps neurons"]:
        """One component by name; raises `ValueError` for one that the field does not have."""
        if name not in self.components:
            raise ValueError(f"{self.field} has no component {name!r}; it has {', '.join(self.components)}.")
        return self.states[..., self.components.index(name)]


@dataclass(frozen=True, eq=False)
class HiddenPaths:
    """A path a layer, from the first to the last."""

    layers: tuple[Path, ...]

    def plot(self, *, rows: Sequence[int] | None = None, neurons: Sequence[int] | None = None) -> Figure:
        """A row a layer, a column a component: a colour a neuron, a kind of line a row of the data."""
        columns = max(len(path.components) for path in self.layers)
        lines = ("-", "--", ":")
        shown_rows = spread(len(self.layers[0].states), ROWS) if rows is None else rows
        with styled():
            figure = sheet(1.2 + 3.4 * columns, 0.4 + 2.4 * len(self.layers))
            panels = figure.subplots(len(self.layers), columns, squeeze=False)
            for path, across in zip(self.layers, panels, strict=True):
                shown = spread(path.times.shape[1], NEURONS) if neurons is None else neurons
                for c, axes in enumerate(across):
                    if c >= len(path.components):
                        axes.set_axis_off()
                        continue
                    for k, neuron in enumerate(shown):
                        for row, line in zip(shown_rows, lines, strict=False):
                            label = f"neuron {neuron}" if row == shown_rows[0] else None
                            values = path.states[row, :, neuron, c]
                            axes.plot(path.times[:, neuron], values, line, color=colour(k), lw=1, label=label)
                    name = path.components[c]
                    axes.set(xlabel="time in the layer", ylabel=name, title=f"{path.name}: {name}")
                across[len(path.components) - 1].legend(
                    loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7
                )
            told = ", ".join(
                f"{r} {s}" for r, s in zip(shown_rows, ("full", "dashed", "dotted"), strict=False)
            )
            figure.suptitle(f"rows of the data: {told}", fontsize=9)
        return figure


def hidden_paths(model: Any, X: Any = None, *, factor: int = 1) -> HiddenPaths:
    """The states of every neuron along its own horizon, at the steps as trained or `factor` times as many.

    `model` is a fitted estimator or a network in continuous depth with rows `X`, or flows. Raises `ValueError` for a
    network without a vector field.
    """
    return HiddenPaths(tuple(path_of(one) for one in flows(model, X, factor=factor)))


def path_of(flow: Flow) -> Path:
    """The path of one layer."""
    share = np.linspace(0, 1, flow.steps + 1)[:, None]
    return Path(
        flow.name,
        flow.field,
        flow.components,
        share * np.asarray(flow.horizon),
        np.moveaxis(flow.trajectory(), 1, 0),
        None if flow.current is None else np.asarray(flow.current),
    )


def spread(count: int, most: int) -> list[int]:
    """At most so many of the numbers 0, ..., count - 1, evenly."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int)).tolist()
