"""The account of some networks as a whole: what `lawful lens` prints, writes and draws."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .attractors import plot_residuals
from .features import Features, features
from .function_space import FunctionDistance, function_distance
from .network import Network, check_alike, points_for
from .portrait import Portrait, portrait
from .spectra import Spectra, spectra
from .trajectories import trajectories
from .weights import DRAWS, LayerComparison, WeightComparison, compare_weights, weight_maps

POINTS = 256
SHOWN, RANKED = 4, 20
OF_A_PAIR = (*LayerComparison.__dataclass_fields__, "spectral_distance", "spectral_shape_distance")


@dataclass(frozen=True, eq=False)
class Account:
    """Networks, each by itself at `points`, and every one against the first; `at` are the places that were given."""

    portraits: tuple[Portrait, ...]
    points: Float[np.ndarray, "points d"]
    at: Float[np.ndarray, "places d"] | None
    spectra: Spectra
    weights: tuple[WeightComparison, ...]
    functions: tuple[FunctionDistance, ...]
    features: Features | None

    @property
    def networks(self) -> tuple[Network, ...]:
        return tuple(p.network for p in self.portraits)

    def data(self) -> dict[str, Any]:
        """As plain data.

        `layers` are those of the first network, with its comparison to the second, None without one; `networks` has
        every network by itself, `pairs` each against the first. `output` lists the outputs at the places given,
        networks outermost, then places, then components.
        """
        outputs = [None if self.at is None else n(self.at).tolist() for n in self.networks]
        alone: list[dict[str, Any]] = [
            p.data() | {"output": out} for p, out in zip(self.portraits, outputs, strict=True)
        ]
        pairs = [self._pair(i) for i in range(len(self.weights))]
        nothing: dict[str, Any] = dict.fromkeys(OF_A_PAIR)
        beside = pairs[0]["layers"] if pairs else [nothing] * len(alone[0]["layers"])
        ranked = self.features.ranked[:RANKED] if self.features else ()
        return {
            "layers": [other | own for own, other in zip(alone[0]["layers"], beside, strict=True)],
            "output": np.ravel([out for out in outputs if out is not None]).tolist(),
            "at": None if self.at is None else self.at.tolist(),
            "points": self._where(),
            "activation": self.networks[0].activation.name,
            "networks": alone,
            "pairs": pairs,
            "features": [asdict(f) for f in ranked],
            "features_above_chance": len(self.features.above_chance()) if self.features else None,
        }

    def _where(self) -> str:
        if self.at is not None and len(self.at) == len(self.points):
            return f"{len(self.points)} given"
        return f"{POINTS} of a Sobol sequence in [-1, 1]^{self.points.shape[1]}"

    def _pair(self, i: int) -> dict[str, Any]:
        pair = self.weights[i]
        distances = self.spectra.distance(0, i + 1), self.spectra.shape_distance(0, i + 1)
        layers = []
        for layer, far, shape in zip(pair.layers, *distances, strict=True):
            layers.append(asdict(layer) | {"spectral_distance": far, "spectral_shape_distance": shape})
        function = self.functions[i].data() if self.functions else None
        return {
            "first": pair.first,
            "second": pair.second,
            "overall": pair.overall,
            "function": function,
            "layers": layers,
        }

    def text(self) -> str:
        """As text."""
        blocks = []
        for p in self.portraits:
            lines = [p.table()]
            if self.at is not None:
                for place, value in zip(self.at, p.network(self.at), strict=True):
                    lines.append(f"  output at {_vector(place)}: {_vector(value, '.8g')}")
            blocks.append("\n".join(lines))
        blocks += [pair.table() for pair in self.weights]
        blocks += ["\n".join(map(str, self.functions))] if self.functions else []
        if self.features:
            count = len(self.features.ranked)
            blocks.append(
                f"{len(self.features.above_chance())} of {count} hidden neurons of {self.features.name} recur in all "
                f"other runs more than 95 % do by chance; {0.05 * count:.0f} would by accident."
            )
        blocks.append(f"States at {self._where()} points; docs/lens.md tells what each number means.")
        return "\n\n".join(blocks)

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """How to draw each figure, by name."""
        shown = self.networks[:SHOWN]
        made: dict[str, Callable[[], Figure]] = {
            "weights": lambda: weight_maps(*shown),
            "singular_values": self.spectra.plot,
        }
        if len(shown[0].weights) > 1:
            made["activations"] = lambda: trajectories(*shown, at=self.points).plot()
        residuals = [p.residuals for p in self.portraits if p.residuals.layers]
        if residuals:
            made["attractors"] = lambda: plot_residuals(*residuals)
        for pair, distance in zip(self.weights, self.functions or [None] * len(self.weights), strict=True):
            made[f"comparison_{pair.second}"] = pair.plot
            if distance:
                made[f"function_{pair.second}"] = distance.plot
        if self.features:
            made["features"] = self.features.plot
        for p in self.portraits[:SHOWN]:
            made |= {f"{name}_{p.network.name}": draw for name, draw in p.figures().items()}
        return made


def account(
    *networks: Network, at: Any = None, draws: int = DRAWS, initial: str = "glorot_uniform", seed: int = 0
) -> Account:
    """Look at networks of the same sizes: each by itself, and every one against the first.

    `at` are places, (points, d) or (d,); without any, states and functions are looked at in 256 points of [-1, 1]^d.
    Functions compare at three points or more. `draws` pairs of shuffled networks give each chance level of weights,
    `initial` is the distribution before training. Raises `ValueError` for networks that are not alike.
    """
    if not networks:
        raise ValueError("there is no network to look at; give one or more.")
    for other in networks[1:]:
        check_alike(networks[0], other)
    first = networks[0]
    given = None if at is None else points_for(first, at)
    points = given if given is not None else spread_points(first.widths[0])
    weights = tuple(compare_weights(first, n, draws=draws, seed=seed) for n in networks[1:])
    many = len(points) > 2
    pairs = zip(networks[1:], weights, strict=True) if many else ()
    hidden = len(first.weights) > 1
    return Account(
        tuple(portrait(n, at=points, initial=initial, seed=seed) for n in networks),
        points,
        given,
        spectra(*networks),
        weights,
        tuple(function_distance(first, n, at=points, weights=w, seed=seed) for n, w in pairs),
        features(*networks, at=points, seed=seed) if many and hidden and len(networks) > 1 else None,
    )


def spread_points(dimension: int, count: int = POINTS) -> Float[np.ndarray, "points d"]:
    """Evenly spread points of [-1, 1]^d, always the same."""
    from scipy.stats import qmc

    return 2 * qmc.Sobol(dimension, scramble=True, rng=0).random(count) - 1


def _vector(values: np.ndarray, style: str = "g") -> str:
    return ", ".join(format(v, style) for v in values)
