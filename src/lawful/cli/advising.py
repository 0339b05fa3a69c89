"""`lawful advise`."""

import json as jsonlib
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from .loading import from_catalogue, from_source, is_file, mistakes_in, read_source
from .mistakes import Mistake
from .settings import parsed
from .solving import progress_for, stdout_for, whole


def advise(
    problem: str,
    /,
    *,
    settings: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    measure: Annotated[bool, Parameter(negative=())] = False,
    solves: Annotated[int, Parameter(converter=whole)] = 1,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Say which method suits a problem, why, how to ask for it, and where networks fail on such laws.

    Parameters
    ----------
    problem
        A name of `lawful list`, or a Python file that holds a module-level `problem`.
    settings
        A parameter of the problem, as in --set nu=0.01; may be repeated.
    measure
        Try each method for a few seconds, and let that decide.
    solves
        How many times it is to be solved, with other parameters each.
    json
        Print one JSON object on stdout, and nothing else there.
    """
    chosen = parsed(settings or ())
    if solves < 1:
        raise Mistake(f"--solves must be a whole number of at least 1, got {solves}.")
    own = Path(problem) if is_file(problem) else None
    stated = from_source(read_source(own), own, chosen) if own else from_catalogue(problem, chosen)
    from ..advice import advise
    from ..run_folder import strict

    named = " ".join([problem, *(f"--set {setting}" for setting in settings or ())])
    with mistakes_in(own or Path()), stdout_for(json):
        advice = advise(
            stated,
            measure=measure,
            solves=solves,
            named=named,
            progress=progress_for(json) if measure else None,
        )
    print(jsonlib.dumps(strict(advice.as_dict()), allow_nan=False) if json else advice, flush=True)
    return 0
