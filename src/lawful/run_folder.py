"""The folder of a run: written so that a kill at any moment leaves the last good state."""

import contextlib
import csv
import io
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from ._atomic import put_in_place, replacing, sweep, temporary_beside, write_atomically

FORMAT = "lawful run 1"


class RunFolder:
    """run.json, history.csv, fields.nc, params.safetensors, checkpoint.safetensors and figures/.

    Make one by `RunFolder.create`, or open one by `RunFolder.open`.
    """

    def __init__(self, path: Path, configuration: dict[str, Any]):
        self.path, self._configuration = path, configuration

    @classmethod
    def create(
        cls, path: str | Path, configuration: dict[str, Any], *, overwrite: bool = False
    ) -> "RunFolder":
        """A new folder with run.json inside, whole or not at all.

        The text under `configuration["origin"]["source"]`, where there is one, becomes problem.py. With
        `overwrite` an earlier run there is replaced. Raises `ValueError` where `path` is taken or
        cannot be written.
        """
        path = folder_path(path)
        if path.name in ("", ".."):
            path = path.resolve()
        check_vacant(path, overwrite=overwrite)
        source, configuration = _without_source(configuration)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            sweep(path)
            made = temporary_beside(path)
            made.mkdir()
        except OSError as error:
            raise ValueError(_unwritable(path, error)) from None
        run = cls(path, {"format": FORMAT, **configuration})
        try:
            write_atomically(made / "run.json", _json(run._configuration))
            if source is not None:
                write_atomically(made / "problem.py", source.encode())
            put_in_place(made, path)
        except OSError as error:
            raise ValueError(_unwritable(path, error)) from None
        finally:
            shutil.rmtree(made, ignore_errors=True)
        return run

    @classmethod
    def open(cls, path: str | Path) -> "RunFolder":
        """The run in a folder; raises `ValueError` where there is none, or run.json is damaged."""
        path = folder_path(path)
        if not path.exists():
            raise ValueError(
                f"there is no folder {path}; a run is made by `lawful solve PROBLEM --out {path}`."
            )
        if not path.is_dir():
            raise ValueError(
                f"{path} is a file, not the folder of a run; name the folder that holds run.json."
            )
        if not (path / "run.json").is_file():
            raise ValueError(f"{path} is not a run: it holds no run.json.")
        try:
            configuration = json.loads((path / "run.json").read_text(encoding="utf-8"))
        except OSError as error:
            raise ValueError(f"{path / 'run.json'} cannot be read: {error.strerror}.") from None
        except ValueError:
            configuration = None
        if not isinstance(configuration, dict) or not str(configuration.get("format", "")).startswith(
            "lawful run"
        ):
            raise ValueError(f"{path / 'run.json'} is damaged, or was not written by lawful; solve again.")
        if configuration["format"] != FORMAT:
            raise ValueError(
                f"{path} was written in the format {configuration['format']!r}, and this version of lawful reads "
                f"{FORMAT!r}; use the version that wrote it."
            )
        return cls(path, configuration)

    @property
    def configuration(self) -> dict[str, Any]:
        """What run.json holds."""
        return dict(self._configuration)

    def update(self, **entries: Any) -> None:
        """Set entries of run.json."""
        self._configuration |= entries
        write_atomically(self.path / "run.json", _json(self._configuration))

    def save_checkpoint(self, arrays: dict[str, np.ndarray], metadata: dict[str, Any]) -> None:
        """checkpoint.safetensors, with `metadata` as JSON in its header."""
        header = {"metadata": json.dumps(metadata, default=_plain)}
        write_atomically(self.path / "checkpoint.safetensors", save(_contiguous(arrays), header))

    def load_checkpoint(self) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
        """The last checkpoint, None where there is none; raises `ValueError` for a damaged one."""
        path = self.path / "checkpoint.safetensors"
        if not path.is_file():
            return None
        arrays, header = _read_tensors(path, "delete it, and `lawful resume` starts the run anew")
        return arrays, json.loads(header.get("metadata", "{}"))

    def save_params(self, arrays: dict[str, np.ndarray]) -> None:
        """params.safetensors: the parameters by name."""
        write_atomically(self.path / "params.safetensors", save(_contiguous(arrays)))

    def load_params(self) -> dict[str, np.ndarray]:
        """What `save_params` wrote; raises `ValueError` where it is absent or damaged."""
        path = self.path / "params.safetensors"
        if not path.is_file():
            raise ValueError(
                f"{self.path} holds no params.safetensors: the run has not ended, or trained nothing."
            )
        return _read_tensors(path, "solve again")[0]

    def save_history(self, rows: list[dict[str, Any]]) -> None:
        """history.csv, a column for each key in the order of first appearance."""
        columns = list(dict.fromkeys(key for row in rows for key in row))
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
        write_atomically(self.path / "history.csv", text.getvalue().encode())

    def load_history(self) -> list[dict[str, Any]]:
        """What `save_history` wrote, numbers as numbers; empty where there is none."""
        path = self.path / "history.csv"
        if not path.is_file():
            return []
        with path.open(newline="", encoding="utf-8") as file:
            return [{k: _number(v) for k, v in row.items() if v != ""} for row in csv.DictReader(file)]

    def save_fields(self, dataset: Any) -> None:
        """fields.nc, from an xarray.Dataset."""
        with replacing(self.path / "fields.nc") as temporary:
            dataset.to_netcdf(temporary, engine="h5netcdf")

    def figure_path(self, name: str) -> Path:
        """Where the figure `name`, with its ending, belongs; makes the folder."""
        (self.path / "figures").mkdir(exist_ok=True)
        return self.path / "figures" / name

    def save_figure(self, name: str, figure: Any) -> None:
        """figures/NAME.png, from a matplotlib figure."""
        with replacing(self.figure_path(f"{name}.png")) as temporary:
            figure.savefig(temporary, dpi=150, format="png")


