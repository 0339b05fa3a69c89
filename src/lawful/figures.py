"""Figures of a solution and of its training, made without a display and without pyplot's global state."""

from collections.abc import Iterable
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

NOT_LOSSES = frozenset({"phase", "points", "step", "elapsed_s", "loss", "fresh"})
"""The columns of a history that are no loss terms."""
STYLE: Any = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.7,
    "lines.linewidth": 1.4,
    "legend.frameon": False,
    "axes.formatter.useoffset": False,
}
CUTS = 4
NETWORK, REFERENCE, ERROR = "tab:blue", "black", "tab:red"


def history_figure(history: list[dict[str, Any]]) -> Figure:
    """Loss terms and the held-out residual against the step, phases marked."""
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.4), layout="constrained")
        axes = figure.add_subplot()
        steps = [row["step"] for row in history]
        terms = dict.fromkeys(k for row in history for k in row if k not in NOT_LOSSES)
        curves: list[tuple[str, str, dict[str, Any]]] = [(t, t, dict(lw=1, alpha=0.8)) for t in terms]
        curves += [
            ("loss", "loss", dict(color="black")),
            ("fresh", "held-out points", dict(color="black", ls="--")),
        ]
        for key, label, look in curves:
            marker = "o" if len(history) == 1 else ""
            axes.plot(steps, _positive(row.get(key) for row in history), label=label, marker=marker, **look)
        if any(np.isfinite(np.asarray(line.get_ydata())).any() for line in axes.lines):
            axes.set_yscale("log")
        _mark_phases(axes, history)
        axes.set(xlabel="step", ylabel="mean square residual", title=" ")  # room for the names of phases
        axes.margins(x=0.02)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
    return figure


def field_figures(
    dataset_network: Any, dataset_reference: Any, *, label: str = "network", time: str | None = "t"
) -> dict[str, Figure]:
    """Figures of every field by name, from datasets of the same grid; `label` names the first one, `time`
    the coordinate that is time.

    One coordinate: a curve, and the error below. Two: heat maps, and `NAME_slices`, cuts at four places. More: the same
    over the first and the last (time, if there is time), the others at their middle; for a plane and time as well
    `NAME_snapshots`, maps at four times. Values that are NaN, outside of the domain, leave gaps.
    """
    figures: dict[str, Figure] = {}
    for name, network in dataset_network.data_vars.items():
        reference = None
        if dataset_reference is not None and name in dataset_reference:
            reference = dataset_reference[name].transpose(*network.dims)
        if network.ndim == 3 and time in network.dims and min(network.shape) > 1:
            with matplotlib.rc_context(STYLE):
                figures[f"{name}_snapshots"] = _snapshots(str(name), network, reference, label, time)
        network, reference, where = _middle(network, reference)
        with matplotlib.rc_context(STYLE):
            if network.ndim == 1:
                figures[str(name)] = _curve(str(name), network, reference, label)
            elif network.ndim == 2:
                figures[str(name)] = _heat_maps(str(name), network, reference, where, label, time)
                figures[f"{name}_slices"] = _slices(str(name), network, reference, where, label, time)
    return figures


def _curve(name: str, network: Any, reference: Any, label: str) -> Figure:
    (c,) = network.dims
    x = network.coords[c].values
    figure = Figure(figsize=(5.4, 3.8 if reference is not None else 3.0), layout="constrained")
    if reference is None:
        axes = figure.add_subplot()
        axes.plot(x, network.values, color=NETWORK)
        axes.set(xlabel=c, ylabel=name)
        axes.margins(x=0.01)
        return figure
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.2))
    axes.plot(x, network.values, color=NETWORK, lw=2.5, alpha=0.6, label=label)
    axes.plot(x, reference.values, color=REFERENCE, ls="--", lw=1, label="reference")
    axes.set(ylabel=name)
    axes.legend()
    below.plot(x, network.values - reference.values, color=ERROR, lw=1)
    below.axhline(0, color="0.7", lw=0.6, zorder=0)
    below.set(xlabel=c, ylabel="error")
    below.ticklabel_format(axis="y", style="sci", scilimits=(-2, 3))
    below.margins(x=0.01)
    return figure


def _heat_maps(name: str, network: Any, reference: Any, where: str, label: str, time: str | None) -> Figure:
    across, up = _axes_of(network, time)
    network = network.transpose(up, across)
    colours = _colours([network.values])
    images = [(f"{name}, {label}", network, colours)]
    if reference is not None:
        known = reference.transpose(up, across)
        error = network - known
        colours = _colours([network.values, known.values])
        images = [
            (f"{name}, {label}", network, colours),
            (f"{name}, reference", known, colours),
            (f"{label} - reference", error, _colours([error.values], signed=True)),
        ]
    figure = Figure(figsize=(0.6 + 3.3 * len(images), 2.7), layout="constrained")
    panels = np.atleast_1d(figure.subplots(1, len(images), sharey=True))
    for axes, (title, values, own) in zip(panels, images, strict=True):
        image = _map(axes, values, own, time)
        _bar(figure, image, axes)
        axes.set(xlabel=across, title=title)
    panels[0].set_ylabel(up)
    if where:
        figure.suptitle(where, fontsize=9)
    return figure


