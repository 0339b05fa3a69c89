"""`lawful resume`."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from .._outcome import Outcome
from .loading import digest, from_catalogue, from_source, mistakes_in, read_source
from .mistakes import STOPPED, Mistake, complain
from .reporting import show
from .results import present
from .solving import progress_for, stdout_for

ENDED = frozenset(o.value for o in Outcome) - {Outcome.INTERRUPTED.value}


def resume(run: str, /, *, json: Annotated[bool, Parameter(negative=())] = False) -> int:
    """Go on with a run that was stopped or killed, from its last checkpoint.

    Parameters
    ----------
    run
        The folder of the run.
    json
        Print one JSON object on stdout, and nothing else there.
    """
    from ..run_folder import RunFolder

    folder = RunFolder.open(run)
    summary = folder.configuration.get("summary")
    if summary and summary["status"] in ENDED:
        complain(f"{run} has ended already; here is its report.")
        return show(folder, as_json=json)
    problem, own = stated_in(folder)
    from ..solve import resume

    try:
        with mistakes_in(own or Path()), stdout_for(json):
            solution = resume(run, problem, progress=progress_for(json))
    except KeyboardInterrupt:
        complain(f"stopped; `lawful resume {run}` goes on from the last checkpoint.")
        return STOPPED
    summary = solution.summary()
    return present(summary | {"run": summary.get("run") or run}, solution.report(), as_json=json)


def stated_in(folder: Any) -> tuple[Any, Path | None]:
    """The problem that a run solves, and the file it was stated in.

    Raises `Mistake` for a run made from Python, and where problem.py is not as it was.
    """
    origin = folder.configuration.get("origin")
    if not origin:
        raise Mistake(
            f"{folder.path} was made from Python, and holds no statement of its problem; go on with it there, by "
            f"lawful.resume({str(folder.path)!r}, problem)."
        )
    if "catalogue" in origin:
        return from_catalogue(origin["catalogue"], origin["set"]), None
    path = folder.path / "problem.py"
    source = read_source(path)
    if digest(source) != origin["sha256"]:
        raise Mistake(
            f"{path} is not the file that this run began with; put that one back, or solve the changed one anew."
        )
    return from_source(source, path, origin["set"], beside=Path(origin["file"]).parent), path
