"""Weights across runs: relative norm and cosine of their difference, before and after alignment, with chance levels."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .alignment import Alignment, align
from .drawing import CHANCE, about_zero, colour_bar, heat_map, sheet, styled, whole_ticks
from .network import Network, check_alike

DRAWS = 20


@dataclass(frozen=True)
class LayerComparison:
    """The weights W1 and W2 of one layer in two runs.

    - fro = |W1 - W2|_F / |W1|_F, cos = <W1, W2> / (|W1| |W2|), ratio r = |W2| / |W1|; fro^2 = 1 + r^2 - 2 r cos.
    - `fro_aligned`, `cos_aligned`: the same once the symmetries of hidden neurons are removed.
    - `cos_chance` = 1 / sqrt(n), the standard deviation of cos between independent weights of mean zero, and
      `fro_chance` = sqrt(1 + r^2), their expected fro.
    - `cos_aligned_chance`, `fro_aligned_chance`: the means after aligning networks whose entries were shuffled within
      each layer, with their standard deviations `..._spread`.
    """

    layer: int
    shape: tuple[int, int]
    fro: float
    cos: float
    ratio: float
    fro_chance: float
    cos_chance: float
    fro_aligned: float
    cos_aligned: float
    fro_aligned_chance: float
    fro_aligned_spread: float
    cos_aligned_chance: float
    cos_aligned_spread: float


@dataclass(frozen=True, eq=False)
class WeightComparison:
    """Two networks layer by layer; `overall` has fro and cos of all weights and biases at once, raw and aligned."""

    first: str
    second: str
    layers: tuple[LayerComparison, ...]
    overall: dict[str, float]
    alignment: Alignment

    def data(self) -> dict[str, Any]:
        """As plain data."""
        layers = [asdict(layer) for layer in self.layers]
        return {"first": self.first, "second": self.second, "overall": self.overall, "layers": layers}

    def table(self) -> str:
        """As text: each number beside its chance level."""
        lines = [
            f"weights of {self.first} and {self.second}",
            "layer     shape     fro  chance      cos   chance   fro aligned      chance   cos aligned      chance",
        ]
        for c in self.layers:
            shape = "x".join(map(str, c.shape))
            lines.append(
                f"{c.layer:5d}{shape:>10}{c.fro:8.3f}{c.fro_chance:8.3f}{c.cos:9.4f}  ±{c.cos_chance:.4f}"
                f"{c.fro_aligned:14.3f}{_with_spread(c.fro_aligned_chance, c.fro_aligned_spread):>12}"
                f"{c.cos_aligned:14.3f}{_with_spread(c.cos_aligned_chance, c.cos_aligned_spread):>12}"
            )
        o = self.overall
        lines.append(
            f"  all parameters{o['fro']:7.3f}{'':8}{o['cos']:9.4f}{'':9}{o['fro_aligned']:14.3f}{'':12}"
            f"{o['cos_aligned']:14.3f}"
        )
        return "\n".join(lines)

    def plot(self) -> Figure:
        """fro and cos over the layers, raw and aligned, each with its chance level."""
        layers = [c.layer for c in self.layers]
        with styled():
            figure = sheet(8.4, 3.0)
            panels = figure.subplots(1, 2)
            titles = {"fro": "|W1 - W2| / |W1|", "cos": "cosine of W1 and W2"}
            for axes, (what, title) in zip(panels, titles.items(), strict=True):
                raw = np.array([getattr(c, what) for c in self.layers])
                level = np.array([c.fro_chance if what == "fro" else 0.0 for c in self.layers])
                axes.plot(layers, raw, "o", color="C0", label="as given")
                axes.plot(layers, level, "--", color="C0", lw=1, alpha=0.7, label="chance")
                if what == "cos":
                    width = 2 * np.array([c.cos_chance for c in self.layers])
                    axes.fill_between(layers, -width, width, color="C0", alpha=0.15, lw=0)
                aligned = [getattr(c, f"{what}_aligned") for c in self.layers]
                chance = np.array([getattr(c, f"{what}_aligned_chance") for c in self.layers])
                spread = 2 * np.array([getattr(c, f"{what}_aligned_spread") for c in self.layers])
                axes.plot(layers, aligned, "s", color="C1", label="aligned")
                axes.plot(layers, chance, "--", color="C1", lw=1, alpha=0.7, label="aligned by chance")
                axes.fill_between(layers, chance - spread, chance + spread, color="C1", alpha=0.2, lw=0)
                axes.axhline(0, color=CHANCE, lw=0.5)
                axes.set(xlabel="layer", ylabel=what, title=title)
                whole_ticks(axes, layers)
            panels[-1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
            figure.suptitle(f"{self.first} and {self.second}; bands: two standard deviations", fontsize=9)
        return figure


def compare_weights(
    first: Network, second: Network, *, draws: int = DRAWS, seed: int = 0
) -> WeightComparison:
    """Compare the weights of two networks, raw and aligned, with chance levels from `draws` shuffled pairs.

    Costs an alignment a draw: about 0.15 s for 8 x 100 neurons. Raises `ValueError` for networks of other sizes or
    another activation, and for fewer than two draws.
    """
    check_alike(first, second)
    if draws < 2:
        raise ValueError(f"draws must be at least 2, got {draws}: chance levels need a mean and a spread.")
    alignment = align(second, to=first)
    raw = [_measures(a, b) for a, b in zip(first.weights, second.weights, strict=True)]
    aligned = _layers(alignment)
    rng = np.random.default_rng(seed)
    nulls = np.array([_layers(align(shuffled(second, rng), to=shuffled(first, rng))) for _ in range(draws)])
    mean, spread = nulls.mean(0), nulls.std(0, ddof=1)
    layers = tuple(
        LayerComparison(
            layer=i,
            shape=first.weights[i].shape,  # pyright: ignore[reportArgumentType]
            fro=raw[i][0],
            cos=raw[i][1],
            ratio=raw[i][2],
            fro_chance=float(np.sqrt(1 + raw[i][2] ** 2)),
            cos_chance=float(first.weights[i].size ** -0.5),
            fro_aligned=aligned[i][0],
            cos_aligned=aligned[i][1],
            fro_aligned_chance=float(mean[i, 0]),
            fro_aligned_spread=float(spread[i, 0]),
            cos_aligned_chance=float(mean[i, 1]),
            cos_aligned_spread=float(spread[i, 1]),
        )
        for i in range(len(raw))
    )
    whole = _measures(_flat(first), _flat(second)), _measures(_flat(alignment.to), _flat(alignment.network))
    overall = dict(fro=whole[0][0], cos=whole[0][1], fro_aligned=whole[1][0], cos_aligned=whole[1][1])
    return WeightComparison(first.name, second.name, layers, overall, alignment)


def shuffled(network: Network, rng: np.random.Generator) -> Network:
    """The network with the entries of each weight matrix and of each bias in random order: a network that learnt
    nothing but the distribution of its entries."""
    weights = tuple(rng.permutation(w.ravel()).reshape(w.shape) for w in network.weights)
    return replace(network, weights=weights, biases=tuple(rng.permutation(b) for b in network.biases))


def weight_maps(*networks: Network, layers: Sequence[int] | None = None) -> Figure:
    """Heat maps of weights, a row a network and a column a layer, each column with one colour scale.

    By default the layers 1, the middle one, and the last between hidden neurons; raises `ValueError` for layers that
    are not there.
    """
    count = min(len(n.weights) for n in networks)
    inner = list(range(1, count - 1)) or list(range(count))
    chosen = layers if layers is not None else sorted({inner[0], inner[len(inner) // 2], inner[-1]})
    for layer in chosen:
        if not 0 <= layer < count:
            raise ValueError(f"there is no layer {layer}; the layers are 0 to {count - 1}.")
    with styled():
        figure = sheet(0.6 + 3.0 * len(chosen), 0.4 + 2.5 * len(networks))
        panels = figure.subplots(len(networks), len(chosen), squeeze=False)
        for column, layer in enumerate(chosen):
            colours = about_zero(n.weights[layer] for n in networks)
            image = None
            for row, network in enumerate(networks):
                labels = dict(xlabel="to neuron", ylabel="from neuron", title=f"{network.name}, W{layer}")
                image = heat_map(panels[row, column], network.weights[layer], colours, **labels)
            colour_bar(figure, image, list(panels[:, column]), "weight")
    return figure


def _measures(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    """fro, cos and the ratio of norms; NaN where a norm is zero."""
    na, nb = np.linalg.norm(a), np.linalg.norm(b)
    if not na or not nb:
        return (float(nb / na) if na else float("nan")), float("nan"), float(nb / na) if na else float("nan")
    return float(np.linalg.norm(a - b) / na), float(np.sum(a * b) / (na * nb)), float(nb / na)


def _layers(alignment: Alignment) -> list[tuple[float, float, float]]:
    pairs = zip(alignment.to.weights, alignment.network.weights, strict=True)
    return [_measures(a, b) for a, b in pairs]


def _flat(network: Network) -> np.ndarray:
    return np.concatenate([x.ravel() for x in (*network.weights, *network.biases)])


def _with_spread(mean: float, spread: float) -> str:
    return f"{mean:.3f}±{spread:.3f}"
