"""How layers stretch and turn small differences: Jacobian spectra and finite-depth Lyapunov exponents."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import colour, sheet, styled, whole_ticks
from .network import Network
from .weights import shuffled


@dataclass(frozen=True, eq=False)
class Lyapunov:
    """Of one network at points, over `layers`, its longest chain of square hidden layers.

    - `exponents` (points, n), largest first: (1/L) log sigma_i(J_L ... J_1); NaN where sigma_i is lost in rounding.
    - `stretching` (points, layers, n): the singular values of each layer's J = diag(f') W^T.
    - `radius` (points, layers): the largest |eigenvalue| of each J.
    - `null`: the mean largest exponent once all weights are shuffled, its standard deviation `null_spread`.
    """

    name: str
    layers: tuple[int, ...]
    exponents: Float[np.ndarray, "points n"]
    stretching: Float[np.ndarray, "points layers n"]
    radius: Float[np.ndarray, "points layers"]
    null: float
    null_spread: float

    @property
    def largest(self) -> float:
        """The mean over points of the largest exponent: above 0 differences grow with depth."""
        return float(self.exponents[:, 0].mean())

    def plot(self) -> Figure:
        """The exponents, the singular values layer by layer, and the spectral radius."""
        with styled():
            figure = sheet(9.0, 2.8)
            left, middle, right = figure.subplots(1, 3)
            ranks = np.arange(1, self.exponents.shape[1] + 1)
            left.plot(
                ranks, self.exponents.T, color=colour(0), lw=0.5, alpha=max(0.05, 1 / len(self.exponents))
            )
            left.axhline(0, color="0.4", lw=0.8, ls=":")
            left.axhline(self.null, color="0.4", lw=0.8, ls="--", label="largest, weights shuffled")
            left.set(xlabel="rank", ylabel="exponent a layer", title=f"{self.name}: Lyapunov exponents")
            left.legend()
            for k, layer in enumerate(self.layers):
                middle.plot(
                    ranks, self.stretching[:, k].mean(0), lw=1, color=colour(k), label=f"layer {layer}"
                )
            middle.set(xlabel="rank", ylabel="singular value of J", title="stretching, mean over points")
            middle.legend(fontsize=7)
            right.plot(self.layers, self.radius.T, ".-", color=colour(0), lw=0.5, alpha=0.3)
            right.axhline(1, color="0.4", lw=0.8, ls=":")
            right.set(xlabel="layer", ylabel="largest |eigenvalue| of J", title="spectral radius")
            right.set_ylim(bottom=0)
            whole_ticks(right, self.layers)
        return figure


def lyapunov(network: Network, at: Any, *, draws: int = 10, seed: int = 0) -> Lyapunov:
    """Jacobian spectra and finite-depth exponents at points, O(points layers n^3).

    Raises `ValueError` where no hidden layer is square. L layers tell no limit: exponents at another depth differ.
    """
    layers = _longest_chain(network)
    if not layers:
        raise ValueError(f"{network.name} has no hidden layer that maps a space to itself.")
    exponents, stretching, radius = _measure(network, at, layers)
    rng = np.random.default_rng(seed)
    nulls = [_exponents(_jacobians(shuffled(network, rng), at, layers))[:, 0].mean() for _ in range(draws)]
    return Lyapunov(
        network.name,
        layers,
        exponents,
        stretching,
        radius,
        float(np.mean(nulls)),
        float(np.std(nulls, ddof=1)),
    )


def _longest_chain(network: Network) -> tuple[int, ...]:
    chains: list[list[int]] = [[]]
    for layer in network.square():
        if chains[-1] and (layer != chains[-1][-1] + 1):
            chains.append([])
        chains[-1].append(layer)
    return tuple(max(chains, key=len))


def _jacobians(network: Network, at: Any, layers: tuple[int, ...]) -> list[np.ndarray]:
    states = network.states(at)
    return [network.jacobians(layer, states[layer]) for layer in layers]


def _measure(network: Network, at: Any, layers: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    jacobians = _jacobians(network, at, layers)
    stretching = np.stack([np.linalg.svd(j, compute_uv=False) for j in jacobians], axis=1)
    radius = np.stack([np.abs(np.linalg.eigvals(j)).max(1) for j in jacobians], axis=1)
    return _exponents(jacobians), stretching, radius


def _exponents(jacobians: list[np.ndarray]) -> np.ndarray:
    """(1/L) log of the singular values of the product, which is scaled on its way so that nothing overflows."""
    points, n, _ = jacobians[0].shape
    product, log = np.broadcast_to(np.eye(n), (points, n, n)), np.zeros(points)
    for j in jacobians:
        product = j @ product
        size = np.linalg.norm(product, axis=(1, 2))
        safe = np.where(size > 0, size, 1.0)
        product, log = product / safe[:, None, None], log + np.log(safe)
    sigma = np.linalg.svd(product, compute_uv=False)
    lost = sigma <= n * np.finfo(float).eps * sigma[:, :1]
    values = np.log(np.where(lost, 1.0, sigma)) + log[:, None]
    return np.where(lost, np.nan, values) / len(jacobians)
