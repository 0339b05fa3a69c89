"""Files and folders that are there whole or not at all, whenever the process is killed."""

import contextlib
import glob
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STALE_AFTER_S = 3600.0
"""A temporary of this age belongs to a process that was killed, and is swept away."""


def write_atomically(path: Path, data: bytes) -> None:
    """Replace a file by new content; after a kill it holds the old or the new one, never a part."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary sibling to write, which takes the place of `path` when the block ends well."""
    temporary = temporary_beside(path)
    try:
        yield temporary
        to_disk(temporary)
        os.replace(temporary, path)
        to_disk(path.parent)
    finally:
        temporary.unlink(missing_ok=True)
    sweep(path)


def put_in_place(made: Path, path: Path) -> None:
    """Rename a finished folder to `path`; an earlier one there is moved aside first, and deleted last."""
    to_disk(made)
    aside = temporary_beside(path)
    if path.exists():
        path.rename(aside)
        os.utime(aside)  # fresh, so that no sweep takes it for a leftover
    try:
        made.rename(path)
    except OSError:
        if aside.exists():
            aside.rename(path)
        raise
    to_disk(path.parent)
    shutil.rmtree(aside, ignore_errors=True)


def temporary_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.tmp-{secrets.token_hex(4)}")


def sweep(path: Path) -> None:
    """Delete what killed processes left beside `path`."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.tmp-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > STALE_AFTER_S:
                remove: Callable[[Path], Any] = shutil.rmtree if left.is_dir() else os.unlink
                remove(left)


def to_disk(path: Path) -> None:
    if path.is_dir() and os.name == "nt":  # Windows opens no folder
        return
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
