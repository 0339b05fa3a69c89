"""Which neurons spike, for which rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...nn.continuous import AbstractField, FitzHughNagumo, HodgkinHuxley, Nagumo, VanDerPol
from ..drawing import colour_bar, heat_map, sheet, styled
from .flow import Flow, flows
from .paths import path_of

LEVELS: dict[type[AbstractField], tuple[str, float, float]] = {
    FitzHughNagumo: ("v", 1.0, 0.0),
    Nagumo: ("v", 0.5, 0.2),
    VanDerPol: ("x", 1.0, 0.0),
    HodgkinHuxley: ("V", 0.0, -40.0),
}
"""Component, level and reset: of FitzHugh-Nagumo the level is the right knee of the cubic nullcline."""


@dataclass(frozen=True, eq=False)
class LayerSpikes:
    """Spikes of one layer: `counts` (rows, neurons), `first` the time of the first, NaN without one, `rate` a time."""

    name: str
    field: str
    component: str
    level: float
    reset: float
    counts: Int[np.ndarray, "rows neurons"]
    first: Float[np.ndarray, "rows neurons"]
    rate: Float[np.ndarray, "rows neurons"]

    @property
    def spiking_fraction(self) -> float:
        """The share of pairs of a row and a neuron with a spike."""
        return float((self.counts > 0).mean())

    @property
    def spiking_neurons(self) -> Float[np.ndarray, " neurons"]:
        """For each neuron the share of rows for which it spikes."""
        return (self.counts > 0).mean(0)


@dataclass(frozen=True, eq=False)
class Spikes:
    """The spikes of every layer."""

    layers: tuple[LayerSpikes, ...]

    def plot(self) -> Figure:
        """A panel a layer: how often each neuron spikes for each row, in common colours."""
        top = max(1, *(int(layer.counts.max(initial=0)) for layer in self.layers))
        with styled():
            figure = sheet(1.6 + 3.2 * len(self.layers), 3.2)
            panels = figure.subplots(1, len(self.layers), squeeze=False)[0]
            image = None
            for layer, axes in zip(self.layers, panels, strict=True):
                image = heat_map(
                    axes,
                    layer.counts.T,
                    {"vmin": 0, "vmax": top, "cmap": "viridis"},
                    xlabel="row of the data",
                    ylabel="neuron",
                    title=f"{layer.name}: peaks of {layer.component} above {layer.level:g}",
                )
            colour_bar(figure, image, list(panels), "spikes")
            image.colorbar.ax.yaxis.set_major_locator(MaxNLocator(integer=True))  # pyright: ignore
        return figure


def spikes(
    model: Any,
    X: Any = None,
    *,
    component: str | None = None,
    level: float | None = None,
    reset: float | None = None,
    factor: int = 1,
) -> Spikes:
    """Count spikes: a peak of `component` above `level`, once it has risen through it from `reset` or below.

    After a spike the component must fall to `reset` before another counts, so that ripples on a plateau are one; a
    rise whose peak lies beyond the horizon does not count. A neuron that starts at or below `reset` may spike. Known
    levels and resets: FitzHugh-Nagumo (v, 1, 0), Nagumo (v, 0.5, 0.2), Van der Pol (x, 1, 0) and Hodgkin-Huxley (V, 0,
    -40 mV). Times of peaks are of parabolas through three states. Raises `ValueError` where a level is needed, or
    `reset` is not below `level`.
    """
    return Spikes(tuple(counted(one, component, level, reset) for one in flows(model, X, factor=factor)))


def counted(flow: Flow, component: str | None, level: float | None, reset: float | None) -> LayerSpikes:
    """The spikes of one layer."""
    known = LEVELS.get(type(flow.dynamics)) if isinstance(flow.dynamics, AbstractField) else None
    if known is None and (level is None or reset is None):
        raise ValueError(
            f"{flow.field} has no level at which it spikes; name one, as in spikes(..., level=1.0, reset=0.0)."
        )
    name, usual, low = known or (flow.components[0], level or 0.0, reset or 0.0)
    component = component or name
    level, reset = (usual if level is None else level), (low if reset is None else reset)
    if not reset < level:
        raise ValueError(f"reset must be below level, got reset={reset:g} and level={level:g}.")
    path = path_of(flow)
    v = path.component(component)
    counts, first = _peaks(v, path.times, level, reset)
    return LayerSpikes(
        flow.name, flow.field, component, level, reset, counts, first, counts / path.times[-1][None]
    )


def _peaks(v: np.ndarray, times: np.ndarray, level: float, reset: float) -> tuple[np.ndarray, np.ndarray]:
    rows, steps, neurons = v.shape
    counts, first = np.zeros((rows, neurons), int), np.full((rows, neurons), np.nan)
    armed = v[:, 0] <= reset
    for k in range(1, steps - 1):
        armed |= v[:, k] <= reset
        before, here, after = v[:, k - 1], v[:, k], v[:, k + 1]
        peak = armed & (here > level) & (here >= before) & (here > after)
        bend = before - 2 * here + after
        shift = np.where(peak, (before - after) / np.where(bend == 0, -1.0, 2 * bend), 0.0)
        at = times[k][None] + shift * (times[1] - times[0])[None]
        first = np.where(peak & (counts == 0), at, first)
        counts += peak
        armed &= ~peak
    return counts, first
