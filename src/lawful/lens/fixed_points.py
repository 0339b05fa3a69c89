"""Fixed points of a layer, their Jacobians, and for which relaxation they are stable."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optimistix as optx
from jaxtyping import Bool, Complex, Float
from matplotlib.figure import Figure

from .activations import Activation
from .drawing import colour, sheet, styled
from .network import Network

TOLERANCE = 1e-9
DIFFERENT = 1e-6
STEPS = 100
STARTS = 32


@dataclass(frozen=True, eq=False)
class FixedPoints:
    """z* = f(z* W + b) of one layer, a row each, and the eigenvalues of J = diag(f') W^T there.

    `starts` searches were made, `converged` of them ended at one; `hits[k]` ended at z*_k. There may be others.
    """

    name: str
    layer: int
    states: Float[np.ndarray, "found neurons"]
    eigenvalues: Complex[np.ndarray, "found neurons"]
    hits: tuple[int, ...]
    starts: int
    converged: int

    def stable(self, w: float = 1.0) -> Bool[np.ndarray, " found"]:
        """Whether z <- (1 - w) z + w f(z W + b) returns to each: |1 - w + w lambda| < 1 for all lambda."""
        return np.all(np.abs(1 - w + w * self.eigenvalues) < 1, axis=1)

    @property
    def stable_in_continuous_depth(self) -> Bool[np.ndarray, " found"]:
        """Whether z' = f(z W + b) - z returns to each: Re lambda < 1 for all lambda."""
        return np.all(np.real(self.eigenvalues) < 1, axis=1)

    @property
    def largest_stable_w(self) -> Float[np.ndarray, " found"]:
        """Each is stable for 0 < w < this, the least of 2 Re(1 - lambda) / |1 - lambda|^2; 0 where no w will do."""
        gap = 1 - self.eigenvalues
        limits = np.where(np.real(gap) > 0, 2 * np.real(gap) / np.abs(np.where(gap == 0, 1, gap)) ** 2, 0.0)
        return limits.min(1)

    def plot(self) -> Figure:
        """The eigenvalues beside the unit circle (w = 1) and the line Re lambda = 1 of continuous depth."""
        with styled():
            figure = sheet(4.8, 3.6)
            axes = figure.add_subplot()
            turn = 2 * np.pi * np.linspace(0, 1, 200)
            axes.plot(np.cos(turn), np.sin(turn), color="0.4", lw=0.8, label="stable inside, w = 1")
            axes.axvline(1, color="0.4", lw=0.8, ls=":", label="stable left of it, w → 0")
            for k, (values, w) in enumerate(zip(self.eigenvalues, self.largest_stable_w, strict=True)):
                label = f"fixed point {k}: w < {w:.3g}" if k < 6 else None
                axes.plot(np.real(values), np.imag(values), ".", ms=4, color=colour(k), label=label)
            axes.set(
                xlabel="Re λ",
                ylabel="Im λ",
                title=f"{self.name}, layer {self.layer}: eigenvalues at fixed points",
            )
            axes.set_aspect("equal")
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        return figure


def fixed_points(network: Network, layer: int, *, at: Any) -> FixedPoints:
    """Search fixed points of a square hidden layer by Newton's method from its states at the places `at`.

    At most 32 of the states are taken as starts; what differs by less than 1e-6 counts as one. Raises `ValueError` for
    a layer that does not map a space to itself.
    """
    if layer not in network.square():
        raise ValueError(
            f"layer {layer} of {network.name} does not map a space to itself; layers that do: "
            f"{', '.join(map(str, network.square())) or 'none'}."
        )
    states = network.states(at)[layer]
    starts = states[np.unique(np.linspace(0, len(states) - 1, min(STARTS, len(states))).round().astype(int))]
    ends, converged = _search(network, layer, starts)
    found: list[np.ndarray] = []
    hits: list[int] = []
    for z in ends[converged]:
        near = [
            k
            for k, other in enumerate(found)
            if np.linalg.norm(z - other) < DIFFERENT * (1 + np.linalg.norm(z))
        ]
        if near:
            hits[near[0]] += 1
        else:
            found.append(z)
            hits.append(1)
    order = np.argsort([-h for h in hits], kind="stable")
    width = network.widths[layer]
    stacked = np.array([found[k] for k in order]).reshape(-1, width)
    eigenvalues = np.linalg.eigvals(network.jacobians(layer, stacked)).astype(complex).reshape(-1, width)
    return FixedPoints(
        network.name,
        layer,
        stacked,
        eigenvalues,
        tuple(hits[k] for k in order),
        len(starts),
        int(np.count_nonzero(converged)),
    )


def _search(network: Network, layer: int, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    w, b = jnp.asarray(network.weights[layer]), jnp.asarray(network.biases[layer])
    ends = np.asarray(_newton(network.activation, w, b, jnp.asarray(starts)))
    with np.errstate(all="ignore"):
        moved = np.linalg.norm(network.step(layer, ends) - ends, axis=1)
    size = 1 + np.linalg.norm(starts, axis=1)
    return ends, np.isfinite(moved) & (moved < 100 * TOLERANCE * size)


@partial(jax.jit, static_argnums=0)
def _newton(activation: Activation, w: Any, b: Any, starts: Any) -> Any:
    def away(z: Any, _: Any) -> Any:
        return activation.value(z @ w + b, jnp) - z

    solver = optx.Newton(rtol=TOLERANCE, atol=TOLERANCE)
    return jax.vmap(lambda z: optx.root_find(away, solver, z, max_steps=STEPS, throw=False).value)(starts)
