"""The figure of the study: errors and attractor residuals against w, a line a depth."""

import numpy as np

from ...lens.drawing import colour, sheet, styled
from ..pictures import Drawn
from ..tables import Row
from .runs import EQUILIBRIUM, FIXED, MARK, PER_LAYER, TRAINED

PLACES = {**{w: i for i, w in enumerate(FIXED)}, TRAINED: len(FIXED) + 0.3, PER_LAYER: len(FIXED) + 1.3}
LABELS = {PER_LAYER: "per layer"}
APART = 0.09
"""By which depths stand side by side, so that spreads do not cover each other."""


def errors_and_gaps(rows: list[Row], summary: list[Row]) -> Drawn:
    """Root mean square and largest errors at t = 0.3, and how far layers are from their attractors: lines join the
    means over the seeds, dots are the runs."""
    data: dict[str, np.ndarray] = {}
    panels_of = (
        ("l2", "rms error at t = 0.3"),
        ("linf", "largest error"),
        ("attractor_gap", "|f(zW + b) - z| / |z|"),
    )
    depths = list(dict.fromkeys(row["depth"] for row in summary if row["setting"] in PLACES))
    with styled():
        figure = sheet(11.5, 3.8)
        panels = figure.subplots(1, len(panels_of))
        for axes, (key, label) in zip(panels, panels_of, strict=True):
            for at, depth in enumerate(depths):
                shift = APART * (at - (len(depths) - 1) / 2)
                own = [row for row in summary if row["depth"] == depth and row["setting"] in PLACES]
                x = np.array([PLACES[row["setting"]] for row in own]) + shift
                y = np.array([row[key] for row in own], float)
                fixed = x < len(FIXED) - 0.5
                look = dict(color=colour(at), lw=1.2)
                axes.plot(x[fixed], y[fixed], "-", label=f"depth {depth}", **look)
                axes.plot(x[~fixed], y[~fixed], ":", **look)
                each = [row for row in rows if row["depth"] == depth and row["setting"] in PLACES]
                dots = np.array([[PLACES[row["setting"]] + shift, row[key]] for row in each], float)
                axes.plot(dots[:, 0], dots[:, 1], "o", ms=3, mew=0, alpha=0.7, color=colour(at))
                data |= {f"depth_{depth}_{key}": y, f"depth_{depth}_{key}_runs": dots[:, 1]}
            rest = [row[key] for row in rows if row["setting"] == EQUILIBRIUM]
            if rest and None not in rest:
                axes.plot(
                    [len(FIXED) + 2.3] * len(rest), rest, "s", ms=3.5, color="black", label="equilibrium"
                )
                data[f"equilibrium_{key}_runs"] = np.array(rest, float)
            axes.set(yscale="log", ylabel=label, xlabel="w")
            axes.set_xticks([*PLACES.values(), len(FIXED) + 2.3])
            names = [*(LABELS.get(s, s) for s in PLACES), "equilibrium"]
            axes.set_xticklabels(names, fontsize=7, rotation=35, ha="right")
            axes.set_xlim(-0.5, len(FIXED) + 2.8)
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=len(depths) + 1
        )
    data["settings"] = np.array(list(PLACES))
    data["attracted"] = np.array([row["l2"] for row in rows if MARK in row["setting"]], float)
    return figure, data
