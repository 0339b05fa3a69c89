"""Nullclines of planar fields, and the paths of neurons in the plane between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...nn.continuous import AbstractField
from ..drawing import colour, sheet, styled
from .equilibria import pointwise
from .flow import flows, values
from .paths import path_of, spread

CELLS, POLISH, SHAPE = 160, 4, 512
NEURONS, ROWS = 4, 3


@dataclass(frozen=True, eq=False)
class Nullclines:
    """The curves on which one component stands still: `curves[name]` are pieces (points, 2) of name' = 0."""

    components: tuple[str, ...]
    current: float
    curves: dict[str, tuple[Float[np.ndarray, "_ 2"], ...]]

    def draw(self, axes: Axes, *, component: str, **look: Any) -> None:
        """Draw the nullcline of one component."""
        for curve in self.curves[component]:
            axes.plot(*curve.T, **look)


def nullclines(
    field: AbstractField,
    current: float,
    *,
    params: Mapping[str, Any] | None = None,
    within: tuple[tuple[float, float], tuple[float, float]] = ((-2.5, 2.5), (-2.5, 2.5)),
) -> Nullclines:
    """Where each component of a field of two components stands still, F_i(z, I) = 0, in a rectangle.

    Traced on 160 x 160 cells, then moved onto the curve by Newton's method along the slope of F_i. Raises
    `ValueError` for a field of another number of components or of coupled neurons.
    """
    if len(field.components) != 2 or field.coupled:
        raise ValueError(
            f"nullclines are drawn in the plane of two components of one neuron; {type(field).__name__} has "
            f"{', '.join(field.components)}{' of coupled neurons' if field.coupled else ''}."
        )
    return _traced(field, current, values(field, params, 1), within)


def _traced(field: AbstractField, current: float, p: dict[str, Array], within: Any) -> Nullclines:
    from contourpy import contour_generator

    x, y = (np.linspace(low, high, CELLS + 1) for low, high in within)
    plane = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    drive = jnp.asarray(current, jnp.float64)
    found = np.asarray(_rates(field, jnp.asarray(plane), drive, p)).reshape(CELLS + 1, CELLS + 1, 2)
    curves = {}
    for i, name in enumerate(field.components):
        pieces = contour_generator(x, y, found[..., i]).lines(0.0)
        curves[name] = tuple(_onto(field, i, np.asarray(piece), drive, p) for piece in pieces)
    return Nullclines(field.components, current, curves)


def _onto(field: AbstractField, i: int, points: np.ndarray, drive: Array, p: dict[str, Array]) -> np.ndarray:
    filled = np.resize(points, (-(-len(points) // SHAPE) * SHAPE, 2))  # few shapes to compile
    return np.asarray(_polished(field, jnp.asarray(i), jnp.asarray(filled), drive, p))[: len(points)]


@eqx.filter_jit
def _rates(field: AbstractField, points: Array, drive: Array, p: dict[str, Array]) -> Array:
    return jax.vmap(lambda z: pointwise(field)(z, drive, p))(points)


@eqx.filter_jit
def _polished(field: AbstractField, i: Array, points: Array, drive: Array, p: dict[str, Array]) -> Array:
    """The nearby points with F_i = 0: z - F_i grad F_i / |grad F_i|^2."""

    def moved(z: Array, _: None) -> tuple[Array, None]:
        value, slope = jax.vmap(jax.value_and_grad(lambda q: pointwise(field)(q, drive, p)[i]))(z)
        return z - value[:, None] * slope / jnp.maximum(jnp.sum(slope**2, 1, keepdims=True), 1e-30), None

    return jax.lax.scan(moved, points, length=POLISH)[0]


def phase_plane(
    model: Any,
    X: Any = None,
    *,
    layer: int = 1,
    neurons: Sequence[int] | None = None,
    rows: Sequence[int] | None = None,
    factor: int = 1,
) -> Figure:
    """Paths of neurons of one layer in the plane of their two components, each with the nullclines of its current.

    By default four neurons evenly chosen, and for each the rows with the least, the middle and the largest current;
    all panels have the same limits. Layers count from 1. Raises `ValueError` for a field that is not planar.
    """
    seen = flows(model, X, factor=factor)
    if not 1 <= layer <= len(seen):
        raise ValueError(f"there is no layer {layer}; layers are numbered from 1 to {len(seen)}.")
    one = seen[layer - 1]
    field = one.dynamics
    if not isinstance(field, AbstractField) or len(field.components) != 2 or one.current is None:
        raise ValueError(
            f"{one.name} is a {one.field} with {', '.join(one.components)}: a phase plane needs two components."
        )
    path, current = path_of(one), np.asarray(one.current)
    shown = spread(one.neurons, NEURONS) if neurons is None else list(neurons)
    chosen = {n: _quantiles(current[:, n]) if rows is None else list(rows) for n in shown}
    drawn = np.concatenate([path.states[chosen[n], :, n].reshape(-1, 2) for n in shown])
    within = tuple(_margin(drawn[:, c]) for c in range(2))
    with styled():
        figure = sheet(0.8 + 2.7 * len(shown), 3.6)
        panels = figure.subplots(1, len(shown), squeeze=False, sharex=True, sharey=True)[0]
        first, second = one.components
        for neuron, axes in zip(shown, panels, strict=True):
            own = {k: p[:, neuron : neuron + 1] for k, p in one.parameters.items()}
            for k, row in enumerate(chosen[neuron]):
                I = float(current[row, neuron])
                lines = _traced(field, I, own, within)
                lines.draw(axes, component=first, color=colour(k), lw=0.8, ls="--")
                if k == 0:
                    lines.draw(axes, component=second, color="0.5", lw=0.8, ls="--")
                x, y = path.states[row, :, neuron].T
                axes.plot(x, y, color=colour(k), label=f"row {row}, I = {I:.2g}")
                axes.plot(x[0], y[0], "o", ms=3, mfc="white", color=colour(k))
                axes.plot(x[-1], y[-1], "o", ms=3, color=colour(k))
            axes.set(xlim=within[0], ylim=within[1], xlabel=first, title=f"neuron {neuron}")
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), fontsize=7)
        panels[0].set_ylabel(second)
        figure.suptitle(
            f"{one.name}: paths from open to full dots; dashed {first}' = 0 at the current of the path, grey "
            f"{second}' = 0",
            fontsize=9,
        )
    return figure


def _quantiles(current: np.ndarray) -> list[int]:
    order = np.argsort(current, kind="stable")
    return [int(order[i]) for i in spread(len(order), ROWS)]


def _margin(found: np.ndarray) -> tuple[float, float]:
    low, high = float(found.min()), float(found.max())
    room = 0.25 * max(high - low, 0.2)
    return low - room, high + room
