"""Figures: the right panels, the same colours for what is compared, no display, no global state."""

import io
from typing import Any

import matplotlib
import numpy as np
import pytest
import xarray
from matplotlib.figure import Figure

from lawful.figures import field_figures, history_figure


def dataset(shape: dict[str, int], sign: float = 1.0, error: float = 0.0) -> Any:
    axes = {c: np.linspace(0, 1, n) for c, n in shape.items()}
    mesh = np.meshgrid(*axes.values(), indexing="ij")
    u = np.prod([np.cos(3 * m) for m in mesh], axis=0)
    u = u if sign < 0 else u**2
    return xarray.Dataset({"u": (tuple(axes), u + error * mesh[0])}, coords=axes)


def drawn(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=50)
    return file.getvalue()


def panels(figure: Figure) -> list[Any]:
    return [a for a in figure.axes if a.get_label() != "<colorbar>"]


@pytest.mark.parametrize("c", ["t", "x"])
def test_one_coordinate_is_a_curve_with_its_error_below(c: str) -> None:
    figures = field_figures(dataset({c: 11}, error=1e-3), dataset({c: 11}))
    assert list(figures) == ["u"]
    above, below = figures["u"].axes
    network, reference = above.lines
    assert reference.get_linestyle() == "--"
    np.testing.assert_allclose(below.lines[0].get_ydata(), network.get_ydata() - reference.get_ydata())
    assert (below.get_xlabel(), above.get_ylabel(), below.get_ylabel()) == (c, "u", "error")
    assert drawn(figures["u"])


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_two_coordinates_are_three_maps_and_slices(sign: float) -> None:
    shape = {"x": 9, "t": 7}
    figures = field_figures(dataset(shape, sign, error=0.3), dataset(shape, sign))
    assert list(figures) == ["u", "u_slices"]
    network, reference, error = (a.collections[0] for a in panels(figures["u"]))
    assert network.get_clim() == reference.get_clim()
    assert network.get_clim()[1] >= 1.0
    low, high = error.get_clim()
    assert low == -high
    assert high == pytest.approx(0.3)
    assert len(figures["u"].axes) == 6
    assert [a.get_xlabel() for a in panels(figures["u"])] == ["t", "t", "t"]
    assert panels(figures["u"])[0].get_ylabel() == "x"
    assert [a.get_title() for a in figures["u_slices"].axes] == ["t = 0", "t = 0.333", "t = 0.667", "t = 1"]
    assert all(drawn(f) for f in figures.values())


def test_space_is_drawn_as_a_map_and_cut_away_from_its_walls() -> None:
    figures = field_figures(dataset({"x": 11, "y": 6}), None)
    (axes,) = panels(figures["u"])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x", "y")
    assert [a.get_title() for a in figures["u_slices"].axes] == ["x = 0.2", "x = 0.4", "x = 0.6", "x = 0.8"]


def test_more_coordinates_are_cut_through_the_middle() -> None:
    shape = {"x": 5, "y": 5, "z": 5, "t": 4}
    network, reference = dataset(shape), dataset(shape).transpose("t", "z", "y", "x")
    figures = field_figures(network, reference)
    assert figures["u"].get_suptitle() == "at y = 0.5, z = 0.5"
    values = panels(figures["u"])[0].collections[0].get_array()
    np.testing.assert_array_equal(np.ravel(values), np.ravel(network["u"][:, 2, 2, :].values))
    assert drawn(figures["u_slices"])


def test_a_field_without_reference_is_drawn_alone() -> None:
    ours = dataset({"x": 5, "t": 5}).assign(v=lambda d: 2 * d["u"])
    figures = field_figures(ours, dataset({"x": 5, "t": 5}))
    assert [len(panels(figures[name])) for name in ("u", "v")] == [3, 1]


def test_history_shows_every_term_and_marks_the_phases() -> None:
    rows: list[dict[str, Any]] = [
        {"phase": "Adam" if s < 50 else "LBFGS", "points": 0, "step": s, "elapsed_s": 0.1, "loss": 1 / s}
        | {"pde": 0.6 / s, "walls.u": 0.4 / s, "fresh": 1.1 / s}
        for s in range(10, 100, 10)
    ]
    figure = history_figure(rows)
    (axes,) = figure.axes
    assert axes.get_yscale() == "log"
    assert [t.get_text() for t in figure.axes[0].get_legend().get_texts()] == [
        "pde",
        "walls.u",
        "loss",
        "held-out points",
    ]
    assert [t.get_text() for t in axes.texts] == ["Adam", "LBFGS"]
    assert [line.get_xdata()[0] for line in axes.lines[4:]] == [50]
    assert drawn(figure)


@pytest.mark.parametrize("loss", [1e-23, 0.0, float("nan"), float("inf")])
def test_history_of_one_row_and_of_broken_values(loss: float) -> None:
    row = {
        "phase": "LinearLeastSquares",
        "points": 0,
        "step": 3,
        "elapsed_s": 1.0,
        "loss": loss,
        "fresh": None,
    }
    assert drawn(history_figure([row]))


def test_no_settings_are_left_behind() -> None:
    before = dict(matplotlib.rcParams)
    history_figure([{"phase": "Adam", "step": 1, "loss": 1.0}])
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("compared", [True, False])
def test_a_plane_in_time_has_maps_at_four_times(compared: bool) -> None:
    shape = {"x": 5, "y": 6, "t": 7}
    figures = field_figures(dataset(shape, error=0.3), dataset(shape) if compared else None)
    assert set(figures) == {"u_snapshots", "u", "u_slices"}
    maps = panels(figures["u_snapshots"])
    assert len(maps) == (12 if compared else 4)
    assert [a.get_title() for a in maps[:4]] == ["t = 0", "t = 0.333", "t = 0.667", "t = 1"]
    assert len({a.collections[0].get_clim() for a in maps[:8]}) == 1
    if compared:
        low, high = maps[8].collections[0].get_clim()
        assert low == -high
        assert high == pytest.approx(0.3)
    assert maps[0].get_ylabel().endswith("y")
    assert maps[-1].get_xlabel() == "x"
    assert drawn(figures["u_snapshots"])
