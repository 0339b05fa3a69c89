"""Write a solution into its run folder."""

import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from ._outcome import Outcome
from .description import restore
from .judge import Verdict
from .problem import Problem
from .run_folder import RunFolder
from .solution import NetworkSource, ReferenceSource, Solution, Source, reference_dataset
from .trial import TrialSpace

PACKAGES = ("lawful", "jax", "jaxlib", "equinox", "optax", "numpy", "scipy")


def write_run(solution: Solution, folder: RunFolder) -> Path:
    """run.json, history.csv, fields.nc, params.safetensors and figures; each file atomically."""
    solution.facts["run"] = str(folder.path)
    if solution.history:
        folder.save_history(solution.history)
    if isinstance(solution.source, NetworkSource):
        folder.save_params(_named_parameters(solution.source))
    ours = solution.to_xarray()
    reference = reference_dataset(solution.problem, ours)
    stored = ours
    if reference is not None:
        stored = ours.assign({f"{name}_reference": reference[name] for name in reference.data_vars})
    folder.save_fields(stored)
    for name, figure in solution.plot().items():
        figure.savefig(folder.figure_path(f"{name}.png"), dpi=150)
    folder.update(
        summary=solution.summary(),
        report=solution.report(),
        versions=_versions(),
        hardware=_hardware(),
    )
    return folder.path


def read_run(problem: Problem, folder: RunFolder) -> Solution:
    """The solution that `write_run` wrote; raises `ValueError` where the problem does not fit."""
    facts = dict(folder.configuration["summary"])
    recipe = folder.configuration["recipe"]
    if facts["problem"] != problem.name or set(facts["params"]) != set(problem.params):
        raise ValueError(
            f"{folder.path} holds a run of {facts['problem']} with parameters {', '.join(facts['params']) or 'none'}, "
            f"which is not the problem given, {problem.name}."
        )
    source: Source = ReferenceSource(problem)
    if facts["method"] != "classical":
        key, dtype = jax.random.key(recipe["seed"]), jnp.dtype(recipe["dtype"])
        space = TrialSpace(problem, restore(recipe["network"]), key=key, dtype=dtype)
        theta = folder.load_params()["theta"]
        if theta.size != space.size:
            raise ValueError(f"{folder.path} holds {theta.size} parameters, the problem given needs {space.size}.")
        source = NetworkSource(space, theta)
    params = facts["params"]
    return Solution(
        problem,
        source,
        facts=facts,
        verdict=Verdict(facts["verdict"]["word"], tuple(facts["verdict"]["reasons"])),
        outcome=Outcome(facts["status"]),
        params={name: p["value"] for name, p in params.items()},
        intervals={name: (p["low"], p["high"]) for name, p in params.items() if p["low"] is not None},
        history=folder.load_history(),
    )


def _named_parameters(source: NetworkSource) -> dict[str, np.ndarray]:
    """theta, and the same numbers layer by layer under the names of the network's fields."""
    tree = source.space.tree(source.theta)
    named: dict[str, np.ndarray] = {"theta": np.asarray(source.theta)}
    for path, leaf in jax.tree_util.tree_leaves_with_path(tree[0]):
        named["network" + jax.tree_util.keystr(path)] = np.asarray(leaf)
    return named | {f"free.{name}": np.atleast_1d(np.asarray(v)) for name, v in tree[1].items()}


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
