"""Fixed points against the input current: branches, stability, folds and Hopf points."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Complex, Float
from matplotlib.figure import Figure

from ...nn.continuous import AbstractField
from ..drawing import colour, sheet, styled
from .continuation import Curve, Equation, follow, located
from .equilibria import kind_of, one_neuron, pointwise, searched, typical
from .flow import values
from .orbits import Orbits, orbits

SEEDS = 5
APART = 1e-3


@dataclass(frozen=True, eq=False)
class Branch:
    """Fixed points along a curve: `current` (points,), `states` and `eigenvalues` of dF/dz (points, components)."""

    current: Float[np.ndarray, " points"]
    states: Float[np.ndarray, "points components"]
    eigenvalues: Complex[np.ndarray, "points components"]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each, as in `equilibria`."""
        return tuple(kind_of(values) for values in self.eigenvalues)

    @property
    def stable(self) -> np.ndarray:
        """Whether each attracts: Re lambda < 0 for all lambda."""
        return np.all(np.real(self.eigenvalues) < 0, axis=1)


@dataclass(frozen=True, eq=False)
class Turn:
    """Where stability changes: a `fold` (an eigenvalue is zero), or a `Hopf` point (two are +-i `frequency`)."""

    kind: str
    current: float
    state: Float[np.ndarray, " components"]
    frequency: float | None


@dataclass(frozen=True, eq=False)
class Bifurcation:
    """Of a field at one set of parameters: branches of fixed points, what happens on them, and attracting orbits."""

    field: str
    components: tuple[str, ...]
    limits: tuple[float, float]
    branches: tuple[Branch, ...]
    turns: tuple[Turn, ...]
    orbits: Orbits | None

    def of(self, kind: str) -> tuple[Turn, ...]:
        """The folds or the Hopf points, by current."""
        return tuple(turn for turn in self.turns if turn.kind == kind)

    def plot(self, *, component: int = 0, seen: Any = None) -> Figure:
        """Fixed points (full where stable), folds, Hopf points, the extent of orbits; `seen` are currents of data."""
        name = self.components[component]
        with styled():
            figure = sheet(5.6, 3.4)
            axes = figure.add_subplot()
            told: set[str] = set()
            for branch in self.branches:
                kinds = branch.kinds
                ends = [k for k in range(1, len(kinds)) if kinds[k] != kinds[k - 1]]
                for a, b in itertools.pairwise([0, *ends, len(kinds)]):
                    kind = kinds[a]
                    index = list(LOOKS).index(kind)
                    part = slice(a, min(b + 1, len(kinds)))
                    axes.plot(
                        branch.current[part], branch.states[part, component], color=colour(index),
                        ls=LOOKS[kind], label=None if kind in told else kind,
                    )  # fmt: skip
                    told.add(kind)
            for kind, marker in (("Hopf", "s"), ("fold", "D")):
                marks = self.of(kind)
                if marks:
                    currents = [m.current for m in marks]
                    states = [m.state[component] for m in marks]
                    axes.plot(
                        currents, states, marker, color="black", ms=4, ls="", zorder=3,
                        label=f"{kind}: I = {', '.join(f'{c:.4g}' for c in currents[:4])}",
                    )  # fmt: skip
            if self.orbits is not None:
                around = self.orbits
                for k, edge in enumerate((around.least, around.largest)):
                    axes.plot(
                        around.current, edge[:, component], ".", ms=3, color="0.45",
                        label="extent of attracting orbits" if k == 0 else None,
                    )  # fmt: skip
            if seen is not None:
                low, high = float(np.min(seen)), float(np.max(seen))
                axes.axvspan(
                    low, high, color="0.9", zorder=0, label=f"currents of the data, {low:.2g} to {high:.2g}"
                )
            axes.set(
                xlabel="input current I", ylabel=f"{name} at rest", title=f"{self.field}: fixed points",
                xlim=self.limits,
            )  # fmt: skip
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=7)
        return figure


LOOKS = {
    "stable node": "-",
    "stable focus": "-",
    "saddle": ":",
    "saddle focus": ":",
    "unstable node": "--",
    "unstable focus": "--",
    "centre": "-.",
}


