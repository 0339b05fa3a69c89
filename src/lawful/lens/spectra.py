"""Singular values of weights, and how far the spectra of two runs are apart."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import colour, sheet, styled
from .network import Network


@dataclass(frozen=True, eq=False)
class Spectra:
    """Singular values of each layer of each network, largest first: `values[network][layer]`."""

    names: tuple[str, ...]
    values: tuple[tuple[Float[np.ndarray, " _"], ...], ...]

    def distance(self, first: int = 0, second: int = 1) -> tuple[float, ...]:
        """|s1 - s2| / |s1| a layer: the least fro that any rotation of W2 from both sides could reach."""
        pairs = zip(self.values[first], self.values[second], strict=True)
        return tuple(float(np.linalg.norm(a - b) / (np.linalg.norm(a) or np.nan)) for a, b in pairs)

    def shape_distance(self, first: int = 0, second: int = 1) -> tuple[float, ...]:
        """The same of spectra scaled to norm 1: what is left once W2 may also be scaled."""
        pairs = zip(self.values[first], self.values[second], strict=True)
        return tuple(float(np.linalg.norm(_unit(a) - _unit(b))) for a, b in pairs)

    def plot(self, *, layers: tuple[int, ...] | None = None) -> Figure:
        """Singular values against their rank, a panel a layer, all runs in each, one scale for all panels."""
        count = len(self.values[0])
        inner = list(range(1, count - 1)) or list(range(count))
        chosen = layers or tuple(sorted({inner[0], inner[len(inner) // 2], inner[-1]}))
        with styled():
            figure = sheet(0.6 + 2.8 * len(chosen), 2.8)
            panels = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
            for axes, layer in zip(panels, chosen, strict=True):
                for run, (name, spectra) in enumerate(zip(self.names, self.values, strict=True)):
                    ranks = np.arange(1, len(spectra[layer]) + 1)
                    axes.plot(ranks, spectra[layer], ".-", ms=3, lw=0.8, color=colour(run), label=name)
                axes.set(xlabel="rank", title=f"W{layer}")
                axes.set_ylim(bottom=0)
            panels[0].set_ylabel("singular value")
            panels[-1].legend()
        return figure

    def data(self) -> dict[str, Any]:
        """As plain data."""
        pairs = zip(self.names, self.values, strict=True)
        return {name: [s.tolist() for s in spectra] for name, spectra in pairs}


def spectra(*networks: Network) -> Spectra:
    """The singular values of all weights; no symmetry of hidden neurons by order or sign changes them."""
    values = tuple(tuple(np.linalg.svd(w, compute_uv=False) for w in n.weights) for n in networks)
    return Spectra(tuple(n.name for n in networks), values)


def _unit(s: np.ndarray) -> np.ndarray:
    return s / (np.linalg.norm(s) or 1.0)
