"""What each pathway takes to the same accuracy."""

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from .counsel import grounds_of, which_pathway
from .judge import levelled, relative_errors
from .problem import Problem
from .reference import Derived, Judged, OutOfTime, Unsolved, derive, within

PLACES = 4096
"""Judging points at which resolutions of the classical solver are compared with the reference."""
LEAST_S, SHARE = 2.0, 0.2
"""Seconds that the classical solver may take for the comparison in any case, or the share of the run's."""


def compare_pathways(
    problem: Problem,
    method: str,
    points: np.ndarray,
    reference: Judged,
    errors: Mapping[str, Mapping[str, float]],
    seconds: float,
) -> dict[str, Any]:
    """The seconds of a run and of the derived solver to the error of the run, and which to take.

    The classical time is that of the first resolution whose relative error in every field is no larger, the
    fitting of its mesh and compilation included; None where none was as accurate. Resolutions that are solved for
    this alone are given 0.2 of the seconds of the run: where that ended the search, `classical_ended_s` says after
    how long.
    """
    relative = relative_errors(errors, reference)
    error = max(relative.values())
    try:
        derived = derive(problem)
        classical, ended = _classical_seconds(
            derived, points, reference, relative, max(LEAST_S, SHARE * seconds)
        )
        name = derived.method
    except Unsolved:
        classical, ended, name = None, None, None
    sentence = which_pathway(
        error=error,
        seconds=seconds,
        classical_s=classical,
        ended_s=ended,
        tolerance=problem.tolerance,
        method=method,
        holds=grounds_of(problem),
    )
    return {
        "error": error,
        "run_s": seconds,
        "classical_s": classical,
        "classical_ended_s": ended,
        "classical": name,
        "advice": sentence,
    }


def _classical_seconds(
    derived: Derived,
    points: np.ndarray,
    reference: Judged,
    relative: Mapping[str, float],
    most: float,
) -> tuple[float | None, float | None]:
    """The seconds to the errors, or else, where the most that it may take ended the search, those that it took."""
    told = np.arange(len(points))[reference.told]
    rows = told[np.linspace(0, len(told) - 1, min(PLACES, len(told))).astype(int)]
    places = points[rows]
    known = replace(reference, values={f: v[rows] for f, v in reference.values.items()}, left_out=None)
    size = _rms if reference.norm == "max" else _mean
    began = time.perf_counter()
    try:
        with within(most):
            ladder = derived.ladder
            count = 0
            while count < len(ladder.levels) or (ladder.expected() <= most and ladder.grow()):
                level = ladder.levels[count]
                values = level.numerical.evaluate(places)
                against = levelled(derived.problem, places, known, values).values
                if all(
                    size(values[f] - against[f]) <= error * size(known.values[f])
                    for f, error in relative.items()
                ):
                    # the mesh is fitted at the coarsest level
                    return level.wall_s + (ladder.levels[0].wall_s if count else 0.0), None
                count += 1
    except OutOfTime:
        return None, time.perf_counter() - began
    ended = ladder.open and ladder.expected() > most
    return None, sum(level.wall_s for level in ladder.levels) if ended else None


def _rms(values: np.ndarray) -> float:
    return float(np.sqrt(np.nanmean(np.square(values))))


def _mean(values: np.ndarray) -> float:
    return float(np.nanmean(np.abs(values)))
