"""The account of one network in continuous depth: what `lawful lens` prints, writes and draws of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from scipy.special import ndtri

from ...nn.continuous import AbstractField, AbstractMap
from ...nn.continuous.stack import FlowNetwork
from .atoms import Atoms, atoms
from .bifurcation import bifurcation
from .equilibria import equilibria_of, resting_states
from .flow import Flow, flows
from .lyapunov import DepthExponents, lyapunov_along_depth
from .nullclines import phase_plane
from .paths import hidden_paths
from .spikes import LEVELS, LayerSpikes, Spikes, counted

ROWS = 64


@dataclass(frozen=True, eq=False)
class DepthAccount:
    """A network in continuous depth at rows, each piece of this room applied to it."""

    name: str
    kind: str
    network: AbstractMap
    rows: Float[np.ndarray, "rows inputs"]
    where: str
    output: list[float]
    seen: tuple[Flow, ...]
    exponents: DepthExponents
    spiking: tuple[LayerSpikes | None, ...]
    rest: tuple[dict[str, int], ...]
    merged: Atoms | None

    def data(self) -> dict[str, Any]:
        """As plain data, with None for what a layer does not have.

        `fixed_points` counts the kinds over all neurons, each at its mean current, or over the rows where neurons are
        coupled; `lyapunov_largest` is the mean over rows and neurons.
        """
        layers = []
        for k, one in enumerate(self.seen):
            spikes, merged = self.spiking[k], self.merged.layers[k] if self.merged else None
            current = None if one.current is None else np.asarray(one.current)
            horizon = np.asarray(one.horizon)
            layers.append(
                {
                    "layer": k + 1,
                    "field": one.field,
                    "components": list(one.components),
                    "neurons": one.neurons,
                    "horizon": float(horizon.mean()),
                    "horizons": [float(horizon.min()), float(horizon.max())],
                    "steps": one.steps,
                    "current": None if current is None else [float(current.min()), float(current.max())],
                    "spiking_fraction": spikes.spiking_fraction if spikes else None,
                    "spikes": int(spikes.counts.sum()) if spikes else None,
                    "lyapunov_largest": self.exponents.layers[k].largest,
                    "stack_largest": float(self.exponents.stack[k][:, 0].mean()),
                    "fixed_points": self.rest[k],
                    "distinct_atoms": merged.distinct if merged else None,
                    "idle_neurons": int(merged.idle.sum()) if merged else None,
                    "output_rank": merged.rank if merged else None,
                    "moved_by_merging": merged.moved if merged else None,
                }
            )
        return {
            "name": self.name,
            "estimator": self.kind,
            "points": self.where,
            "layers": layers,
            "output": self.output,
        }

    def text(self) -> str:
        """As text, a line a layer."""
        lines = [
            f"{self.name}: {self.kind}, at {self.where}",
            "  layer  field               neurons  horizon  spiking  exponent    atoms (idle, rank)  fixed points",
        ]
        for d in self.data()["layers"]:
            spiking = "-" if d["spiking_fraction"] is None else f"{d['spiking_fraction']:.2f}"
            left = (
                "-"
                if d["distinct_atoms"] is None
                else f"{d['distinct_atoms']} ({d['idle_neurons']}, {d['output_rank']})"
            )
            rest = ", ".join(f"{count} {kind}" for kind, count in d["fixed_points"].items()) or "none found"
            lines.append(
                f"  {d['layer']:5d}  {d['field']:<18}  {d['neurons']:7d}  {d['horizon']:7.3g}  {spiking:>7}  "
                f"{d['lyapunov_largest']:8.3f}  {left:>20}  {rest}"
            )
        lines.append("docs/continuous_depth.md tells what each number means.")
        return "\n".join(lines)

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """How to draw each figure, by name."""
        made: dict[str, Callable[[], Figure]] = {
            "paths": lambda: hidden_paths(self.seen).plot(),
            "exponents": self.exponents.plot,
        }
        counted = tuple(s for s in self.spiking if s)
        if counted:
            made["spikes"] = Spikes(counted).plot
        if self.merged:
            made["atoms"] = self.merged.plot
        for k, one in enumerate(self.seen):
            if isinstance(one.dynamics, AbstractField) and not one.coupled and one.current is not None:
                made[f"fixed_points_{k + 1}"] = lambda one=one: _bifurcation(one)
                if len(one.components) == 2:
                    made[f"phase_plane_{k + 1}"] = lambda k=k: phase_plane(self.seen, layer=k + 1, factor=4)
        return made


def _bifurcation(flow: Flow) -> Figure:
    """Of a layer at the mean of its parameters, over the currents of the rows and a half more."""
    assert isinstance(flow.dynamics, AbstractField)
    current = np.asarray(flow.current)
    middle, reach = (current.max() + current.min()) / 2, max(float(np.ptp(current)), 1.0)
    params = {name: float(np.mean(value)) for name, value in flow.parameters.items()}
    limits = (float(middle - 0.75 * reach), float(middle + 0.75 * reach))
    return bifurcation(flow.dynamics, currents=limits, params=params).plot(seen=current)


def account(model: Any, at: Any = None, *, name: str = "network") -> DepthAccount:
    """Look at a fitted estimator in continuous depth with all pieces of this room.

    `at` are rows in the units of its columns, (rows, columns) or one (columns,); without any, 64 rows are taken that
    are standard normal as the network sees them. Raises `ValueError` for a network without a vector field.
    """
    from scipy.stats import qmc

    columns = int(model.n_features_in_)
    if at is None:
        x = ndtri(np.clip(qmc.Sobol(columns, scramble=True, rng=0).random(ROWS), 1e-3, 1 - 1e-3))
        where, output = f"{ROWS} standard normal rows of scaled inputs", []
    else:
        given = np.atleast_2d(np.asarray(at, np.float64))
        if given.shape[1] != columns:
            raise ValueError(
                f"{name} takes {columns} columns, so rows have the shape (rows, {columns}); got {given.shape}."
            )
        x, where = model._scaled(given), f"{len(given)} given rows"
        output = [float(v) for v in np.ravel(model._outputs(given))]
    seen = flows(model.map_, x)
    usual = [isinstance(f.dynamics, AbstractField) and type(f.dynamics) in LEVELS for f in seen]
    return DepthAccount(
        name,
        type(model).__name__,
        model.map_,
        x,
        where,
        output,
        seen,
        lyapunov_along_depth(model.map_, x),
        tuple(counted(f, None, None, None) if known else None for f, known in zip(seen, usual, strict=True)),
        tuple(_rest(one) for one in seen),
        atoms(model.map_, x) if isinstance(model.map_, FlowNetwork) and len(x) > 1 else None,
    )


def _rest(flow: Flow) -> dict[str, int]:
    if flow.coupled:
        return dict(Counter(resting_states(flow).kinds))
    current = np.zeros(flow.neurons) if flow.current is None else np.asarray(flow.current).mean(0)
    return dict(Counter(kind for found in equilibria_of(flow, current) for kind in found.kinds))
