"""Eigenvalues and singular values of a layer beside the laws of random matrices."""

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Complex, Float
from matplotlib.figure import Figure

from .._names import listed
from .drawing import colour, sheet, styled
from .entries import INITIAL
from .network import Network

DRAWS = 50


@dataclass(frozen=True, eq=False)
class RandomMatrix:
    """One layer W (a x b), scaled by the root mean square sigma of its entries, beside matrices drawn as before
    training.

    - `squares`: the eigenvalues of W W^T / (sigma^2 max(a, b)), largest first, without those that must be zero;
      Marchenko-Pastur with ratio c = min / max has them between (1 - sqrt c)^2 and (1 + sqrt c)^2.
    - `pastur_distance`: Kolmogorov-Smirnov to that law, `outliers` how many lie above all of 95 % of the drawn ones.
    - `eigenvalues` of W / (sigma sqrt(n)) for square layers, `circular_distance` that of |lambda|^2 to uniform in
      [0, 1].
    - `..._chance`, `..._spread`: mean and standard deviation of the distances of the drawn matrices, which are not zero
      at finite size.
    """

    name: str
    layer: int
    initial: str
    ratio: float
    squares: Float[np.ndarray, " rank"]
    pastur_distance: float
    pastur_chance: float
    pastur_spread: float
    outliers: int
    edge: float
    eigenvalues: Complex[np.ndarray, " n"] | None
    circular_distance: float | None
    circular_chance: float | None
    circular_spread: float | None

    def data(self) -> dict[str, Any]:
        """As plain data, without the eigenvalues."""
        left_out = ("name", "layer", "squares", "eigenvalues")
        return {k: getattr(self, k) for k in self.__dataclass_fields__ if k not in left_out}

    def plot(self) -> Figure:
        """The two laws and the layer."""
        with styled():
            figure = sheet(7.6, 3.0)
            left, right = figure.subplots(1, 2)
            left.hist(self.squares, bins=30, density=True, color=colour(0), alpha=0.4, label=f"W{self.layer}")
            x, density = pastur_density(self.ratio)
            left.plot(x, density, color=colour(1), label="Marchenko-Pastur")
            left.axvline(self.edge, color="0.4", lw=0.8, ls=":", label="95 % of drawn ones")
            top = np.quantile(density, 0.97) * 1.5  # for c = 1 the density has a pole
            left.set(xlabel="eigenvalue of W Wᵀ / (σ² max)", ylabel="density", ylim=(0, top), title=self.name)
            left.legend(fontsize=7)
            turn = 2 * np.pi * np.linspace(0, 1, 200)
            right.plot(np.cos(turn), np.sin(turn), color=colour(1), label="circular law")
            if self.eigenvalues is not None:
                right.plot(np.real(self.eigenvalues), np.imag(self.eigenvalues), ".", ms=4, color=colour(0))
            right.set(xlabel="Re", ylabel="Im", title=f"eigenvalues of W{self.layer} / (σ √n)")
            right.set_aspect("equal")
            right.legend(fontsize=7, loc="upper right")
        return figure


def random_matrix(
    network: Network, layer: int, *, initial: str = "glorot_uniform", draws: int = DRAWS, seed: int = 0
) -> RandomMatrix:
    """Hold a layer against the Marchenko-Pastur and circular laws, and both against drawn matrices of its size.

    Raises `ValueError` for a layer that is not there or is zero, and for an unknown initial distribution.
    """
    if not 0 <= layer < len(network.weights):
        raise ValueError(f"there is no layer {layer}; the layers are 0 to {len(network.weights) - 1}.")
    if initial not in INITIAL:
        raise ValueError(f"initial distribution {initial!r} is not known; choose {listed(INITIAL)}.")
    w = network.weights[layer]
    if not w.any():
        raise ValueError(f"W{layer} of {network.name} is zero: it has no spectrum to compare.")
    ratio = min(w.shape) / max(w.shape)
    null = _drawn(w.shape, initial, draws, seed)
    squares = _squares(w)
    square = w.shape[0] == w.shape[1] > 1
    eigenvalues = _eigenvalues(w) if square else None
    return RandomMatrix(
        network.name,
        layer,
        initial,
        ratio,
        squares,
        _pastur_distance(squares, ratio),
        float(np.mean(null.pastur)),
        float(np.std(null.pastur, ddof=1)),
        int(np.count_nonzero(squares > null.edge)),
        null.edge,
        eigenvalues,
        None if eigenvalues is None else _circular_distance(eigenvalues),
        float(np.mean(null.circular)) if square else None,
        float(np.std(null.circular, ddof=1)) if square else None,
    )


