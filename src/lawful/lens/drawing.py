"""What figures of the lens share: the style, colours of runs, heat maps with common limits."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from ..figures import STYLE

CHANCE = "0.55"


def styled() -> AbstractContextManager[Any]:
    """The style of lawful's figures."""
    return matplotlib.rc_context(STYLE)


def sheet(width: float, height: float) -> Figure:
    """An empty figure, in inches."""
    return Figure(figsize=(width, height), layout="constrained")


def colour(run: int) -> str:
    """The colour of a run."""
    return f"C{run % 10}"


def about_zero(arrays: Iterable[np.ndarray]) -> dict[str, Any]:
    """Colours for all the arrays at once, with white at zero."""
    reach = max((float(np.nanmax(np.abs(a))) for a in arrays), default=1.0) or 1.0
    return {"norm": Normalize(-reach, reach), "cmap": "RdBu_r"}


def heat_map(axes: Axes, matrix: np.ndarray, colours: dict[str, Any], **labels: Any) -> Any:
    """A matrix as squares of colour, its first row at the top."""
    image = axes.imshow(matrix, aspect="auto", interpolation="nearest", **colours)
    axes.set(**labels)
    return image


def colour_bar(figure: Figure, image: Any, axes: Any, label: str) -> None:
    beside = [axes] if isinstance(axes, Axes) else np.ravel(axes)
    rows = len({round(each.get_position().y0, 3) for each in beside})
    bar = figure.colorbar(
        image, ax=axes, aspect=25 * rows, pad=0.02, label=label
    )  # of one width, however high
    bar.outline.set_visible(False)  # pyright: ignore[reportCallIssue]


def whole_ticks(axes: Axes, layers: Any) -> None:
    """One tick a layer."""
    axes.set_xticks(list(layers))
