"""What a study was asked for, in its study.json: so that the same command goes on, and another one is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from .._atomic import write_atomically

FORMAT = "lawful study 1"
FILE = "study.json"

Settings = TypeVar("Settings")


def claim(
    out: Path,
    study: str,
    settings: Settings,
    *,
    plain: Callable[[Settings], dict[str, Any]],
    read: Callable[[Path], Settings],
) -> None:
    """Make the folder `out` with the settings, as plain data, in study.json, or check that it holds this study.

    Raises `ValueError` for a folder that holds something else, or a study with other settings.
    """
    if (out / FILE).is_file():
        held = read(out)
        if held != settings:
            raise ValueError(
                f"{out} holds a study with {held}, not {settings}; give the same, or another folder by out=."
            )
        return
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} is there already and holds no study; choose another folder.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        data = {"format": FORMAT, "study": study, **plain(settings)}
        write_atomically(out / FILE, (json.dumps(data, indent=2) + "\n").encode())
    except OSError as error:
        raise ValueError(
            f"{out} cannot be written: {error.strerror or error}; choose another folder."
        ) from None


def claimed(out: Path, study: str, made: Callable[[dict[str, Any]], Settings]) -> Settings:
    """The settings of the study in a folder, by `made` from their plain data.

    Raises `ValueError` where study.json is damaged, or holds another study.
    """
    try:
        data = json.loads((out / FILE).read_text(encoding="utf-8"))
        own = data["study"] == study
        if own:
            return made(data)
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{out / FILE} is damaged; choose another folder.") from None
    raise ValueError(f"{out} holds the study {data['study']}, not {study}; choose another folder.")
