"""Accuracy against parameters."""

from pathlib import Path

import matplotlib
from matplotlib.figure import Figure

from ..._atomic import replacing
from ...figures import STYLE
from .recipes import PUBLISHED
from .rows import CaliforniaRow


def draw(rows: list[CaliforniaRow], path: Path) -> None:
    """Write the figure of `rows` as PNG: a panel a split, a curve a family, error bars of one deviation.

    Hollow marks are the same weights at finer steps; grey ones and lines what others published.
    """
    splits = tuple(dict.fromkeys(row.split for row in rows))
    families = tuple(dict.fromkeys(_family(row) for row in rows))
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(0.6 + 4.6 * len(splits), 4.6), layout="constrained")
        for axes, split in zip(figure.subplots(1, len(splits), squeeze=False)[0], splits, strict=True):
            for i, family in enumerate(families):
                colour = f"C{i}"
                mine = [row for row in rows if (_family(row), row.split) == (family, split)]
                sized = sorted((row for row in mine if row.n_params), key=lambda row: row.n_params or 0)
                for row in mine:
                    if not row.n_params:
                        axes.axhline(row.rmse_mean, color=colour, lw=1, label=family)
                if not sized:
                    continue
                sizes = [row.n_params for row in sized]
                means = [row.rmse_mean for row in sized]
                spread = [row.rmse_std for row in sized]
                axes.errorbar(sizes, means, spread, color=colour, marker="o", ms=4, capsize=2, label=family)
                finer = [(row.n_params, row.rmse_refined) for row in sized if row.rmse_refined is not None]
                if finer:
                    axes.plot(*zip(*finer, strict=True), color=colour, ls="", marker="o", ms=8, mfc="none")
            placed = 0
            for name, (size, error) in PUBLISHED[split].items():
                look = {"fontsize": 6, "color": "0.4"}
                if size is None:
                    axes.axhline(error, color="0.7", lw=0.7, ls="--")
                    across = axes.get_yaxis_transform()
                    axes.text(1.0, error, name, ha="right", va="bottom", transform=across, **look)
                else:
                    axes.plot(size, error, color="0.5", marker="x", ls="")
                    side, level = "left" if size < 1000 else "right", ("bottom", "top")[placed % 2]
                    axes.text(size, error, f"  {name}  ", ha=side, va=level, **look)
                    placed += 1
            look = {"ls": "", "ms": 8, "mfc": "none", "marker": "o", "color": "0.3"}
            axes.plot([], [], label="the same weights at finer steps", **look)
            axes.set(xscale="log", xlabel="parameters", ylabel="test RMSE, 100,000 $", title=f"split {split}")
            axes.legend(fontsize=7)
        with replacing(path) as temporary:
            figure.savefig(temporary, dpi=150, format="png")


def _family(row: CaliforniaRow) -> str:
    return row.model.rsplit(" ", 1)[0] if row.n_params else row.model
