"""How long solvers may take: set around them, asked between their steps."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_until: ContextVar[float] = ContextVar("until", default=math.inf)
_patience: ContextVar[float] = ContextVar("patience", default=60.0)


class OutOfTime(Exception):
    """The time that was given is over, which says nothing of the problem; whoever gave it catches it."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Solvers raise `OutOfTime` at their first step after so many seconds; compilation is not interrupted."""
    token = _until.set(min(_until.get(), time.perf_counter() + seconds))
    try:
        yield
    finally:
        _until.reset(token)


def stay_within() -> None:
    """Raises `OutOfTime` once the time given is over."""
    if time.perf_counter() > _until.get():
        raise OutOfTime("the time given to the solver was over.")


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """No resolution is begun that is likely to need more than so many seconds of the processor in all, which other
    work does not lengthen; without it 60."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def patient() -> float:
    """The seconds of the processor that all resolutions of a solution may take."""
    return _patience.get()


def impatient(began: float, share: float) -> bool:
    """Whether since `began`, by the clock of the processor, more than a share of these seconds has gone by."""
    return time.process_time() - began > share * patient()