def folder_path(given: Any) -> Path:
    """The path of a run's folder; raises `TypeError` for what is no path."""
    try:
        return Path(given)
    except TypeError:
        raise TypeError(f'the folder of a run must be a path, such as "runs/first"; got {given!r}.') from None


def check_vacant(path: str | Path, *, overwrite: bool = False) -> None:
    """Raises `ValueError` where a new run cannot be made at `path`."""
    path = folder_path(path)
    if path.is_dir():
        if not any(path.iterdir()):
            return
        if not (path / "run.json").is_file():
            raise ValueError(f"the folder {path} is there already and holds no run; choose another folder.")
        if overwrite:
            RunFolder.open(path)
            return
        raise ValueError(
            f"{path} holds a run already; choose another folder, or go on with it by `lawful resume {path}`."
        )
    if path.exists() or path.is_symlink():
        raise ValueError(f"{path} is a file, and a run needs a folder; choose another folder.")
    above = next(p for p in path.absolute().parents if p.exists())
    if not above.is_dir():
        raise ValueError(f"{above} is a file, so no folder can be made below it; choose another folder.")
    if not os.access(above, os.W_OK | os.X_OK):
        raise ValueError(f"the folder {above} cannot be written to; choose another folder.")


def _without_source(configuration: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
    origin = configuration.get("origin")
    if not isinstance(origin, dict) or "source" not in origin:
        return None, dict(configuration)
    rest = {key: value for key, value in origin.items() if key != "source"}
    return origin["source"], {**configuration, "origin": rest}


def _json(entries: dict[str, Any]) -> bytes:
    return (json.dumps(strict(entries), indent=2, allow_nan=False) + "\n").encode()


def strict(value: Any) -> Any:
    """The value as strict JSON knows it: NaN and infinities become null, arrays lists, paths strings."""
    if isinstance(value, dict):
        return {str(k): strict(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [strict(v) for v in value]
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return float(value) if np.isfinite(value) else None
    return strict(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"run.json cannot hold {value!r}.")


def _contiguous(arrays: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(array, order="C") for name, array in arrays.items()}


def _read_tensors(path: Path, fix: str) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    try:
        with safe_open(path, framework="np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})  # noqa: SIM118
    except (SafetensorError, OSError, ValueError):
        raise ValueError(f"{path} is damaged; {fix}.") from None


def _number(text: str) -> Any:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(text)
    return text


def _unwritable(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror or error}; choose another folder."