def bifurcation(
    field: AbstractField,
    *,
    currents: tuple[float, float] = (-1.0, 2.0),
    params: Mapping[str, Any] | None = None,
    with_orbits: bool = True,
) -> Bifurcation:
    """Fixed points of one neuron against its current between two limits.

    Branches are followed by pseudo-arclength from fixed points found at five currents (`equilibria`); folds, where
    dF/dz has an eigenvalue 0, and Hopf points, where two are +-i omega, are bisected to rounding. Where there are
    Hopf points, attracting orbits are looked for by integration. Parameters are numbers by name. Raises `ValueError`
    for coupled neurons, unknown names, and limits that are not in order.
    """
    low, high = currents
    if not low < high:
        raise ValueError(f"currents must be two limits in order, as in (-1.0, 2.0); got {currents!r}.")
    one_neuron(field)
    p = values(field, params, 1)
    equation = _equation(field, p, (low, high))
    curves: list[Curve] = []
    turns: list[Turn] = []
    for I in np.linspace(low, high, SEEDS):
        for state in searched(field, float(I), p).states:
            q = np.append(state, I) / equation.scale
            if not any(_on(curve, q) for curve in curves):
                curves.append(follow(equation, q, (low, high)))
                turns += _turns(equation, curves[-1])
    branches = tuple(_branch(equation, curve) for curve in curves)
    turns.sort(key=lambda turn: turn.current)
    rates = [turn.frequency for turn in turns if turn.frequency]
    found = orbits(field, p, (low, high), slowest=min(rates)) if rates and with_orbits else None
    return Bifurcation(type(field).__name__, field.components, (low, high), branches, tuple(turns), found)


def _equation(field: AbstractField, p: dict[str, Array], limits: tuple[float, float]) -> Equation:
    """F(z, I) in NumPy; components are counted in the extent of the field's own solutions."""
    drives = jnp.linspace(*limits, SEEDS, dtype=jnp.float64)[:, None]
    extent = np.ptp(np.asarray(_extent(field, drives, p)), axis=0)
    scale = np.append(np.where(np.isfinite(extent) & (extent > 1e-3), extent, 1.0), limits[1] - limits[0])
    return Equation(
        lambda q: np.asarray(_value(field, q, p)), lambda q: np.asarray(_slope(field, q, p)), scale
    )


@eqx.filter_jit
def _extent(field: AbstractField, drives: Array, p: dict[str, Array]) -> Array:
    return typical(field, drives, p).reshape(-1, len(field.components))


@eqx.filter_jit
def _value(field: AbstractField, q: Any, p: dict[str, Array]) -> Array:
    return pointwise(field)(q[:-1], q[-1], p)


@eqx.filter_jit
def _slope(field: AbstractField, q: Any, p: dict[str, Array]) -> Array:
    return jax.jacfwd(lambda q: pointwise(field)(q[:-1], q[-1], p))(q)


def _on(curve: Curve, q: np.ndarray) -> bool:
    """Whether a point lies on a curve, seen as a polygon."""
    a, b = curve.points[:-1], curve.points[1:]
    along = b - a
    share = np.clip(np.sum((q - a) * along, axis=1) / np.sum(along**2, axis=1), 0, 1)
    near = np.linalg.norm(a + share[:, None] * along - q, axis=1)
    return bool(np.min(near, initial=np.inf) < APART)


def _eigenvalues(equation: Equation, q: np.ndarray) -> np.ndarray:
    return np.linalg.eigvals(equation.slope(q * equation.scale)[:, :-1]).astype(complex)


def _branch(equation: Equation, curve: Curve) -> Branch:
    points = curve.points * equation.scale
    found = np.array([_eigenvalues(equation, q) for q in curve.points])
    return Branch(points[:, -1], points[:, :-1], found)


def _turns(equation: Equation, curve: Curve) -> list[Turn]:
    def folding(q: np.ndarray) -> float:
        """det dF/dz, which changes its sign where the branch turns back."""
        return float(np.linalg.det(equation.slope(q * equation.scale)[:, :-1]))

    def turning(q: np.ndarray) -> float:
        """The product of lambda_i + lambda_j over all pairs, zero where two eigenvalues are +-i omega."""
        pairs = itertools.combinations(_eigenvalues(equation, q), 2)
        return float(np.real(np.prod([a + b for a, b in pairs])))

    found = []
    for k in range(len(curve.points) - 1):
        q, after = curve.points[k], curve.points[k + 1]
        if curve.tangents[k][-1] * curve.tangents[k + 1][-1] < 0:
            at = located(equation, q, after, folding)
            found.append(Turn("fold", *_unscaled(equation, at), None))
        if len(q) > 2 and turning(q) * turning(after) < 0:
            at = located(equation, q, after, turning)
            pair = min(itertools.combinations(_eigenvalues(equation, at), 2), key=lambda two: abs(sum(two)))
            if abs(np.imag(pair[0])) > 1e-6 * (
                abs(pair[0]) + 1e-300
            ):  # else a neutral saddle, lambda and -lambda
                found.append(Turn("Hopf", *_unscaled(equation, at), float(abs(np.imag(pair[0])))))
    return found


def _unscaled(equation: Equation, q: np.ndarray) -> tuple[float, np.ndarray]:
    point = q * equation.scale
    return float(point[-1]), point[:-1]
