"""Figures 2 to 7 of the paper from the runs of the study, each as a picture and as its data."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...lens import Network, spectra, trajectories, weight_maps
from ...lens.drawing import colour, sheet, styled
from ..pictures import Drawn, write_figure
from .cases import CASES, PROBE, TIME, VISCOSITY
from .measured import Measured
from .pseudo_spectral import sine_galerkin

LAYERS = (1, 4, 7)
"""The layers between hidden neurons that the paper shows."""
SHOWN = 2
ROUNDING = 1e-12
RECIPES = {"published": "as published", "own": "lawful's own"}


def draw_figures(measured: list[Measured], folder: Path) -> None:
    """Write figure_2 to figure_7 as .png and .npz; those of cases that were not run are left out."""
    for name, draw in _figures(measured).items():
        write_figure(folder, name, draw())


def _figures(measured: list[Measured]) -> dict[str, Callable[[], Drawn]]:
    published = [m for m in measured if m.run.recipe == "published" and m.run.seed < SHOWN]
    burgers = [m.network for m in published if m.run.case != "eikonal"]
    eikonal = [m.network for m in published if m.run.case == "eikonal"]
    of_burgers = tuple(dict.fromkeys(m.run.case for m in published if m.run.case != "eikonal"))
    made: dict[str, Callable[[], Drawn]] = {}
    if burgers:
        made["figure_2_burgers"] = lambda: solutions(measured, of_burgers)
        made["figure_3_weights"] = lambda: (weight_maps(*burgers, layers=LAYERS), _weights(burgers))
        made["figure_4_singular_values"] = lambda: singular_values(published, of_burgers)
        made["figure_5_activations"] = lambda: activations(burgers)
    if eikonal:
        made["figure_6_eikonal"] = lambda: solutions(measured, ("eikonal",))
        made["figure_7_eikonal_activations"] = lambda: activations(eikonal)
    return made


def solutions(measured: list[Measured], cases: tuple[str, ...]) -> Drawn:
    """u(x, 0.3) of the runs against the exact solution: a row a recipe, a column a case, errors below."""
    data: dict[str, np.ndarray] = {}
    with styled():
        figure = sheet(0.8 + 3.9 * len(cases), 7.2)
        panels = figure.subplots(4, len(cases), squeeze=False, sharex="col", height_ratios=(2, 1, 2, 1))
        for column, name in enumerate(cases):
            case = CASES[name]
            x, exact = case.nodes, case.truth()
            data |= {f"{name}_x": x, f"{name}_exact": exact}
            others = {}
            if name == "viscous":
                others["98 sine modes"] = data["viscous_98_modes"] = sine_galerkin(x, TIME, VISCOSITY)
            for row, recipe in enumerate(RECIPES):
                top, low = panels[2 * row, column], panels[2 * row + 1, column]
                top.plot(x, exact, color="black", lw=2.2, alpha=0.35, label="exact")
                for label, values in others.items():
                    top.plot(x, values, color="0.5", lw=1, ls=":", label=label)
                    low.plot(x, _positive(values - exact), color="0.5", lw=1, ls=":")
                for m in measured:
                    if (m.run.case, m.run.recipe) == (name, recipe) and m.run.seed < SHOWN:
                        look = dict(color=colour(m.run.seed), lw=1.1, ls="-" if m.run.seed == 0 else "--")
                        top.plot(x, m.u, label=f"run {m.run.seed + 1}", **look)
                        low.plot(x, _positive(m.u - exact), **look)
                        data |= {f"{name}_{recipe}_{m.run.seed}": m.u}
                top.set(title=f"{case.title}, {RECIPES[recipe]}", ylabel=f"u(x, {TIME:g})")
                low.set(ylabel="|error|", yscale="log")
            panels[-1, column].set_xlabel("x")
            panels[0, column].legend(fontsize=7)
            _alike([panels[0, column], panels[2, column]])
            _alike([panels[1, column], panels[3, column]])
    return figure, data


def singular_values(published: list[Measured], cases: tuple[str, ...]) -> Drawn:
    """Singular values of the layers 1, 4 and 7 against their rank, a row a case, one scale for all."""
    data: dict[str, np.ndarray] = {}
    with styled():
        figure = sheet(8.4, 0.6 + 2.3 * len(cases))
        panels = figure.subplots(len(cases), len(LAYERS), squeeze=False, sharex=True, sharey=True)
        for row, case in zip(panels, cases, strict=True):
            runs = [m for m in published if m.run.case == case]
            found = spectra(*(m.network for m in runs))
            for axes, layer in zip(row, LAYERS, strict=True):
                for m, values in zip(runs, found.values, strict=True):
                    ranks = np.arange(1, len(values[layer]) + 1)
                    label = f"run {m.run.seed + 1}"
                    axes.plot(ranks, values[layer], ".-", ms=3, lw=0.8, color=colour(m.run.seed), label=label)
                    data[f"{_key(m.network.name)}_W{layer}"] = values[layer]
                axes.set(title=f"{CASES[case].title}, W{layer}")
            row[0].set_ylabel("singular value")
        panels[0, 0].set_ylim(bottom=0)
        for axes in panels[-1]:
            axes.set_xlabel("rank")
        panels[0, -1].legend()
    return figure, data


def activations(networks: list[Network]) -> Drawn:
    """Hidden states at (0.6, 0.3): heat maps of all neurons, and the curves of five; one scale for all."""
    found = trajectories(*networks, at=np.asarray([PROBE]))
    data = {_key(name): found.map(run) for run, name in enumerate(found.names)}
    return found.plot(), data


def _weights(networks: list[Network]) -> dict[str, np.ndarray]:
    return {f"{_key(n.name)}_W{layer}": n.weights[layer] for n in networks for layer in LAYERS}


def _key(name: str) -> str:
    """The name of a network as that of an array."""
    return name.replace(", ", "_").replace(" ", "_")


def _positive(error: np.ndarray) -> np.ndarray:
    """|error|, with gaps where it is rounding."""
    size = np.abs(error)
    return np.where(size > ROUNDING, size, np.nan)


def _alike(panels: list) -> None:
    """One range of values for panels that are compared."""
    ends = np.array([axes.get_ylim() for axes in panels])
    for axes in panels:
        axes.set_ylim(ends[:, 0].min(), ends[:, 1].max())
