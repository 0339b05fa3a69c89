"""The runs of the study: each an ordinary run folder, so that what is finished is not done again."""

from dataclasses import dataclass
from pathlib import Path

from ..._outcome import Outcome
from ...load import load
from ...problem import Problem
from ...run_folder import RunFolder
from ...solution import Solution
from ...solve import resume, solve
from .cases import CASES
from .effort import Effort
from .recipes import RECIPES


@dataclass(frozen=True)
class Run:
    """One network: a case, a recipe, a seed; its folder is runs/CASE-RECIPE-SEED."""

    case: str
    recipe: str
    seed: int

    @property
    def name(self) -> str:
        return f"{self.case}-{self.recipe}-{self.seed}"

    @classmethod
    def named(cls, name: str) -> "Run":
        """The run of that name."""
        case, recipe, seed = name.split("-")
        return cls(case, recipe, int(seed))

    def problem(self) -> Problem:
        """The problem as this recipe states it."""
        case = CASES[self.case]
        return case.published() if self.recipe == "published" else case.own()

    def folder(self, out: Path) -> Path:
        return out / "runs" / self.name

    def finished(self, out: Path) -> bool:
        """Whether it has ended by itself."""
        folder = self.folder(out)
        if not (folder / "run.json").is_file():
            return False
        summary = RunFolder.open(folder).configuration.get("summary")
        return summary is not None and summary["status"] != Outcome.INTERRUPTED.value

    def train(self, out: Path, effort: Effort) -> bool:
        """Train, or go on from the last checkpoint; False where Ctrl-C stopped it."""
        folder = self.folder(out)
        if (folder / "checkpoint.safetensors").is_file():
            solution = resume(folder, self.problem())
        else:
            choices = RECIPES[self.recipe](self.case, effort)
            solution = solve(
                self.problem(), seed=self.seed, reference="stated", out=folder, overwrite=True, **choices
            )
        return solution.outcome is not Outcome.INTERRUPTED

    def solution(self, out: Path) -> Solution:
        """What its folder holds."""
        return load(self.folder(out), self.problem())


def planned(cases: tuple[str, ...], seeds: int) -> list[Run]:
    """All runs of a study; those that take longest come first, and the seeds of one recipe stand together, since they
    share what is compiled."""
    return [Run(case, recipe, seed) for recipe in RECIPES for case in cases for seed in range(seeds)]
