"""A solved problem: fields by name, and everything that is known of how good they are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ._names import did_you_mean, listed
from ._numbers import is_whole
from ._outcome import Outcome
from .calculus import Index, zero
from .domain import Box
from .figures import field_figures, history_figure
from .identity import identity_of
from .judge import Verdict, judging_reference, levelled
from .problem import Problem, handle_index
from .record import write_run
from .reference import Unsolved, floating, reference_of
from .report import report_text
from .run_folder import RunFolder
from .source import AbstractSource

LABELS = {"pinn": "network", "linear": "random features", "classical": "classical"}
"""What figures call a solution, by the method that found it."""


class FieldFunction:
    """A field of a solution: `u(x=0.5, t=[0, 1])`, and `u.xx(x=..., t=...)` for derivatives."""

    def __init__(self, solution: "Solution", field: str, index: Index):
        self._solution, self._field, self._index = solution, field, index

    def __getattr__(self, handle: str) -> "FieldFunction":
        if handle.startswith("_"):
            raise AttributeError(handle)
        try:
            field, index = handle_index(self._solution.problem, f"{self._field}.{handle}")
        except ValueError as error:
            raise AttributeError(str(error)) from None
        return FieldFunction(self._solution, field, index)

    def __call__(self, /, *unnamed: Any, **places: Any) -> np.ndarray:
        """Values at the places named, of the shape to which they broadcast.

        Raises `ValueError` for a coordinate that is missing, unknown, or outside the domain, and for
        arrays that do not broadcast; `TypeError` for places without a name.
        """
        coordinates = self._solution.problem.fields[self._field]
        if unnamed:
            spelt = ", ".join(f"{c}=..." for c in coordinates)
            raise TypeError(f"places are given by name: {self._field}({spelt}).")
        for name in places:
            if name not in coordinates:
                raise ValueError(
                    f"{self._field} has no coordinate {name!r}.{did_you_mean(name, coordinates)} "
                    f"Its coordinates: {listed(coordinates)}."
                )
        missing = [c for c in coordinates if c not in places]
        if missing:
            raise ValueError(f"{self._field} needs a value for {listed(missing)} as well.")
        given = {c: np.asarray(places[c], float) for c in coordinates}
        try:
            arrays = np.broadcast_arrays(*given.values())
        except ValueError:
            spelt = ", ".join(f"{c} {array.shape}" for c, array in given.items())
            raise ValueError(
                f"the places have shapes that do not broadcast, {spelt}; for all pairs write x[:, None] and t[None]."
            ) from None
        domain = self._solution.problem.domain
        lower, upper = (dict(zip(domain.coordinates, ends, strict=True)) for ends in domain.bounds)
        for name, array in zip(coordinates, arrays, strict=True):
            slack = 1e-9 * (upper[name] - lower[name])
            if array.size and (
                not (array >= lower[name] - slack).all() or not (array <= upper[name] + slack).all()
            ):
                raise ValueError(
                    f"{name} must lie in [{lower[name]:g}, {upper[name]:g}], where the problem was solved; got "
                    f"values from {np.min(array):g} to {np.max(array):g}."
                )
        flat = dict(zip(coordinates, (a.ravel() for a in arrays), strict=True))
        count = arrays[0].size
        points = np.stack([flat.get(c, np.full(count, lower[c])) for c in domain.coordinates], axis=1)
        if set(domain.space) <= set(coordinates) and not (inside := domain.contains(points)).all():
            at = ", ".join(f"{c}={flat[c][~inside][0]:g}" for c in domain.space)
            raise ValueError(
                f"the place {at} lies outside the domain, in a hole or beyond its boundary, where nothing was solved; "
                f"{np.count_nonzero(~inside)} of {count} places do."
            )
        values = self._solution.source.derivative(points, self._field, self._index)
        return np.asarray(values, float).reshape(arrays[0].shape)


class Solution:
    """What `solve` returns.

    - `solution.u(x=0.5, t=0.3)`, `solution.u.xx(...)`: values and derivatives by name.
    - `params`: all parameters, found ones at their estimates; `intervals`: their 95 % intervals.
    - `report()`: the account in words; `summary()`: the same as plain data; `verdict`, `outcome`.
    - `to_xarray(x=101, t=51)`, with NaN outside of shapes that are no boxes; `plot()`, `save(folder)`.
    """

    def __init__(
        self,
        problem: Problem,
        source: AbstractSource,
        *,
        facts: dict[str, Any],
        verdict: Verdict,
        outcome: Outcome,
        params: Mapping[str, float],
        intervals: Mapping[str, tuple[float, float]],
        history: list[dict[str, Any]],
    ):
        self.problem, self.source = problem, source
        self.facts, self.verdict, self.outcome = facts, verdict, outcome
        self.params, self.intervals, self.history = dict(params), dict(intervals), history

    def __getattr__(self, name: str) -> FieldFunction:
        if name.startswith("_") or name == "problem":
            raise AttributeError(name)
        fields = self.problem.fields
        if name in fields:
            return FieldFunction(self, name, zero(len(fields[name])))
        raise AttributeError(
            f"a solution has no {name!r}.{did_you_mean(name, fields)} Its fields: {listed(fields)}."
        )

    def __repr__(self) -> str:
        return f"Solution({self.problem.name}: {self.outcome.value}, {self.verdict.word})"

    def summary(self) -> dict[str, Any]:
        """The account as plain data: the keys of the command line's `--json`, and more."""
        return dict(self.facts)

    def report(self) -> str:
        """The account in words: errors, the reference's own error, residuals, costs, choices, verdict."""
        return report_text(self.facts)

    def to_xarray(self, /, **sizes: int) -> Any:
        """All fields on a regular grid: `to_xarray(x=101, t=51)`; coordinates not named get a default."""
        import xarray

        coordinates = self.problem.domain.coordinates
        for name, size in sizes.items():
            if name not in coordinates:
                raise ValueError(
                    f"{name!r} is no coordinate.{did_you_mean(name, coordinates)} They are {listed(coordinates)}."
                )
            if not is_whole(size):
                raise ValueError(f"{name} must be a number of grid points, at least 1; got {size!r}.")
        axes = grid_axes(self.problem, sizes)
        mesh = dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"), strict=True))
        inside = inside_of(self.problem, mesh)
        data = {}
        for field, own in self.problem.fields.items():
            places = {c: m[inside] for c, m in mesh.items() if c in own}
            data[field] = (tuple(axes), spread(getattr(self, field)(**places), inside))
        return xarray.Dataset(data, coords=axes, attrs={"problem": self.problem.name})

    def plot(self) -> dict[str, Any]:
        """Matplotlib figures by name: fields against the reference, and the history of training."""
        ours = self.to_xarray()
        return self._figures(ours, self._compared(ours))

    def save(self, folder: str | Path | RunFolder, *, overwrite: bool = False) -> Path:
        """Write a run folder that anybody can read: run.json, history.csv, fields.nc, figures, parameters.

        Raises `ValueError` where the folder is taken or cannot be written.
        """
        if not isinstance(folder, RunFolder):
            folder = RunFolder.create(
                folder,
                {
                    "problem": self.problem.name,
                    "recipe": self.facts["recipe"],
                    "identity": identity_of(self.problem),
                },
                overwrite=overwrite,
            )
        self.facts["run"] = str(folder.path)
        ours = self.to_xarray()
        reference = self._compared(ours)
        figures = self._figures(ours, reference)
        write_run(
            folder,
            summary=self.summary(),
            report=self.report(),
            history=self.history,
            parameters=self.source.parameters(),
            fields=ours,
            reference=reference,
            figures=figures,
        )
        return folder.path

    def _compared(self, ours: Any) -> Any:
        which = self.facts["recipe"].get("reference", "auto")
        found = self.facts["reference"].get("found")
        forward = self.problem.at(self.params) if found else self.problem
        return reference_dataset(forward, ours, judging_reference(self.problem, self.facts["method"], which))

    def _figures(self, ours: Any, reference: Any) -> dict[str, Any]:
        label, time = LABELS[self.facts["method"]], self.problem.domain.time
        compared = reference if self.facts["errors"] else None  # a reference is not held against itself
        figures = dict(field_figures(ours, compared, label=label, time=time))
        if self.history:
            figures["history"] = history_figure(self.history)
        return figures


