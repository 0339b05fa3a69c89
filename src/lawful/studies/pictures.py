"""Figures as files, each beside its data."""

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from .._atomic import replacing

Drawn = tuple[Figure, dict[str, np.ndarray]]


def write_figure(folder: Path, name: str, drawn: Drawn) -> None:
    """Write NAME.png and NAME.npz."""
    figure, data = drawn
    folder.mkdir(exist_ok=True)
    with replacing(folder / f"{name}.png") as temporary:
        figure.savefig(temporary, dpi=150, format="png")
    with replacing(folder / f"{name}.npz") as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **data)
