"""Layers as operators: kernel moments, drift and diffusion, and the energy in bands and on diagonals."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import colour, sheet, styled
from .network import Network

SHUFFLES = 200


@dataclass(frozen=True, eq=False)
class Operator:
    """The matrix A = W^T of a square layer, read as an operator on states along the numbers of the neurons.

    `moments[i, k]` = M_k(i) = sum_j A_ij ((j - i) h)^k, so that (A z)_i = sum_k M_k(i) / k! z^(k)(x_i) for smooth z;
    `tridiagonal` and `toeplitz` are the shares of |A|_F^2 within |i - j| <= 1, and of the nearest Toeplitz matrix.

    All of that depends on the order of the neurons, which training leaves open. `..._null` hold the same for random
    orders of rows and columns, a value a draw: `moments_null[draw, k]` is the mean over i.
    """

    name: str
    layer: int
    h: float
    moments: Float[np.ndarray, "n orders"]
    moments_null: Float[np.ndarray, "draws orders"]
    tridiagonal: float
    tridiagonal_null: Float[np.ndarray, " draws"]
    toeplitz: float
    toeplitz_null: Float[np.ndarray, " draws"]

    @property
    def coefficients(self) -> Float[np.ndarray, "n orders"]:
        """M_k(i) / k!, the factors of the k-th derivatives."""
        return self.moments / [math.factorial(k) for k in range(self.moments.shape[1])]

    @property
    def drift(self) -> float:
        """U = -M_1, the mean over rows, in units of h a layer."""
        return float(-self.moments[:, 1].mean() / self.h)

    @property
    def diffusion(self) -> float:
        """D = M_2 / 2, the mean over rows, in units of h^2 a layer."""
        return float(self.moments[:, 2].mean() / 2 / self.h**2)

    def p_value(self, what: str) -> float:
        """The share of random orders with as much `tridiagonal` or `toeplitz` energy as the order given."""
        if what not in ("tridiagonal", "toeplitz"):
            raise ValueError(f"there is no p-value of {what!r}; choose 'tridiagonal' or 'toeplitz'.")
        null = getattr(self, f"{what}_null")
        return float((1 + np.count_nonzero(null >= getattr(self, what))) / (1 + len(null)))

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "drift": self.drift,
            "diffusion": self.diffusion,
            "moments": self.moments.mean(0).tolist(),
            "moments_chance": self.moments_null.mean(0).tolist(),
            "moments_spread": self.moments_null.std(0, ddof=1).tolist(),
            "tridiagonal": self.tridiagonal,
            "tridiagonal_chance": float(self.tridiagonal_null.mean()),
            "tridiagonal_p": self.p_value("tridiagonal"),
            "toeplitz": self.toeplitz,
            "toeplitz_chance": float(self.toeplitz_null.mean()),
            "toeplitz_p": self.p_value("toeplitz"),
        }

    def plot(self) -> Figure:
        """The moments neuron by neuron, and the energies beside those of random orders."""
        with styled():
            figure = sheet(10.4, 2.8)
            left, right = figure.subplots(1, 2)
            for k, values in enumerate(self.coefficients.T):
                left.plot(
                    values / self.h**k, lw=1, color=colour(k), label=f"M{k} / ({k}! h^{k})" if k else "M0"
                )
            left.set(
                xlabel="neuron",
                ylabel="coefficient",
                title=f"{self.name}, layer {self.layer}: kernel moments",
            )
            left.set_yscale("symlog", linthresh=1.0)
            left.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))
            shares = {
                "tridiagonal": (self.tridiagonal, self.tridiagonal_null),
                "Toeplitz": (self.toeplitz, self.toeplitz_null),
            }
            for k, (what, (share, null)) in enumerate(shares.items()):
                right.hist(null, bins=20, color=colour(k), alpha=0.4, label=f"{what}, random orders")
                right.axvline(share, color=colour(k), label=f"{what}, as given")
            right.set(
                xlabel="share of energy", ylabel="random orders", title="energy in bands and on diagonals"
            )
            right.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))
        return figure


def operator(
    network: Network, layer: int, *, h: float = 1.0, orders: int = 4, shuffles: int = SHUFFLES, seed: int = 0
) -> Operator:
    """Read a square layer as an operator, and hold what is seen against random orders of its neurons.

    By chance the tridiagonal share is (3N - 2) / N^2 exactly, and the Toeplitz share (2N - 1) / N^2 for entries of mean
    zero. Raises `ValueError` for a layer that is not square, `orders` below 2 or `shuffles` below 2.
    """
    count = len(network.weights)
    if not 0 <= layer < count or len(set(network.weights[layer].shape)) > 1:
        square = [i for i, w in enumerate(network.weights) if w.shape[0] == w.shape[1]]
        raise ValueError(
            f"layer {layer} of {network.name} does not map a space to itself; layers that do: "
            f"{', '.join(map(str, square)) or 'none'}."
        )
    for what, given in (("orders", orders), ("shuffles", shuffles)):
        if given < 2:
            raise ValueError(f"{what} must be at least 2, got {given}.")
    matrix = network.weights[layer].T
    rng, n = np.random.default_rng(seed), len(matrix)
    orderings = [matrix[rng.permutation(n)][:, rng.permutation(n)] for _ in range(shuffles)]
    return Operator(
        network.name,
        layer,
        h,
        kernel_moments(matrix, h=h, orders=orders),
        np.array([kernel_moments(a, h=h, orders=orders).mean(0) for a in orderings]),
        tridiagonal_share(matrix),
        np.array([tridiagonal_share(a) for a in orderings]),
        toeplitz_share(matrix),
        np.array([toeplitz_share(a) for a in orderings]),
    )


def kernel_moments(
    matrix: Float[np.ndarray, "n n"], *, h: float = 1.0, orders: int = 4
) -> Float[np.ndarray, "n _"]:
    """M_k(i) = sum_j A_ij ((j - i) h)^k for k = 0, ..., orders."""
    offsets = h * (np.arange(len(matrix))[None] - np.arange(len(matrix))[:, None])
    return np.stack([(matrix * offsets**k).sum(1) for k in range(orders + 1)], axis=1)


def tridiagonal_share(matrix: Float[np.ndarray, "n n"]) -> float:
    """The share of |A|_F^2 within |i - j| <= 1."""
    energy = matrix**2
    inside = np.trace(energy) + np.trace(energy, 1) + np.trace(energy, -1)
    return float(inside / (energy.sum() or np.nan))


def toeplitz_share(matrix: Float[np.ndarray, "n n"]) -> float:
    """The share of |A|_F^2 of the nearest Toeplitz matrix, whose diagonals are the means of those of A."""
    n = len(matrix)
    at = (np.arange(n)[None] - np.arange(n)[:, None] + n - 1).ravel()
    sums, counts = np.bincount(at, matrix.ravel()), np.bincount(at)
    return float((sums**2 / counts).sum() / ((matrix**2).sum() or np.nan))