def _snapshots(name: str, network: Any, reference: Any, label: str, time: str | None) -> Figure:
    """Maps at a few times from start to end: a row for the solution, and for reference and error where there is one;
    each row has one scale of colours, and both solutions the same."""
    across, up = (d for d in network.dims if d != time)
    order = (time, up, across)
    places = np.linspace(0, network.sizes[time] - 1, CUTS).round().astype(int)
    rows = [(f"{name}, {label}", network.transpose(*order).isel({time: places}))]
    if reference is not None:
        rows.append((f"{name}, reference", reference.transpose(*order).isel({time: places})))
        rows.append((f"{label} - reference", rows[0][1] - rows[1][1]))
    shared = _colours([values.values for _, values in rows[:2]])
    figure = Figure(figsize=(2.2 * CUTS + 1.2, 2.2 * len(rows) + 0.2), layout="compressed")
    panels = figure.subplots(len(rows), CUTS, sharex=True, sharey=True, squeeze=False)
    for number, (title, values) in enumerate(rows):
        own = _colours([values.values], signed=True) if number == 2 else shared
        for at, axes in enumerate(panels[number]):
            image = _map(axes, values.isel({time: at}), own, time)
            if number == 0:
                axes.set_title(f"{time} = {float(values.coords[time][at]):.3g}")
            if at == CUTS - 1:
                _bar(figure, image, list(panels[number]))
        panels[number, 0].set_ylabel(f"{title}\n{up}")
    for axes in panels[-1]:
        axes.set_xlabel(across)
    return figure


def _map(axes: Axes, values: Any, colours: dict[str, Any], time: str | None) -> Any:
    """Values (up, across) as colours."""
    up, across = values.dims
    # Gouraud shading would bleed into what lies outside the domain
    shading = "gouraud" if np.isfinite(values.values).all() else "nearest"
    x, y = values.coords[across], values.coords[up]
    image = axes.pcolormesh(x, y, values.values, shading=shading, rasterized=True, **colours)
    if shading == "nearest" and time not in values.dims:
        axes.set_aspect("equal")
    return image


def _bar(figure: Figure, image: Any, axes: Any) -> None:
    bar = figure.colorbar(image, ax=axes, pad=0.02, aspect=18)
    bar.outline.set_visible(False)
    bar.ax.ticklabel_format(axis="y", scilimits=(-2, 3))


def _slices(name: str, network: Any, reference: Any, where: str, label: str, time: str | None) -> Figure:
    """Curves along the coordinate that runs up in the heat map, at a few places of the other."""
    cut, along = _axes_of(network, time)
    last = network.sizes[cut] - 1
    # from start to end in time; away from the walls in space, where values are given
    places = np.linspace(0, last, CUTS) if cut == time else np.linspace(0, last, CUTS + 2)[1:-1]
    figure = Figure(figsize=(2.3 * CUTS + 0.4, 2.5), layout="constrained")
    panels = figure.subplots(1, CUTS, sharey=True)
    for axes, place in zip(panels, places.round().astype(int), strict=True):
        x = network.coords[along].values
        axes.plot(x, network.isel({cut: place}).values, color=NETWORK, lw=2.5, alpha=0.6, label=label)
        if reference is not None:
            there = reference.isel({cut: place}).values
            axes.plot(x, there, color=REFERENCE, ls="--", lw=1, label="reference")
        axes.set(title=f"{cut} = {float(network.coords[cut][place]):.3g}", xlabel=along)
        axes.margins(x=0.01)
    panels[0].set_ylabel(name)
    if reference is not None:
        panels[0].legend(fontsize=8)
    if where:
        figure.suptitle(where, fontsize=9)
    return figure


def _axes_of(values: Any, time: str | None) -> tuple[str, str]:
    """The coordinates that run across and up: time across where there is time, else the first."""
    first, second = values.dims
    return (second, first) if second == time else (first, second)


def _middle(network: Any, reference: Any) -> tuple[Any, Any, str]:
    """A plane of the first and the last coordinate, the others at their middle, and words that say so."""
    varying = [d for d in network.dims if network.sizes[d] > 1]
    kept = varying if len(varying) <= 2 else [varying[0], varying[-1]]
    fixed = {d: network.sizes[d] // 2 for d in network.dims if d not in kept}
    if not fixed or not kept:
        return network, reference, ""
    where = ", ".join(f"{d} = {float(network.coords[d][i]):.3g}" for d, i in fixed.items())
    return network.isel(fixed), None if reference is None else reference.isel(fixed), f"at {where}"


def _colours(arrays: list[Any], *, signed: bool = False) -> dict[str, Any]:
    """Colours from end to end; where the values take both signs, about zero, so that white is zero."""
    finite = np.concatenate([a[np.isfinite(a)] for a in arrays])
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    reach = max(abs(low), abs(high)) or 1.0
    if signed or (low < -0.05 * reach and high > 0.05 * reach):
        return {"norm": Normalize(-reach, reach), "cmap": "RdBu_r"}
    return {"norm": Normalize(low, high), "cmap": "viridis"}


def _positive(values: Iterable[Any]) -> np.ndarray:
    """Values for a logarithmic axis: what is absent, zero or not finite leaves a gap."""
    out = np.asarray([np.nan if v is None else v for v in values], float)
    return np.where(np.isfinite(out) & (out > 0), out, np.nan)


def _mark_phases(axes: Axes, history: list[dict[str, Any]]) -> None:
    """The name of each phase at the top, and a line where one ends and the next begins."""
    before = None
    for row in history:
        phase = row.get("phase")
        if phase == before:
            continue
        start = row["step"]
        if before is not None:
            axes.axvline(start, color="0.6", lw=0.8, ls=":")
        label = axes.annotate(
            str(phase),
            (start, 1.0),
            (3, 2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=8,
            color="0.35",
        )
        label.set_in_layout(False)
        before = phase
