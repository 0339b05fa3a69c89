"""What the study was asked for, as far as it changes what a run is."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..settings import claim, claimed

STUDY = "california"


@dataclass(frozen=True)
class Settings:
    """Whether networks are trained for a few epochs only."""

    quick: bool

    def write(self, out: Path) -> None:
        """Make the folder `out`, or check that it holds this study; raises `ValueError`."""
        claim(out, STUDY, self, plain=asdict, read=Settings.read)

    @classmethod
    def read(cls, out: Path) -> "Settings":
        """The settings of the study in a folder; raises `ValueError` where study.json is damaged."""

        def made(data: dict[str, Any]) -> "Settings":
            return cls(bool(data["quick"]))

        return claimed(out, STUDY, made)

    def __str__(self) -> str:
        return "few epochs (quick)" if self.quick else "all epochs"
