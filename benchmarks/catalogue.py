"""Every problem of the catalogue by both pathways: the network that lawful chooses, and the reference that it derives.

Usage: python benchmarks/catalogue.py [NAME ...] [--seeds 1] [--budget 60] [--only network|derived] [--missing]

Each result is kept as soon as it is there, in the table that `lawful list` reads, and replaces the one of the same
problem, pathway and seed; results/catalogue.md is written anew from the whole table. `--missing` leaves out what was
measured on the problem as it is now, so that a run that was stopped goes on.
"""

import argparse
import math
import os
import time
from collections.abc import Iterable
from pathlib import Path

import numpy as np

import lawful as lw
from lawful.cli.catalogue import Entry, catalogue
from lawful.cli.measured import DERIVED, NETWORK, SOLVED, TABLE, Measurement, by_problem, read, write
from lawful.judge import errors_against, judging_points
from lawful.reference import Derived, Judged, Unsolved, derive

RESULTS = Path(__file__).parent / "results" / "catalogue.md"
REFUSED = "refused"
"""No solver takes the problem: asked again, since solvers may have been added."""
WORDS = {"supported": "yes", "not supported": "no"}


def truth(problem: lw.Problem, points: np.ndarray) -> Judged | None:
    """The stated reference, else the derived one, at the points where errors are measured."""
    places = dict(zip(problem.domain.coordinates, points.T.copy(), strict=True))
    try:
        reference = problem.reference or derive(problem)
        return reference.evaluate(places, tuple(problem.fields))
    except ValueError:  # no solver takes it, or none solves it
        return None


def worst(errors: dict[str, dict[str, float]]) -> str:
    """The relative error of the worst field."""
    return f"{max(e['rel_l2'] for e in errors.values()):.2e}"


def off(judged: Judged, stated: Judged, known: dict[str, dict[str, float]]) -> str:
    """The estimate over the true error, each in the norm of the estimate, of the field where it is furthest from 1.
    Fields whose stated reference may itself be off by as much tell nothing, and are left out."""
    norm = "linf" if judged.norm == "max" else "l1"
    ratios = [judged.errors[f] / e[norm] for f, e in known.items() if e[norm] > stated.errors[f]]
    return f"{max(ratios, key=lambda r: abs(math.log(r))):.2g}" if ratios else ""


def by_network(entry: Entry, seed: int, budget: float) -> Measurement:
    problem = getattr(lw.problems, entry.name)()
    points = judging_points(problem)
    solution = lw.solve(problem, seed=seed, budget=budget)
    known = truth(problem, points)
    places = dict(zip(problem.domain.coordinates, points.T.copy(), strict=True))
    values = {field: np.asarray(getattr(solution, field)(**places)) for field in problem.fields}
    return Measurement(
        problem=entry.name,
        pathway=NETWORK,
        seed=str(seed),
        budget_s=f"{budget:g}",
        method=solution.facts["method"],
        rel_l2=worst(errors_against(values, known)) if known else "",
        estimate="",
        seconds=f"{solution.facts['wall_s']:.1f}",
        outcome=solution.verdict.word,
        source=entry.source,
    )


def by_derived(entry: Entry) -> Measurement:
    problem = getattr(lw.problems, entry.name)()
    points = judging_points(problem)
    places = dict(zip(problem.domain.coordinates, points.T.copy(), strict=True))
    fields = tuple(problem.fields)
    method, error, estimate, ratio, outcome = "", "", "", "", SOLVED
    began = time.perf_counter()
    try:
        reference: Derived = derive(problem)
        method = reference.method
        judged = reference.evaluate(places, fields)
        sizes = {f: float(np.abs(v).max()) or 1.0 for f, v in judged.values.items()}
        estimate = f"{max(judged.errors[f] / sizes[f] for f in fields):.1e}"
        outcome = judged.doubt or outcome
        if problem.reference is not None:
            stated = problem.reference.evaluate(places, fields)
            known = errors_against(judged.values, stated)
            error, ratio = worst(known), off(judged, stated, known)
    except Unsolved as reason:
        outcome = str(reason)
    except ValueError as reason:
        outcome = f"{REFUSED}: {reason}"
    seconds = f"{time.perf_counter() - began:.1f}"
    return Measurement(
        entry.name, DERIVED, "", "", method, error, estimate, seconds, outcome, entry.source, ratio
    )


