"""Function space beside parameter space: whether two runs are the same function by other parameters."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from .drawing import sheet, styled, whole_ticks
from .network import Network
from .weights import WeightComparison, compare_weights, shuffled


@dataclass(frozen=True, eq=False)
class FunctionDistance:
    """Two networks at the same points.

    - `function` = |u1 - u2| / |u1| over points and outputs, `function_chance` the same for shuffled weights.
    - `parameters` = |theta1 - theta2| / |theta1|, `parameters_aligned` once symmetries are removed.
    - `cka`, a value a hidden layer: linear CKA |X^T Y|^2 / (|X^T X| |Y^T Y|) of the centred states, 1 for states that
      are equal up to rotation and scale; `cka_chance` against the second network with shuffled weights.
    """

    first: str
    second: str
    function: float
    function_chance: float
    parameters: float
    parameters_aligned: float
    cka: Float[np.ndarray, " hidden"]
    cka_chance: Float[np.ndarray, " hidden"]
    weights: WeightComparison

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "first": self.first,
            "second": self.second,
            "function": self.function,
            "function_chance": self.function_chance,
            "parameters": self.parameters,
            "parameters_aligned": self.parameters_aligned,
            "cka": self.cka.tolist(),
            "cka_chance": self.cka_chance.tolist(),
        }

    def __str__(self) -> str:
        return (
            f"{self.first} and {self.second}: the functions differ by {self.function:.2g} of their size (shuffled "
            f"weights: {self.function_chance:.2g}), the parameters by {self.parameters:.2f}, and by "
            f"{self.parameters_aligned:.2f} once hidden neurons are put in the same order."
        )

    def plot(self) -> Figure:
        """Distances in function and in parameter space, and CKA over the hidden layers."""
        with styled():
            figure = sheet(8.4, 2.8)
            left, right = figure.subplots(1, 2)
            bars = {
                "function": self.function,
                "function,\nshuffled": self.function_chance,
                "parameters": self.parameters,
                "parameters,\naligned": self.parameters_aligned,
            }
            left.bar(list(bars), list(bars.values()), color=["C0", "0.7", "C1", "C1"])
            left.set(ylabel="relative distance", title=f"{self.first} and {self.second}")
            left.set_yscale("log")
            layers = np.arange(1, len(self.cka) + 1)
            right.plot(layers, self.cka, "o-", label="the two runs")
            right.plot(layers, self.cka_chance, ":", color="0.4", label="weights shuffled")
            right.set(
                xlabel="hidden layer",
                ylabel="linear CKA",
                ylim=(0, 1.03),
                title="likeness of representations",
            )
            whole_ticks(right, layers)
            right.legend()
        return figure


def function_distance(
    first: Network,
    second: Network,
    *,
    at: Any,
    draws: int = 10,
    seed: int = 0,
    weights: WeightComparison | None = None,
) -> FunctionDistance:
    """Measure the distance of two runs as functions at the points `at`, as representations and as parameters.

    The points should fill the domain: at few of them different functions agree. `weights` is their comparison, where it
    was made already. Raises `ValueError` for networks of
    other sizes and for fewer than three points.
    """
    weights = weights or compare_weights(first, second, draws=2, seed=seed)
    one, two = first.states(at), second.states(at)
    if len(one[0]) < 3:
        raise ValueError(f"representations compare over three points or more, got {len(one[0])}.")
    rng = np.random.default_rng(seed)
    others = [shuffled(second, rng).states(at) for _ in range(draws)]

    def over_layers(states: Any) -> np.ndarray:
        return np.array([cka(a, b) for a, b in zip(one[1:-1], states[1:-1], strict=True)])

    size = float(np.linalg.norm(one[-1])) or np.nan
    return FunctionDistance(
        first.name,
        second.name,
        float(np.linalg.norm(one[-1] - two[-1])) / size,
        float(np.mean([np.linalg.norm(one[-1] - z[-1]) for z in others])) / size,
        weights.overall["fro"],
        weights.overall["fro_aligned"],
        over_layers(two),
        np.mean([over_layers(z) for z in others], axis=0),
        weights,
    )


def cka(a: Float[np.ndarray, "points n"], b: Float[np.ndarray, "points m"]) -> float:
    """Linear centred kernel alignment (Kornblith et al., arXiv 1905.00414); NaN where a side does not vary."""
    x, y = a - a.mean(0), b - b.mean(0)
    size = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / size) if size else float("nan")


@dataclass(frozen=True)
class Errors:
    """l1 = mean |e|, l2 = root mean square of e, linf = max |e|, rel_l2 = |e| / |u|, of one network."""

    name: str
    l1: float
    l2: float
    linf: float
    rel_l2: float


def errors(*networks: Network, at: Any, exact: Any) -> tuple[Errors, ...]:
    """The errors of networks against known values at points: (points,) or (points, outputs); raises `ValueError` for
    another number of values."""
    found = []
    for network in networks:
        values = network(at)
        known = np.asarray(exact, float)
        if known.size != values.size:
            raise ValueError(
                f"{network.name} gives {values.shape} values there, exact has the shape {known.shape}."
            )
        known = known.reshape(values.shape)
        e = np.abs(values - known)
        size = float(np.linalg.norm(known)) or np.nan
        l2, relative = float(np.sqrt((e**2).mean())), float(np.linalg.norm(e)) / size
        found.append(Errors(network.name, float(e.mean()), l2, float(e.max()), relative))
    return tuple(found)
