"""Advice as lines for a terminal."""

import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING

from .._names import listed
from ..character import Character

if TYPE_CHECKING:
    from .advise import Advice

WIDTH = 100


def advice_text(advice: "Advice") -> str:
    """The recommendation first, then why, what to type, what was read from the law, and warnings."""
    chosen = advice.recommendation
    lines = _wrapped(f"{advice.problem}: {chosen.says}")
    lines += _block("why", [*chosen.reasons, *(f"Source: {source}." for source in chosen.sources)])
    command = chosen.ask.command(advice.named) if advice.named else None
    typed = [command] if command else list(chosen.ask.python)
    lines += ["", "type", *(f"  {line}" for line in typed)]
    lines += _block("read from the law", [facts_text(advice.character)])
    if advice.pilots:
        lines += ["", "measured in pilot runs", *_table(advice)]
        lines += _wrapped(advice.measurement, "  ") if advice.measurement else []
    if advice.warnings:
        lines += ["", "where networks are known to fail, and this law is of the kind"]
        for warned in advice.warnings:
            lines += _wrapped(f"{warned.name}: {warned.says}", "  ", "    ")
            lines += _wrapped(f"What helps: {warned.remedy}.", "    ")
            lines += _wrapped("; ".join(str(source) for source in warned.sources) + ".", "    ")
    also = [f"{other.rule}: {other.says}" for other in advice.others]
    if advice.further:
        also.append(advice.further[0].upper() + advice.further[1:] + ".")
    if also:
        lines += _block("otherwise", also)
    return "\n".join(lines)


def facts_text(c: Character) -> str:
    """The facts in one sentence."""
    parts = [c.kind, "linear" if c.linear else "nonlinear"]
    if c.order:
        parts.append("order " + listed([f"{times} in {name}" for name, times in c.order.items()]))
    parts.append(
        f"{c.dimensions} coordinate{'s' * (c.dimensions > 1)} on {'a box' if c.regular else 'no box'}"
    )
    parts.append(f"{c.fields} field{'s' * (c.fields > 1)}")
    if c.periodic:
        parts.append(f"periodic in {listed(c.periodic)}")
    if c.steepening:
        parts.append(f"forms {c.steepening}")
    s, m = c.scales, c.motion
    numbers = [
        ("{:.2g} periods within the time", m.periods if m else s.periods, 0.01),
        ("growth by exp({:.2g})", s.growth, 0.5),
        ("Peclet number {:.3g}", s.peclet, 1.0),
        ("{:.2g} wavelengths across the domain", s.wavelengths, 0.01),
        ("stiffness {:.1e}", m.stiffness if m else 0.0, 1e-9),
    ]
    parts += [says.format(number) for says, number, least in numbers if number >= least]
    parts.append(f"{listed(c.unknowns)} unknown" if c.unknowns else "nothing unknown")
    parts.append(f"{c.observations} observations" if c.observations else "no data")
    return ", ".join(parts) + "."


def _table(advice: "Advice") -> list[str]:
    rows = [f"  {'method':<34} {'seconds':>8} {'error':>9}  known by"]
    for pilot in advice.pilots:
        number = pilot.failure or f"{pilot.error:9.1e}  {pilot.against}"
        rows.append(f"  {pilot.method + ': ' + pilot.solver:<34} {pilot.seconds:8.2f} {number}")
    return rows


def _block(title: str, sentences: Iterable[str]) -> list[str]:
    lines = ["", title]
    for sentence in sentences:
        lines += _wrapped(sentence, "  ")
    return lines


def _wrapped(text: str, first: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