def keep(result: Measurement) -> None:
    """Into the table, and the table into words."""
    rows = {row.key: row for row in read(TABLE)} | {result.key: result}
    write(rows.values(), TABLE)
    RESULTS.write_text(in_words(rows.values()), encoding="utf-8")


def in_words(rows: Iterable[Measurement]) -> str:
    known, groups = catalogue(), by_problem(rows)
    lines = [
        "# The catalogue by both pathways",
        "",
        "Relative L2 error of the worst field. `network`: what `lawful.solve` chooses by default, within the budget;",
        "against the stated reference, or the derived one where none is stated; one number a seed. `derived`: the",
        "reference derived from the statement alone; its own estimate (largest error over largest value), and its true",
        "error where a solution is stated. `ratio`: the estimate over the true error, both of them largest deviations,",
        "or where solutions jump, means. `*`: measured before the problem was last changed. Seconds are wall-clock,",
        "compilation included.",
        "",
        "    python benchmarks/catalogue.py --missing",
        "",
        "| problem | type | network | seeds | budget s | s | by | supported "
        "| derived by | estimate | ratio | true error | s |",
        "|---" * 13 + "|",
    ]
    for name, own in sorted(groups.items()):
        if name in known:
            columns = [name, known[name].type, *_network(own, known[name]), *_derived(own, known[name])]
            lines.append(f"| {' | '.join(columns)} |")
    absent = sorted(set(known) - set(groups))
    lines += ["", f"Not measured yet: {', '.join(absent)}."] if absent else []
    troubles = [row for row in rows if row.pathway == DERIVED and row.outcome != SOLVED]
    if troubles:
        lines += ["", "Not derived, or with a doubt:", ""]
        lines += [f"- {row.problem}: {row.outcome}" for row in sorted(troubles, key=lambda row: row.key)]
    return "\n".join(lines) + "\n"


def _network(rows: list[Measurement], entry: Entry) -> list[str]:
    rows = sorted((row for row in rows if row.pathway == NETWORK), key=lambda row: int(row.seed))
    errors = [(row.rel_l2 or "-") + ("*" if row.source != entry.source else "") for row in rows]
    columns = [
        errors,
        [row.seed for row in rows],
        [row.budget_s for row in rows],
        [row.seconds for row in rows],
    ]
    columns += [[row.method for row in rows], [WORDS.get(row.outcome, row.outcome) for row in rows]]
    same = [list(dict.fromkeys(column)) for column in columns[2:3] + columns[4:]]
    columns[2:3], columns[4:] = same[:1], same[1:]
    return [", ".join(column) or "-" for column in columns]


def _derived(rows: list[Measurement], entry: Entry) -> list[str]:
    row = next((row for row in rows if row.pathway == DERIVED and row.method), None)
    if row is None:
        return ["-"] * 5
    stale = "*" if row.source != entry.source else ""
    return [row.method, (row.estimate or "-") + stale, row.ratio or "-", row.rel_l2 or "-", row.seconds]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--budget", type=float, default=60.0)
    parser.add_argument("--only", choices=(NETWORK, DERIVED))
    parser.add_argument("--missing", action="store_true")
    arguments = parser.parse_args()
    known = catalogue()
    unknown = [name for name in arguments.names if name not in known]
    if unknown:
        parser.error(f"no problem {unknown[0]!r}; known: {', '.join(known)}")
    for name in arguments.names or sorted(known):
        entry = known[name]
        own = [
            row for row in read(TABLE) if row.source == entry.source and not row.outcome.startswith(REFUSED)
        ]
        current = {row.key for row in own} if arguments.missing else set()
        if arguments.only != NETWORK and (name, DERIVED, "") not in current:
            told(by_derived(entry))
        for seed in range(arguments.seeds):
            if arguments.only != DERIVED and (name, NETWORK, str(seed)) not in current:
                told(by_network(entry, seed, arguments.budget))


def told(result: Measurement) -> None:
    keep(result)
    print(
        f"{result.problem:<22} {result.pathway:<8} {result.seed:<2} rel_l2 {result.rel_l2 or '-':<9} "
        f"estimate {result.estimate or '-':<8} {result.seconds:>6} s  {result.outcome}",
        flush=True,
    )


if __name__ == "__main__":
    os.environ.setdefault("MPLBACKEND", "Agg")
    main()
