"""Runs spread over the cores: a process a core, each with one device."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .effort import Effort
from .runs import Run

STOPPED = 130
"""The exit status of a worker that Ctrl-C stopped."""


def train_all(
    runs: list[Run], out: Path, effort: Effort, *, cores: int, said: Callable[[str], object]
) -> None:
    """Train what is not finished; `said` is called with a line as each run ends.

    On one core in this process, else in `cores` processes that take one run after another. Raises
    `KeyboardInterrupt` where a run was stopped, `ValueError` where a process ended otherwise.
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
    _in_processes(left, out, cores, said)


def _in_processes(left: list[Run], out: Path, cores: int, said: Callable[[str], object]) -> None:
    environment = os.environ | {"JAX_NUM_CPU_DEVICES": "1"}
    command = [sys.executable, "-m", "lawful.studies.neural_chains.worker", str(out)]
    shares = [share for share in (left[core::cores] for core in range(cores)) if share]
    workers = [
        subprocess.Popen(
            [*command, *(run.name for run in share)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for share in shares
    ]

    def follow(worker: subprocess.Popen[str]) -> int:
        assert worker.stdout is not None
        for line in worker.stdout:
            said(line.rstrip())
        return worker.wait()

    try:
        with ThreadPoolExecutor(len(workers)) as threads:  # a line is said as soon as it is there
            ended = list(threads.map(follow, workers))
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
            if worker.stdout is not None:
                worker.stdout.close()
            worker.wait()
    if STOPPED in ended:
        raise KeyboardInterrupt
    if any(ended):
        raise ValueError(
            f"{out}: a process that trained ended with the status {max(ended)}, its message stands above; "
            "the same command goes on where it was."
        )
