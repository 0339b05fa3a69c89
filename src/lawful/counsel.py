"""Which pathway to take next time, in one sentence, from what a run has cost."""

import math
from collections.abc import Collection

from .problem import Problem

GROUNDS = {
    "unknowns": "unknown parameters",
    "data": "sparse data",
    "dimensions": "more than four dimensions",
    "solves": "must be solved for many parameters",
}
"""What a network is good for beyond one solve of a known law."""

MANY_DIMENSIONS = 4
"""Up to so many coordinates grids are affordable."""
ALIKE = 1.5
"""Times within this factor of one another count as the same."""

NAMES = {"pinn": "network", "linear": "solve over random features"}
"""What the sentence calls the other pathway, by its method."""


def grounds_of(problem: Problem) -> frozenset[str]:
    """Those of `GROUNDS` that hold for a problem as it is stated."""
    seen = sum(
        len(b.fixed["points"]) for b in problem.conditions.values() if b.observes and b.fixed is not None
    )
    held = {
        "unknowns": bool(problem.unknowns),
        "data": seen > 1,  # one observation pins a pressure
        "dimensions": len(problem.domain.coordinates) > MANY_DIMENSIONS,
    }
    return frozenset(name for name, holds in held.items() if holds)


def pays_off(holds: Collection[str] = ()) -> str:
    """When a network pays off, less the grounds that hold already; empty where all of them do."""
    rest = [says for name, says in GROUNDS.items() if name not in holds]
    if not rest:
        return ""
    if rest[0] != GROUNDS["solves"]:
        rest[0] = f"has {rest[0]}"
    *before, last = rest
    spelt = ", ".join(before) + ("," if len(before) > 1 else "") + (" or " if before else "") + last
    return f"a network pays off {'further ' if holds else ''}if the problem {spelt}"


def which_pathway(
    *,
    error: float,
    seconds: float,
    classical_s: float | None,
    ended_s: float | None = None,
    tolerance: float = 1e-2,
    method: str = "pinn",
    holds: Collection[str] = (),
) -> str:
    """One plain sentence on which pathway a user should take for such a problem.

    - `error`, `seconds`: relative error of the run by `method`, and what it took.
    - `classical_s`: what the derived reference takes to an error as small, None where none reached it.
    - `ended_s`: after how long the derived reference was no longer refined, where that is why none reached it.
    - `tolerance`: the relative error up to which a solution counts.
    - `holds`: the names of `GROUNDS` that hold for the problem, which need not be told again.
    """
    own = NAMES.get(method, method)
    further = pays_off(holds)
    tail = f"; {further}." if further else "."
    reached = math.isfinite(error) and error <= tolerance
    if classical_s is None:
        if reached and ended_s is not None:
            return (
                f"The classical solver was not as close after {ended_s:.2g} s, and was not refined further: take the "
                f"{own}, and check it with reference='derived'."
            )
        if reached:
            return f"No classical solver got as close here: take the {own}, and check it on a case that you know."
        return (
            f"Neither the {own} nor a classical solver reached an error of {tolerance:g} here: state a smaller task "
            "first, such as a shorter time or a smoother start."
        )
    if not reached:
        return f"The {own} did not reach an error of {tolerance:g}, and the classical solver did: take that{tail}"
    ratio = seconds / max(classical_s, 1e-9)
    if ratio > ALIKE:
        return f"The classical solver is {_times(ratio)} times faster at equal accuracy{tail}"
    if ratio < 1 / ALIKE:
        return (
            f"The {own} is {_times(1 / ratio)} times faster than the classical solver at equal accuracy: "
            "take it, and the classical solver as its check."
        )
    return f"The classical solver and the {own} take about the same time at equal accuracy{tail}"


def _times(ratio: float) -> str:
    """Two digits."""
    digits = 1 - math.floor(math.log10(ratio))
    return f"{round(ratio, digits):,.{max(digits, 0)}f}" if ratio < 10 else f"{round(ratio, digits):,.0f}"
