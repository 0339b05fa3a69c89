"""The runs of the study."""

from dataclasses import dataclass
from typing import Any

from ...problem import Problem
from ..runs import AbstractSolved
from .cases import CASES
from .effort import Effort
from .recipes import RECIPES


@dataclass(frozen=True)
class Run(AbstractSolved):
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
        case = CASES[self.case]
        return case.published() if self.recipe == "published" else case.own()

    def choices(self, effort: Effort) -> dict[str, Any]:
        return {"seed": self.seed, **RECIPES[self.recipe](self.case, effort)}


def planned(cases: tuple[str, ...], seeds: int) -> list[Run]:
    """All runs of a study; those that take longest come first, and the seeds of one recipe stand together, since they
    share what is compiled."""
    return [Run(case, recipe, seed) for recipe in RECIPES for case in cases for seed in range(seeds)]
