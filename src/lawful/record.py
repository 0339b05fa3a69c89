"""What a finished run leaves in its folder."""

import platform
from importlib import metadata
from typing import Any

import jax
import numpy as np

from .run_folder import RunFolder

PACKAGES = ("lawful", "jax", "jaxlib", "equinox", "optax", "numpy", "scipy")


def write_run(
    folder: RunFolder,
    *,
    summary: dict[str, Any],
    report: str,
    history: list[dict[str, Any]],
    parameters: dict[str, np.ndarray],
    fields: Any,
    reference: Any,
    figures: dict[str, Any],
) -> None:
    """history.csv, params.safetensors, fields.nc (the reference beside the fields), figures, and last
    run.json, by which the run counts as ended; each file atomically."""
    if history:
        folder.save_history(history)
    if parameters:
        folder.save_params(parameters)
    if reference is not None:
        fields = fields.assign({f"{name}_reference": reference[name] for name in reference.data_vars})
    folder.save_fields(fields)
    for name, figure in figures.items():
        folder.save_figure(name, figure)
    folder.update(summary=summary, report=report, versions=_versions(), hardware=_hardware())


def _versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def _hardware() -> dict[str, Any]:
    devices = jax.devices()
    return {
        "platform": devices[0].platform,
        "devices": len(devices),
        "kind": devices[0].device_kind,
        "processor": platform.machine(),
        "system": platform.system(),
    }
