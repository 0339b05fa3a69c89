"""Ctrl-C as a request."""

import signal
import threading
from types import FrameType
from typing import Any


class Interruptible:
    """Within it the first Ctrl-C sets `stop`, for a loop to end at its next block; the second one is
    Python's own. Outside the main thread it does nothing.
    """

    def __init__(self, stop: threading.Event):
        self.stop = stop
        self.before: Any = None

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.getsignal(signal.SIGINT)
            signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()
        signal.signal(signal.SIGINT, self.before)

    def __exit__(self, *_: Any) -> None:
        if self.before is not None:
            signal.signal(signal.SIGINT, self.before)
