"""Progress: one line that fits, silence where asked, plain lines where there is no terminal."""

import sys
from dataclasses import replace

import pytest

from lawful.progress import Live, Silent, Snapshot, clock, progress_line

SNAPSHOT = Snapshot(
    "SSBroyden", 1200, 6000, {"pde": 2e-5, "walls": 1e-6, "start": 3e-6}, 2.4e-5, 4e-5, 12.0, 61.7
)


def test_the_line_tells_all() -> None:
    assert progress_line("burgers", SNAPSHOT) == (
        "burgers  SSBroyden 1,200/6,000  loss 2.4e-05 (pde 2.0e-05, walls 1.0e-06, start 3.0e-06)"
        "  held-out 4.0e-05  1:02 left"
    )


def test_what_is_not_known_is_left_out() -> None:
    line = progress_line("heat", replace(SNAPSHOT, steps=None, fresh=None, left_s=None, terms={}))
    assert line == "heat  SSBroyden 1,200  loss 2.4e-05  0:12"


@pytest.mark.parametrize(
    ("width", "expected"), [(110, "(pde 2.0e-05, start 3.0e-06, 1 more)"), (95, "(pde 2.0e-05, 2 more)")]
)
def test_the_smallest_terms_give_way_first(width: int, expected: str) -> None:
    line = progress_line("burgers", SNAPSHOT, width)
    assert expected in line
    assert len(line) <= width


def test_a_narrow_terminal_keeps_the_rest() -> None:
    assert "(" not in progress_line("burgers", SNAPSHOT, 60)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.0, "0:00"), (7.4, "0:07"), (754.0, "12:34"), (3723.0, "1:02:03")]
)
def test_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_silence(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Silent()
    progress.start("heat", ("pde",))
    progress.update(SNAPSHOT)
    progress.stop("All steps were taken.")
    assert capsys.readouterr() == ("", "")


def test_without_a_terminal_lines_are_few_and_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("lawful.progress.time.monotonic", lambda: now[0])
    progress = Live()
    for _ in range(2):  # a run may train more than once
        progress.start("heat", ("pde",))
        for _ in range(12):
            now[0] += 1.0
            progress.update(SNAPSHOT)
        progress.stop("All steps were taken.")
    shown, lines = capsys.readouterr()
    assert shown == ""
    assert len(lines.splitlines()) == 2 * (2 + 1)


def test_on_a_terminal_one_line_is_redrawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    progress = Live()
    progress.start("heat", ("pde",))
    progress.update(SNAPSHOT)
    progress.stop("All steps were taken.")
    progress.start("heat", ("pde",))
    progress.stop("Stopped.")
    shown, lines = capsys.readouterr()
    assert shown == ""
    assert "heat  SSBroyden 1,200/6,000" in lines