@dataclass(frozen=True)
class Null:
    """What drawn matrices of one shape give."""

    pastur: tuple[float, ...]
    edge: float
    circular: tuple[float, ...]


@functools.lru_cache(maxsize=32)
def _drawn(shape: tuple[int, int], initial: str, draws: int, seed: int) -> Null:
    """The distances of `draws` matrices, kept, since the layers of a network share their shapes."""
    rng = np.random.default_rng(seed)
    make = rng.standard_normal if initial == "glorot_normal" else lambda shape: rng.uniform(-1, 1, shape)
    matrices = [make(shape) for _ in range(draws)]
    squares = [_squares(m) for m in matrices]
    ratio = min(shape) / max(shape)
    square = shape[0] == shape[1] > 1
    return Null(
        tuple(_pastur_distance(s, ratio) for s in squares),
        float(np.quantile([s[0] for s in squares], 0.95)),
        tuple(_circular_distance(_eigenvalues(m)) for m in matrices) if square else (),
    )


def pastur_density(ratio: float, points: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """x and the density sqrt((x+ - x)(x - x-)) / (2 pi c x) of Marchenko and Pastur for 0 < c <= 1."""
    angle = np.pi * (np.arange(points) + 0.5) / points
    x = 1 + ratio - 2 * np.sqrt(ratio) * np.cos(angle)
    return x, np.sqrt(ratio) * np.sin(angle) / (np.pi * ratio * x)


def pastur_cdf(x: Float[np.ndarray, " n"], ratio: float) -> Float[np.ndarray, " n"]:
    """The share of eigenvalues below x: with x = 1 + c - 2 sqrt(c) cos(a), the integral of
    (2/pi) sin^2 a / (1 + c - 2 sqrt(c) cos a) da, by the midpoint rule."""
    count = 4000
    a = np.pi * (np.arange(count) + 0.5) / count
    mass = (2 / count) * np.sin(a) ** 2 / (1 + ratio - 2 * np.sqrt(ratio) * np.cos(a))
    below = np.concatenate([[0.0], np.cumsum(mass)])
    cosine = np.clip((1 + ratio - x) / (2 * np.sqrt(ratio)), -1, 1)
    return np.interp(np.arccos(cosine), np.pi * np.arange(count + 1) / count, below)


def _squares(w: np.ndarray) -> np.ndarray:
    s = np.linalg.svd(w, compute_uv=False)
    return s**2 / ((w**2).mean() * max(w.shape))


def _eigenvalues(w: np.ndarray) -> np.ndarray:
    return np.linalg.eigvals(w).astype(complex) / np.sqrt((w**2).sum() / len(w))


def _pastur_distance(squares: np.ndarray, ratio: float) -> float:
    return _distance(pastur_cdf(np.sort(squares), ratio))


def _circular_distance(eigenvalues: np.ndarray) -> float:
    return _distance(np.clip(np.sort(np.abs(eigenvalues) ** 2), 0, 1))


def _distance(cdf: np.ndarray) -> float:
    """Kolmogorov-Smirnov, from the values of the law's distribution function at the sorted sample."""
    steps = np.arange(len(cdf) + 1) / len(cdf)
    return float(max((steps[1:] - cdf).max(), (cdf - steps[:-1]).max()))
