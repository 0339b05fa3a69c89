"""`lawful study`."""

import dataclasses
import json as jsonlib
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from .._names import listed
from .mistakes import Mistake
from .solving import whole

OPTIONS = {
    "california": ("seeds", "split", "model", "out"),
    "neural_chains": ("runs", "budget", "case", "out"),
    "relaxation": ("seeds", "w", "depth", "out"),
}
"""The options that each study follows, beside --quick and --json."""


def study(
    name: str,
    /,
    *,
    seeds: Annotated[int | None, Parameter(converter=whole)] = None,
    split: Annotated[list[str] | None, Parameter(negative=())] = None,
    model: Annotated[list[str] | None, Parameter(negative=())] = None,
    runs: Annotated[int | None, Parameter(converter=whole)] = None,
    budget: float | None = None,
    case: Annotated[list[str] | None, Parameter(negative=())] = None,
    w: Annotated[list[str] | None, Parameter(negative=())] = None,
    depth: Annotated[list[int] | None, Parameter(negative=())] = None,
    out: Path | None = None,
    quick: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Run a comparison again: california, house values by networks in continuous depth; neural_chains, the three
    networks of arXiv 2601.00473, trained as published and by lawful's own choices; relaxation, whether layers
    z <- (1 - w) z + w f(z W + b) do better than those of an MLP.

    Parameters
    ----------
    name
        california, neural_chains or relaxation.
    seeds
        california, relaxation: how often each network is trained, with other random numbers each time; 5 and 3 by
        default.
    split
        california: dynpmnn or gorishniy; may be repeated; both by default.
    model
        california: a model of the table; may be repeated; all by default.
    runs
        neural_chains: how often each case is trained by each recipe; 2 by default.
    budget
        neural_chains: seconds after which each run ends.
    case
        neural_chains: viscous, inviscid or eikonal; may be repeated; all by default.
    w
        relaxation: 0.1, 0.3, 0.5, 0.8, trained or per_layer, beside 1, the MLP; may be repeated; all by default.
    depth
        relaxation: hidden layers; may be repeated; 2, 4, 8 and 16 by default.
    out
        The folder for tables, figures and what else the study writes; runs/NAME by default.
    quick
        Few seeds, steps and points, and of california one split unless named: the shape of the tables, not their
        numbers.
    json
        Print one JSON object on stdout, and nothing else there.
    """
    if name not in RUN:
        raise Mistake(f"{name!r} is no study; there are {listed(RUN)}.")
    given = {
        "seeds": seeds,
        "split": split,
        "model": model,
        "runs": runs,
        "budget": budget,
        "case": case,
        "w": w,
        "depth": depth,
        "out": out,
    }
    for option, value in given.items():
        if value is not None and option not in OPTIONS[name]:
            mine = ", ".join(f"--{own}" for own in OPTIONS[name])
            raise Mistake(
                f"the study {name} makes no use of --{option}; it takes {mine}, --quick and --json."
            )
    chosen = {option: value for option, value in given.items() if value is not None}
    data = RUN[name](chosen, quick, sys.stderr if json else sys.stdout)
    if json:
        print(jsonlib.dumps(data, allow_nan=False), flush=True)
    return 0


def _california(chosen: dict[str, Any], quick: bool, to: Any) -> dict[str, Any]:
    from ..studies import california

    def said(text: str) -> None:
        print(text, file=to, flush=True)

    options = {PLURAL.get(option, option): value for option, value in chosen.items()}
    rows = california(quick=quick, said=said, **options)
    said(HEAD)
    for row in rows:
        said(line(row))
    return {"rows": [dataclasses.asdict(row) for row in rows]}


def _reported(name: str, chosen: dict[str, Any], quick: bool, to: Any) -> dict[str, Any]:
    """A study with a report; options that may be repeated are called by their plural there."""
    from .. import studies

    def said(text: str) -> None:
        print(text, file=to, flush=True)

    options = {PLURAL.get(option, option): value for option, value in chosen.items()}
    found = getattr(studies, name)(quick=quick, said=said, **options)
    said("")
    said(found.report())
    return found.data()


PLURAL = {"case": "cases", "depth": "depths", "split": "splits", "model": "models"}
RUN: dict[str, Callable[[dict[str, Any], bool, Any], dict[str, Any]]] = {
    "california": _california,
    "neural_chains": partial(_reported, "neural_chains"),
    "relaxation": partial(_reported, "relaxation"),
}

HEAD = f"{'model':<20}{'split':<11}{'parameters':>11}{'rmse':>9}{'+-':>8}{'8x steps':>10}{'seeds':>7}{'train s':>9}"


def line(row: Any) -> str:
    """A row of the table."""
    count = "-" if row.n_params is None else f"{row.n_params:,}"
    refined = "-" if row.rmse_refined is None else f"{row.rmse_refined:.4f}"
    return (
        f"{row.model:<20}{row.split:<11}{count:>11}{row.rmse_mean:>9.4f}{row.rmse_std:>8.4f}"
        f"{refined:>10}{row.seeds:>7}{row.train_s:>9.1f}"
    )
