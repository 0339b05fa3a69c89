"""The portrait of one network: all that the lens says of it by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from .attractors import AttractorResiduals, attractor_residuals
from .entries import Entries, entries
from .fixed_points import FixedPoints, fixed_points
from .lyapunov import Lyapunov, lyapunov
from .moments import Operator, operator
from .network import Network
from .random_matrices import RandomMatrix, random_matrix

FEW = 8
"""Points at which Jacobians of all layers are taken, each O(n^3)."""


@dataclass(frozen=True, eq=False)
class Portrait:
    """What is known of one network; layers that do not map a space to itself have no attractors and no operator."""

    network: Network
    residuals: AttractorResiduals
    attractors: dict[int, FixedPoints]
    exponents: Lyapunov | None
    operators: dict[int, Operator]
    entries: dict[int, Entries]
    matrices: dict[int, RandomMatrix]

    def layer(self, i: int) -> dict[str, Any]:
        """One layer as plain data, with None for what it does not have."""
        w, column = self.network.weights[i], None
        if i in self.residuals.layers:
            column = self.residuals.layers.index(i)
        found, own = self.attractors.get(i), self.entries.get(i)
        chained = self.exponents if self.exponents and i in self.exponents.layers else None
        radius = chained.radius[:, chained.layers.index(i)].mean() if chained else None
        widest = found.largest_stable_w.max() if found and len(found.states) else None
        return {
            "layer": i,
            "shape": list(w.shape),
            "norm": float(np.linalg.norm(w)),
            "singular_values": np.linalg.svd(w, compute_uv=False).tolist(),
            "attractor_residual": None if column is None else float(self.residuals.mean[column]),
            "attractor_chance": None if column is None else float(self.residuals.null[column]),
            "fixed_points": None if found is None else len(found.states),
            "stable_fixed_points": None if found is None else int(found.stable().sum()),
            "largest_stable_w": None if widest is None else float(widest),
            "spectral_radius": None if radius is None else float(radius),
            "entries": own.data() if own else None,
            "spectrum": self.matrices[i].data() if i in self.matrices else None,
            "operator": self.operators[i].data() if i in self.operators else None,
        }

    def data(self) -> dict[str, Any]:
        """As plain data."""
        n, chained = self.network, self.exponents
        return {
            "name": n.name,
            "activation": n.activation.name,
            "widths": list(n.widths),
            "parameters": n.parameters,
            "lyapunov": chained.largest if chained else None,
            "lyapunov_chance": chained.null if chained else None,
            "lyapunov_spread": chained.null_spread if chained else None,
            "layers": [self.layer(i) for i in range(len(n.weights))],
        }

    def table(self) -> str:
        """As text, a line a layer, each number beside its chance level in brackets."""
        n = self.network
        lines = [
            f"{n.name}: {' - '.join(map(str, n.widths))} {n.activation.name}, {n.parameters:,} parameters",
            "  layer  |f-z|/|z| (chance)  fixed points, stable w <  kurtosis    beta  outliers  "
            "in 3 diagonals (chance)",
        ]
        for i in range(len(n.weights)):
            d = self.layer(i)
            residual = fixed = band = ""
            if d["attractor_residual"] is not None:
                residual = f"{d['attractor_residual']:.3f} ({d['attractor_chance']:.3f})"
                fixed = f"{d['fixed_points']}"
                fixed += f", {d['largest_stable_w']:.3f}" if d["largest_stable_w"] is not None else ""
            if d["operator"]:
                band = f"{d['operator']['tridiagonal']:.4f} ({d['operator']['tridiagonal_chance']:.4f})"
            own, seen = d["entries"], d["spectrum"]
            shape = f"{own['kurtosis']:8.2f}{own['shape']:8.2f}" if own else ""
            outliers = str(seen["outliers"]) if seen else ""
            cells = f"  {i:5d}  {residual:>18}  {fixed:>23}  {shape:>16}  {outliers:>8}  {band:>23}"
            lines.append(cells.rstrip())
        if self.exponents:
            e = self.exponents
            lines.append(
                f"  largest Lyapunov exponent a layer: {e.largest:.3f} (weights shuffled: {e.null:.3f} ± "
                f"{e.null_spread:.3f})"
            )
        return "\n".join(lines)

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """How to draw what belongs to this network alone; of layers, the middle one that is square."""
        made: dict[str, Callable[[], Figure]] = {}
        if self.exponents:
            made["lyapunov"] = self.exponents.plot
        for what, table in (
            ("fixed_points", self.attractors),
            ("operator", self.operators),
            ("entries", self.entries),
            ("spectrum", self.matrices),
        ):
            if table:
                square = [i for i in table if i in self.operators] or list(table)
                made[what] = table[square[len(square) // 2]].plot
        return made


def portrait(network: Network, *, at: Any, initial: str = "glorot_uniform", seed: int = 0) -> Portrait:
    """Look at one network with all pieces of the lens, at points (n, d); Jacobians at eight of them.

    Layers whose entries are all the same have no distribution, and layers of zeros no spectrum.
    """
    states = network.states(at)
    few = states[0][np.unique(np.linspace(0, len(states[0]) - 1, FEW).round().astype(int))]
    square = network.square()
    varied = [i for i, w in enumerate(network.weights) if np.ptp(w) > 0]
    return Portrait(
        network,
        attractor_residuals(network, at, seed=seed),
        {i: fixed_points(network, i, at=few) for i in square},
        lyapunov(network, few, draws=5, seed=seed) if square else None,
        {i: operator(network, i, shuffles=99, seed=seed) for i in square},
        {i: entries(network, i, initial=initial, draws=19, seed=seed) for i in varied},
        {i: random_matrix(network, i, initial=initial, draws=20, seed=seed) for i in varied},
    )
