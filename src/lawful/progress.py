"""What a run shows while it trains: nothing, or one live line."""

import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

PLAIN_EVERY_S = 5.0
"""Seconds between lines where there is no terminal to redraw one on."""


@dataclass(frozen=True)
class Snapshot:
    """Where training stands: losses by term, the held-out residual `fresh`, seconds gone and left."""

    phase: str
    step: int
    steps: int | None
    terms: dict[str, float]
    loss: float
    fresh: float | None
    elapsed_s: float
    left_s: float | None


class AbstractProgress(ABC):
    """Follows a run; `start` and `stop` may come more than once, in turn."""

    @abstractmethod
    def start(self, title: str, terms: tuple[str, ...]) -> None:
        """Training of `title` begins, with these loss terms."""

    @abstractmethod
    def update(self, snapshot: Snapshot) -> None:
        """A block of steps has ended."""

    @abstractmethod
    def stop(self, outcome_sentence: str) -> None:
        """Training has ended, as the sentence says."""


class Silent(AbstractProgress):
    """Shows nothing."""

    def start(self, title: str, terms: tuple[str, ...]) -> None:
        pass

    def update(self, snapshot: Snapshot) -> None:
        pass

    def stop(self, outcome_sentence: str) -> None:
        pass


def shown_on(progress: AbstractProgress | None) -> AbstractProgress:
    """The display that was given, a silent one for none; raises `TypeError` for what is no display."""
    if progress is None:
        return Silent()
    if not isinstance(progress, AbstractProgress):
        raise TypeError(
            f"progress must be a display such as lawful.progress.Live(), or None for none; got {progress!r}."
        )
    return progress


class Live(AbstractProgress):
    """One line on stderr, redrawn; where stderr is no terminal, a plain line at most every five seconds."""

    def __init__(self) -> None:
        self._title = ""
        self._snapshot: Snapshot | None = None
        self._began = self._printed = time.monotonic()
        self._display: Any = None

    def start(self, title: str, terms: tuple[str, ...]) -> None:
        self._title, self._snapshot = title, None
        self._began = self._printed = time.monotonic()
        if not sys.stderr.isatty():
            return
        from rich.console import Console
        from rich.live import Live as Display

        console = Console(stderr=True)
        self._display = Display(
            get_renderable=lambda: self._drawn(console.width),
            console=console,
            refresh_per_second=4,
            transient=True,
            redirect_stdout=False,
        )
        self._display.start()

    def update(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        now = time.monotonic()
        if self._display is None and now - self._printed >= PLAIN_EVERY_S:
            self._printed = now
            print(progress_line(self._title, snapshot), file=sys.stderr, flush=True)

    def stop(self, outcome_sentence: str) -> None:
        if self._display is not None:
            self._display.stop()
            self._display = None
        if self._snapshot is not None:
            print(progress_line(self._title, self._snapshot), file=sys.stderr, flush=True)

    def _drawn(self, width: int) -> Any:
        from rich.text import Text

        if self._snapshot is None:
            line = f"{self._title}  compiling {clock(time.monotonic() - self._began)}"
        else:
            line = progress_line(self._title, self._snapshot, width)
        return Text(line, no_wrap=True, overflow="ellipsis")


def progress_line(title: str, snapshot: Snapshot, width: int | None = None) -> str:
    """A snapshot in one line; where it would pass `width`, the smallest loss terms are left out."""
    steps = f"{snapshot.step:,}" + (f"/{snapshot.steps:,}" if snapshot.steps else "")
    head = f"{title}  {snapshot.phase} {steps}  loss {snapshot.loss:.1e}"
    tail = "" if snapshot.fresh is None else f"  held-out {snapshot.fresh:.1e}"
    if snapshot.left_s is not None:
        tail += f"  {clock(max(snapshot.left_s, 0.0))} left"
    else:
        tail += f"  {clock(snapshot.elapsed_s)}"
    largest = sorted(snapshot.terms, key=lambda t: -snapshot.terms[t])
    for count in range(len(largest), 0, -1):
        kept = [f"{t} {v:.1e}" for t, v in snapshot.terms.items() if t in largest[:count]]
        rest = f", {len(largest) - count} more" if count < len(largest) else ""
        line = f"{head} ({', '.join(kept)}{rest}){tail}"
        if width is None or len(line) <= width:
            return line
    return head + tail


def clock(seconds: float) -> str:
    """`0:07`, `12:34`, `1:02:03`."""
    minutes, s = divmod(int(seconds + 0.5), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"
