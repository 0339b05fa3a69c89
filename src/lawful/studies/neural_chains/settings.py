"""What a study was asked for, in its study.json: so that the same command goes on, and another one is refused."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from ..._atomic import write_atomically
from .effort import Effort

FORMAT = "lawful study 1"
FILE = "study.json"


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
        if (out / FILE).is_file():
            held = Settings.read(out)
            if held != self:
                raise ValueError(
                    f"{out} holds a study with {held}, not {self}; give the same, or another folder by out=."
                )
            return
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            raise ValueError(f"{out} is there already and holds no study; choose another folder.")
        try:
            out.mkdir(parents=True, exist_ok=True)
            data = {"format": FORMAT, "study": "neural_chains", **asdict(self)}
            write_atomically(out / FILE, (json.dumps(data, indent=2) + "\n").encode())
        except OSError as error:
            raise ValueError(
                f"{out} cannot be written: {error.strerror or error}; choose another folder."
            ) from None

    @classmethod
    def read(cls, out: Path) -> "Settings":
        """The settings of the study in a folder; raises `ValueError` where study.json is damaged."""
        try:
            data = json.loads((out / FILE).read_text(encoding="utf-8"))
            return cls(data["runs"], tuple(data["cases"]), Effort(**data["effort"]))
        except (OSError, ValueError, KeyError, TypeError):
            raise ValueError(f"{out / FILE} is damaged; choose another folder.") from None

    def __str__(self) -> str:
        effort = self.effort
        length = f"{effort.steps:g} of the steps, {effort.points:g} of the points, own {effort.own_s:g} s"
        limit = f", at most {effort.budget:g} s a run" if effort.budget is not None else ""
        return f"{self.runs} runs of {', '.join(self.cases)}; {length}{limit}"
