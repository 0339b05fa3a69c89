"""The account of some networks as a whole: what `lawful lens` prints, writes and draws."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .attractors import AttractorResiduals, attractor_residuals, plot_residuals
from .network import Network, check_alike, points_for
from .spectra import Spectra, spectra
from .weights import DRAWS, LayerComparison, WeightComparison, compare_weights, weight_maps

POINTS = 256
WORDS_OF_PAIR = tuple(name for name in LayerComparison.__dataclass_fields__ if name not in ("layer", "shape"))


@dataclass(frozen=True, eq=False)
class Account:
    """Networks, each by itself at `points`, and every one against the first."""

    networks: tuple[Network, ...]
    points: Float[np.ndarray, "points d"]
    at: Float[np.ndarray, "places d"] | None
    spectra: Spectra
    residuals: tuple[AttractorResiduals, ...]
    pairs: tuple[WeightComparison, ...]

    def data(self) -> dict[str, Any]:
        """As plain data.

        `layers` are those of the first network, with its comparison to the second; `networks` has every network by
        itself, `pairs` each against the first. `output` lists the outputs at the places, networks outermost, then
        places, then components.
        """
        alone = [self._network(i) for i in range(len(self.networks))]
        pairs = [self._pair(i) for i in range(len(self.pairs))]
        nothing = dict.fromkeys((*WORDS_OF_PAIR, "spectral_distance", "spectral_shape_distance"))
        beside = pairs[0]["layers"] if pairs else [nothing] * len(alone[0]["layers"])
        outputs = [] if self.at is None else [n(self.at).ravel().tolist() for n in self.networks]
        return {
            "layers": [own | other for own, other in zip(alone[0]["layers"], beside, strict=True)],
            "output": [value for values in outputs for value in values],
            "at": None if self.at is None else self.at.tolist(),
            "points": self._where(),
            "activation": self.networks[0].activation.name,
            "networks": alone,
            "pairs": pairs,
        }

    def _where(self) -> str:
        if self.at is not None:
            return f"{len(self.points)} given by --at"
        return f"{POINTS} of a Sobol sequence in [-1, 1]^{self.points.shape[1]}"

    def _network(self, i: int) -> dict[str, Any]:
        network, residuals = self.networks[i], self.residuals[i]
        layers = []
        for layer, (w, s) in enumerate(zip(network.weights, self.spectra.values[i], strict=True)):
            column = residuals.layers.index(layer) if layer in residuals.layers else None
            layers.append(
                {
                    "layer": layer,
                    "shape": list(w.shape),
                    "norm": float(np.linalg.norm(w)),
                    "singular_values": s.tolist(),
                    "attractor_residual": None if column is None else float(residuals.mean[column]),
                    "attractor_chance": None if column is None else float(residuals.null[column]),
                }
            )
        outputs = None if self.at is None else network(self.at).tolist()
        return {
            "name": network.name,
            "activation": network.activation.name,
            "widths": list(network.widths),
            "parameters": network.parameters,
            "output": outputs,
            "layers": layers,
        }

    def _pair(self, i: int) -> dict[str, Any]:
        pair = self.pairs[i]
        distances = self.spectra.distance(0, i + 1), self.spectra.shape_distance(0, i + 1)
        layers = []
        for layer, far, shape in zip(pair.layers, *distances, strict=True):
            layers.append(asdict(layer) | {"spectral_distance": far, "spectral_shape_distance": shape})
        return {"first": pair.first, "second": pair.second, "overall": pair.overall, "layers": layers}

    def text(self) -> str:
        """As text."""
        blocks = []
        for network, residuals in zip(self.networks, self.residuals, strict=True):
            widths = " - ".join(map(str, network.widths))
            lines = [f"{network.name}: {widths} {network.activation.name}, {network.parameters:,} parameters"]
            if self.at is not None:
                for place, value in zip(self.at, network(self.at), strict=True):
                    lines.append(f"  at {_vector(place)}: {_vector(value, '.8g')}")
            if residuals.layers:
                lines.append("  layer  |f(zW + b) - z|/|z|  neurons shuffled")
                for layer, value, null in zip(residuals.layers, residuals.mean, residuals.null, strict=True):
                    lines.append(f"  {layer:5d}  {value:19.3f}  {null:16.3f}")
            blocks.append("\n".join(lines))
        blocks += [pair.table() for pair in self.pairs]
        blocks.append(f"Residuals at {self._where()}.")
        return "\n\n".join(blocks)

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """How to draw each figure, by name."""
        made: dict[str, Callable[[], Figure]] = {
            "weights": lambda: weight_maps(*self.networks[:4]),
            "singular_values": self.spectra.plot,
        }
        if any(r.layers for r in self.residuals):
            made["attractors"] = lambda: plot_residuals(*(r for r in self.residuals if r.layers))
        for pair in self.pairs:
            made[f"comparison_{pair.second}"] = pair.plot
        return made


def account(*networks: Network, at: Any = None, draws: int = DRAWS, seed: int = 0) -> Account:
    """Look at networks of the same sizes: each by itself, and every one against the first.

    `at` are places, (points, d) or (d,); without them states are taken at 256 points in [-1, 1]^d. `draws` pairs of
    shuffled networks give each chance level. Raises `ValueError` for networks that are not alike.
    """
    if not networks:
        raise ValueError("there is no network to look at; give one or more.")
    for other in networks[1:]:
        check_alike(networks[0], other)
    given = None if at is None else points_for(networks[0], at)
    points = spread_points(networks[0].widths[0]) if given is None else given
    return Account(
        networks,
        points,
        given,
        spectra(*networks),
        tuple(attractor_residuals(n, points) for n in networks),
        tuple(compare_weights(networks[0], n, draws=draws, seed=seed) for n in networks[1:]),
    )


def spread_points(dimension: int, count: int = POINTS) -> Float[np.ndarray, "points d"]:
    """Evenly spread points of [-1, 1]^d, always the same."""
    from scipy.stats import qmc

    return 2 * qmc.Sobol(dimension, scramble=True, rng=0).random(count) - 1


def _vector(values: np.ndarray, style: str = "g") -> str:
    return ", ".join(format(v, style) for v in values)
