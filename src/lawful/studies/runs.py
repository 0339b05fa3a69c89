"""A run of a study: a folder of its own, so that what is finished is not done again."""

import abc
from pathlib import Path
from typing import Any

from .._outcome import Outcome
from ..load import load
from ..problem import Problem
from ..run_folder import RunFolder
from ..solution import Solution
from ..solve import resume, solve


class AbstractRun(abc.ABC):
    """One network of a study."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """What it is called, by which a process is told to train it."""

    @abc.abstractmethod
    def finished(self, out: Path) -> bool:
        """Whether the folder of the study has it, ended by itself."""

    @abc.abstractmethod
    def train(self, out: Path, effort: Any) -> bool:
        """Train, or go on; False where Ctrl-C stopped it."""


class AbstractSolved(AbstractRun):
    """A solution of a problem, in an ordinary run folder, runs/NAME."""

    @abc.abstractmethod
    def problem(self) -> Problem:
        """The problem as this run states it."""

    @abc.abstractmethod
    def choices(self, effort: Any) -> dict[str, Any]:
        """What `solve` takes, seed included, at the effort of the study."""

    def folder(self, out: Path) -> Path:
        """Its folder in that of the study."""
        return out / "runs" / self.name

    def finished(self, out: Path) -> bool:
        """Whether it has ended by itself."""
        folder = self.folder(out)
        if not (folder / "run.json").is_file():
            return False
        summary = RunFolder.open(folder).configuration.get("summary")
        return summary is not None and summary["status"] != Outcome.INTERRUPTED.value

    def train(self, out: Path, effort: Any) -> bool:
        """Train, or go on from the last checkpoint; False where Ctrl-C stopped it."""
        folder = self.folder(out)
        if (folder / "checkpoint.safetensors").is_file():
            solution = resume(folder, self.problem())
        else:
            choices = self.choices(effort)
            solution = solve(self.problem(), reference="stated", out=folder, overwrite=True, **choices)
        return solution.outcome is not Outcome.INTERRUPTED

    def solution(self, out: Path) -> Solution:
        """What its folder holds."""
        return load(self.folder(out), self.problem())
