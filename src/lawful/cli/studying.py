"""`lawful study`."""

import dataclasses
import json as jsonlib
import sys
from typing import Annotated, Any

from cyclopts import Parameter

from .mistakes import Mistake
from .solving import whole

STUDIES = ("california",)


def study(
    name: str,
    /,
    *,
    seeds: Annotated[int, Parameter(converter=whole)] = 5,
    split: Annotated[list[str] | None, Parameter(negative=())] = None,
    model: Annotated[list[str] | None, Parameter(negative=())] = None,
    quick: Annotated[bool, Parameter(negative=())] = False,
    json: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Run a comparison again: california, house values by networks in continuous depth.

    Parameters
    ----------
    name
        california.
    seeds
        How often each model is trained, with other random numbers each time.
    split
        dynpmnn or gorishniy; may be repeated; both by default.
    model
        A model of the table; may be repeated; all by default.
    quick
        One seed and few epochs: the shape of the table, not its numbers.
    json
        Print one JSON object on stdout, and nothing else there.
    """
    if name not in STUDIES:
        raise Mistake(f"{name!r} is no study; there is {', '.join(STUDIES)}.")
    from ..studies import california

    def said(row: Any) -> None:
        print(line(row), file=sys.stderr if json else sys.stdout, flush=True)

    print(HEAD, file=sys.stderr if json else sys.stdout, flush=True)
    chosen: dict[str, Any] = {"splits": tuple(split)} if split else {}
    rows = california(seeds=seeds, models=tuple(model) if model else None, quick=quick, said=said, **chosen)
    if json:
        print(jsonlib.dumps({"rows": [dataclasses.asdict(row) for row in rows]}, allow_nan=False), flush=True)
    return 0


HEAD = f"{'model':<16}{'split':<11}{'parameters':>11}{'rmse':>9}{'+-':>8}{'8x steps':>10}{'seeds':>7}{'train s':>9}"


def line(row: Any) -> str:
    """A row of the table."""
    count = "-" if row.n_params is None else f"{row.n_params:,}"
    refined = "-" if row.rmse_refined is None else f"{row.rmse_refined:.4f}"
    return (
        f"{row.model:<16}{row.split:<11}{count:>11}{row.rmse_mean:>9.4f}{row.rmse_std:>8.4f}"
        f"{refined:>10}{row.seeds:>7}{row.train_s:>9.1f}"
    )
