"""Runs spread over the cores: a process a core, each with one device."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from .runs import AbstractRun

STOPPED = 130
"""The exit status of a worker that Ctrl-C stopped."""


def train_all(
    runs: Sequence[AbstractRun],
    out: Path,
    effort: Any,
    *,
    worker: str,
    cores: int,
    said: Callable[[str], object],
) -> None:
    """Train what is not finished; `said` is called with a line as each run ends.

    On one core in this process, else in `cores` processes that take one run after another; `worker` is the module
    they run, whose main part is `work`. Raises `KeyboardInterrupt` where a run was stopped, `ValueError` where a
    process ended otherwise.
    """
    left = [run for run in runs if not run.finished(out)]
    for run in runs:
        if run not in left:
            said(f"{run.name}: finished before")
    if cores == 1 or len(left) <= 1:
        for run in left:
            if not run.train(out, effort):
                raise KeyboardInterrupt
            said(f"{run.name}: trained")
        return
    _in_processes(left, out, worker, cores, said)


def work(arguments: list[str], named: Callable[[str], AbstractRun], effort_of: Callable[[Path], Any]) -> int:
    """Train the runs named, of the study in the folder that comes first; 130 where Ctrl-C stopped one."""
    out = Path(arguments[0])
    effort = effort_of(out)
    for run in map(named, arguments[1:]):
        if not run.train(out, effort):
            return STOPPED
        print(f"{run.name}: trained", flush=True)
    return 0


def available_cores() -> int:
    """The cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)  # absent on macOS
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def _in_processes(
    left: list[AbstractRun], out: Path, worker: str, cores: int, said: Callable[[str], object]
) -> None:
    environment = os.environ | {"JAX_NUM_CPU_DEVICES": "1"}
    command = [sys.executable, "-m", worker, str(out)]
    shares = [share for share in (left[core::cores] for core in range(cores)) if share]
    workers = [
        subprocess.Popen(
            [*command, *(run.name for run in share)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for share in shares
    ]

    def follow(process: subprocess.Popen[str]) -> int:
        assert process.stdout is not None
        for line in process.stdout:
            said(line.rstrip())
        return process.wait()

    try:
        with ThreadPoolExecutor(len(workers)) as threads:  # a line is said as soon as it is there
            ended = list(threads.map(follow, workers))
    finally:
        for process in workers:
            if process.poll() is None:
                process.terminate()
            if process.stdout is not None:
                process.stdout.close()
            process.wait()
    if STOPPED in ended:
        raise KeyboardInterrupt
    if any(ended):
        raise ValueError(
            f"{out}: a process that trained ended with the status {max(ended)}, its message stands above; "
            "the same command goes on where it was."
        )
