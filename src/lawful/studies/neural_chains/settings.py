"""What the study was asked for."""

from dataclasses import asdict, dataclass
from pathlib import Path

from ..settings import claim, claimed
from .effort import Effort

STUDY = "neural_chains"


@dataclass(frozen=True)
class Settings:
    """How many runs of each case and recipe, of which cases, and how long they are trained."""

    runs: int
    cases: tuple[str, ...]
    effort: Effort

    def write(self, out: Path) -> None:
        """Make the folder `out`, or check that it holds this study.

        Raises `ValueError` for a folder that holds something else, or a study with other settings.
        """
        claim(out, STUDY, self, plain=asdict, read=Settings.read)

    @classmethod
    def read(cls, out: Path) -> "Settings":
        """The settings of the study in a folder; raises `ValueError` where study.json is damaged."""
        return claimed(
            out, STUDY, lambda data: cls(data["runs"], tuple(data["cases"]), Effort(**data["effort"]))
        )

    def __str__(self) -> str:
        effort = self.effort
        own = f"{effort.own_s:g} s" if effort.own_steps is None else f"{effort.own_steps} steps"
        length = f"{effort.steps:g} of the steps, {effort.points:g} of the points, own {own}"
        limit = f", at most {effort.budget:g} s a run" if effort.budget is not None else ""
        return f"{self.runs} runs of {', '.join(self.cases)}; {length}{limit}"
