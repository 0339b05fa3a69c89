"""Networks from files: W0, b0, W1, b1, ... in npz or safetensors, and the folders of runs."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from .._names import listed
from ..run_folder import RunFolder
from .network import Network, from_arrays
from .trained import from_parameters

ENDINGS = (".npz", ".safetensors")


def read(path: str | Path, activation: str | None = None, *, name: str | None = None) -> Network:
    """The network of a file (.npz, .safetensors) with arrays W0, b0, W1, b1, ..., or of a run folder.

    `activation` is needed for a file; a run folder says its own. Raises `ValueError` for what is no network, and where
    the activation is missing or is not that of the run.
    """
    path = Path(path)
    name = name or path.stem
    if path.is_dir():
        return _of_run(path, activation, name)
    if path.suffix not in ENDINGS:
        what = "there is no file" if not path.exists() else "the lens cannot read"
        raise ValueError(f"{what} {path}; name a file in {' or '.join(ENDINGS)}, or the folder of a run.")
    if not path.is_file():
        raise ValueError(f"there is no file {path}.")
    if activation is None:
        raise ValueError(
            f"{path} does not say which activation its network has; name it, as in --activation tanh."
        )
    weights, biases = layers_of(_arrays(path), str(path))
    return from_arrays(weights, biases, activation, name=name)


def layers_of(arrays: Mapping[str, Any], where: str) -> tuple[list[Any], list[Any]]:
    """W0, W1, ... and b0, b1, ... in order; raises `ValueError` where one is missing."""
    found = {
        kind: sorted(int(m[1]) for k in arrays if (m := re.fullmatch(rf"{kind}(\d+)", k))) for kind in "Wb"
    }
    count = max((*found["W"], *found["b"]), default=-1) + 1
    if not found["W"]:
        raise ValueError(
            f"{where} holds {listed(list(arrays)[:8])}{', ...' if len(arrays) > 8 else ''}; expected arrays named W0, "
            "b0, W1, b1, ..., in the convention z @ W + b."
        )
    for kind in "Wb":
        missing = [f"{kind}{i}" for i in range(count) if i not in found[kind]]
        if missing:
            raise ValueError(
                f"{where} lacks {listed(missing)} of its {count} layers; store W0, b0, W1, b1, ... all."
            )
    return [arrays[f"W{i}"] for i in range(count)], [arrays[f"b{i}"] for i in range(count)]


def _arrays(path: Path) -> dict[str, np.ndarray]:
    if path.suffix == ".safetensors":
        try:
            with safe_open(path, framework="np") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        except (SafetensorError, OSError, TypeError, ValueError):
            raise ValueError(f"{path} is no safetensors file of numbers, or is damaged.") from None
    try:
        file = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        raise ValueError(f"{path} is no npz file, or is damaged.") from None
    if not isinstance(file, np.lib.npyio.NpzFile):
        raise ValueError(f"{path} holds a single array; expected an npz of W0, b0, W1, b1, ....")
    out = {}
    with file:
        for key in file.files:
            try:
                out[key] = file[key]
            except ValueError:
                raise ValueError(
                    f"{key} in {path} is an array of objects, which only pickle could read; store each layer as an "
                    "array of floats of its own."
                ) from None
    return out


def _of_run(path: Path, activation: str | None, name: str) -> Network:
    folder = RunFolder.open(path)
    summary = folder.configuration.get("summary")
    if not summary:
        raise ValueError(f"{path} has not ended; go on with it by `lawful resume {path}`.")
    network = from_parameters(folder.load_params(), summary["recipe"]["network"], name=name)
    if activation not in (None, network.activation.name):
        raise ValueError(f"{path} was trained with {network.activation.name}, not with {activation}.")
    return network
