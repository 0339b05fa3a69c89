"""What the study was asked for."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..settings import claim, claimed

STUDY = "relaxation"


@dataclass(frozen=True)
class Effort:
    """The steps and interior points of every run."""

    steps: int
    points: int


FULL = Effort(600, 2048)
QUICK = Effort(40, 256)
"""The shape of the tables and the figure, not their numbers."""


@dataclass(frozen=True)
class Settings:
    """How many seeds, at which depths and w, and how long each run is trained."""

    seeds: int
    depths: tuple[int, ...]
    w: tuple[str, ...]
    effort: Effort

    def write(self, out: Path) -> None:
        """Make the folder `out`, or check that it holds this study.

        Raises `ValueError` for a folder that holds something else, or a study with other settings.
        """
        claim(out, STUDY, self, plain=asdict, read=Settings.read)

    @classmethod
    def read(cls, out: Path) -> "Settings":
        """The settings of the study in a folder; raises `ValueError` where study.json is damaged."""

        def made(data: dict[str, Any]) -> "Settings":
            return cls(data["seeds"], tuple(data["depths"]), tuple(data["w"]), Effort(**data["effort"]))

        return claimed(out, STUDY, made)

    def __str__(self) -> str:
        depths, effort = ", ".join(str(depth) for depth in self.depths), self.effort
        return (
            f"{self.seeds} seeds of w {', '.join(self.w)} at the depths {depths}; {effort.steps} steps on "
            f"{effort.points} points"
        )
