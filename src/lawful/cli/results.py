"""A run's summary on its way out: as the JSON object of the command line, and as an exit status."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .._outcome import Outcome
from .mistakes import STOPPED

# Exactly these keys, in this order, are the contract of `--json`.
KEYS = (
    "problem method seed status wall_s train_s compile_s steps n_params dtype errors reference residual params "
    "verdict run"
).split()
OF_PARAMETER = ("value", "low", "high")


def public(summary: Mapping[str, Any]) -> dict[str, Any]:
    """What `--json` promises of a summary, absent entries as None."""
    params = summary.get("params") or {}
    shown = {key: summary.get(key) for key in KEYS}
    return shown | {"params": {n: {k: p.get(k) for k in OF_PARAMETER} for n, p in params.items()}}


def print_json(data: Mapping[str, Any]) -> None:
    """One strict JSON object on stdout; numbers that are not finite become null."""
    from ..run_folder import strict

    print(json.dumps(strict(dict(data)), allow_nan=False), flush=True)


def exit_status(summary: Mapping[str, Any]) -> int:
    """1 for a failed or unsupported result, else 0."""
    failed = Outcome(summary["status"]).failed
    return int(failed or summary["verdict"]["word"] == "not supported")


def present(summary: Mapping[str, Any], report: str, *, as_json: bool) -> int:
    """Print a result that has just been computed, and return its exit status."""
    if as_json:
        print_json(public(summary))
    else:
        print(report)
        if summary.get("run"):
            print(f"run: {summary['run']}", flush=True)
    return STOPPED if summary["status"] == Outcome.INTERRUPTED.value else exit_status(summary)


def present_together(facts: Mapping[str, Any], report: str, folder: Path, *, as_json: bool) -> int:
    """Print what several seeds gave, and return the worst exit status of them."""
    if as_json:
        print_json({**facts, "runs": [public(run) for run in facts["runs"]]})
    else:
        print(report)
        print(f"runs: {folder}", flush=True)
    stopped = any(run["status"] == Outcome.INTERRUPTED.value for run in facts["runs"])
    return STOPPED if stopped else max(exit_status(run) for run in facts["runs"])
