"""`lawful solve`."""

import contextlib
import math
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from .._names import did_you_mean, listed
from .._numbers import is_seed
from .catalogue import entry_of
from .loading import digest, from_catalogue, from_source, is_file, mistakes_in, read_source
from .mistakes import STOPPED, Mistake, complain
from .results import present, present_together
from .settings import Value, check_known, parsed

METHODS = ("auto", "pinn", "linear", "classical")
REFERENCES = ("auto", "stated", "derived")
RUNS = Path("runs")


def whole(kind: Any, tokens: Any) -> int:
    """A whole number from the command line."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"expected a whole number, got {tokens[0].value!r}") from None


def solve(
    problem: str,
    /,
    *,
    settings: Annotated[list[str] | None, Parameter(name="--set", negative=())] = None,
    seed: Annotated[int, Parameter(converter=whole)] = 0,
    seeds: Annotated[int | None, Parameter(converter=whole)] = None,
    budget: float | None = None,
    steps: Annotated[int | None, Parameter(converter=whole)] = None,
    method: str = "auto",
    reference: str = "auto",
    out: str | None = None,
    json: Annotated[bool, Parameter(negative=())] = False,
    overwrite: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Solve a problem and judge the result. Exits 1 where the evidence does not support it.

    Parameters
    ----------
    problem
        A name of `lawful list`, or a Python file that holds a module-level `problem`.
    settings
        A parameter of the problem, as in --set nu=0.01; may be repeated.
    seed
        Of the random start and points.
    seeds
        So many runs at once, with the seeds SEED, SEED + 1, ...; how far they lie apart is reported.
    budget
        Seconds until training ends, that of all seeds; with --method classical, those of all resolutions.
    steps
        Most steps of the optimizer.
    method
        auto, pinn, linear or classical.
    reference
        What judges: auto, stated (nothing is derived) or derived (from the laws); with --method classical, the
        solution itself.
    out
        The folder of the run; runs/NAME by default.
    json
        Print one JSON object on stdout, and nothing else there.
    overwrite
        Replace the run that --out names.
    """
    chosen = parsed(settings or ())
    _check(seed, seeds, budget, steps, method, reference, overwrite, out)
    own = Path(problem) if is_file(problem) else None
    source = read_source(own) if own else ""
    if own is None:
        check_known(chosen, entry_of(problem).parameters, problem)
    folder = _folder(out, own.stem if own else problem, overwrite, seeds is not None)
    stated = from_source(source, own, chosen) if own else from_catalogue(problem, chosen)
    options = dict(
        method=method,
        budget=budget,
        steps=steps,
        reference=reference,
        overwrite=overwrite,
        origin=_origin(problem, own, source, chosen),
    )
    if seeds is None:
        return _solved(stated, own, folder, json, options | {"seed": seed})
    return _solved_together(stated, own, folder, json, options | {"seeds": range(seed, seed + seeds)})


def progress_for(as_json: bool) -> Any:
    """A live line on stderr; with --json only where somebody is watching."""
    from ..progress import Live, Silent

    return Silent() if as_json and not sys.stderr.isatty() else Live()


def stdout_for(as_json: bool) -> Any:
    """With --json, what a user's law prints goes to stderr."""
    return contextlib.redirect_stdout(sys.stderr) if as_json else contextlib.nullcontext()


def _solved(problem: Any, own: Path | None, folder: Path, as_json: bool, options: dict[str, Any]) -> int:
    from ..solve import solve

    try:
        with mistakes_in(own or Path()), stdout_for(as_json):
            solution = solve(problem, out=folder, progress=progress_for(as_json), **options)
    except KeyboardInterrupt:
        kept = (folder / "run.json").is_file()
        complain(
            f"stopped; `lawful resume {folder}` goes on from the last checkpoint." if kept else "stopped."
        )
        return STOPPED
    summary = solution.summary()
    return present(summary | {"run": summary.get("run") or str(folder)}, solution.report(), as_json=as_json)


def _solved_together(
    problem: Any, own: Path | None, folder: Path, as_json: bool, options: dict[str, Any]
) -> int:
    from ..uq import ensemble

    with mistakes_in(own or Path()), stdout_for(as_json):
        runs = ensemble(problem, out=folder, progress=progress_for(as_json), **options)
    return present_together(runs.summary(), runs.report(), folder, as_json=as_json)


def _check(
    seed: int,
    seeds: int | None,
    budget: float | None,
    steps: int | None,
    method: str,
    reference: str,
    overwrite: bool,
    out: str | None,
) -> None:
    if not is_seed(seed):
        raise Mistake(f"--seed must be a whole number of at least 0 and below 2**63, got {seed}.")
    if seeds is not None and seeds < 2:
        raise Mistake(f"--seeds must be at least 2, got {seeds}; one run is that of --seed.")
    if budget is not None and not (budget > 0 and math.isfinite(budget)):
        raise Mistake(f"--budget must be a number of seconds above 0, got {budget:g}.")
    if steps is not None and steps < 1:
        raise Mistake(f"--steps must be a whole number of at least 1, got {steps}.")
    for what, given, known in (("method", method, METHODS), ("reference", reference, REFERENCES)):
        if given not in known:
            hint = did_you_mean(given, known)
            raise Mistake(f"there is no {what} {given!r}.{hint} Known: {listed(known)}.")
    if overwrite and out is None:
        raise Mistake("--overwrite needs --out, the folder of the run to replace.")


def _folder(out: str | None, name: str, overwrite: bool, several: bool) -> Path:
    """The folder that the user named, if it is vacant or for several runs; else the first of runs/NAME,
    runs/NAME-2, ..."""
    from ..run_folder import check_vacant

    folder, count = Path(out or RUNS / name), 1
    while out is None and folder.exists():
        count += 1
        folder = RUNS / f"{name}-{count}"
    if not several:
        check_vacant(folder, overwrite=overwrite)
    return folder


def _origin(named: str, own: Path | None, source: str, settings: dict[str, Value]) -> dict[str, Any]:
    if own is None:
        return {"catalogue": named, "set": settings}
    return {"file": str(own.absolute()), "sha256": digest(source), "set": settings, "source": source}