def grid_axes(problem: Problem, sizes: Mapping[str, int] | None = None) -> dict[str, np.ndarray]:
    """Grid points a coordinate, ends included; by default about 10^4 to 10^5 in all."""
    dimension = len(problem.domain.coordinates)
    plane = 129 if isinstance(problem.domain, Box) else 257  # outlines that curve need a finer one
    default = {1: 501, 2: plane, 3: 33, 4: 15}.get(dimension, max(3, int(20_000 ** (1 / dimension))))
    lower, upper = problem.domain.bounds
    moving = dimension == 3 and problem.domain.time is not None  # maps at some times need more places
    defaults = {c: 65 if moving and c != problem.domain.time else default for c in problem.domain.coordinates}
    return {
        c: np.linspace(a, b, (sizes or {}).get(c, defaults[c]))
        for c, a, b in zip(problem.domain.coordinates, lower, upper, strict=True)
    }


def reference_dataset(problem: Problem, like: Any, which: str = "auto") -> Any:
    """The reference on the grid of a solution, or None; fields that the problem leaves open up to a constant, or a
    function of time, at the level of the solution's."""
    import xarray

    axes = {c: like.coords[c].values for c in problem.domain.coordinates}
    mesh = dict(zip(axes, np.meshgrid(*axes.values(), indexing="ij"), strict=True))
    inside = inside_of(problem, mesh)
    places = {c: m[inside] for c, m in mesh.items()}
    try:
        reference = reference_of(problem, which).evaluate(places, tuple(problem.fields))
    except Unsolved:
        return None
    grid = xarray.DataArray(inside, coords=axes)
    solved = {f: like[f].broadcast_like(grid).transpose(*axes).values[inside] for f in floating(problem)}
    values = levelled(problem, np.stack([*places.values()], axis=1), reference, solved).values
    data = {f: (tuple(axes), spread(np.asarray(v), inside)) for f, v in values.items()}
    return xarray.Dataset(data, coords=axes)


def inside_of(problem: Problem, mesh: Mapping[str, np.ndarray]) -> np.ndarray:
    """Which points of a grid lie in the domain."""
    points = np.stack([m.ravel() for m in mesh.values()], axis=1)
    return problem.domain.contains(points).reshape(next(iter(mesh.values())).shape)


def spread(values: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Values at the points of a grid that lie in the domain, as an array of the whole grid, with NaN outside."""
    out = np.full(inside.shape, np.nan)
    out[inside] = values
    return out
