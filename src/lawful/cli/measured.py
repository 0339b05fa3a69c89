"""What the catalogue was last measured to reach: the table that benchmarks/catalogue.py writes."""

import ast
import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

TABLE = Path(__file__).parents[1] / "problems" / "measured.csv"
NETWORK, DERIVED = "network", "derived"
SOLVED = "solved"


@dataclass(frozen=True)
class Measurement:
    """One pathway on one problem.

    `pathway` is `network`, one row a seed, or `derived`, the reference that lawful derives. `rel_l2` is the relative
    error of the worst field against the stated reference, or the derived one where none is stated; `estimate` the
    relative error that the derived reference estimates of itself, and `ratio` that estimate over the true one, of the
    field where it is furthest from 1. All are empty where there is nothing to compare. `source` is the digest of the
    problem that was measured.
    """

    problem: str
    pathway: str
    seed: str
    budget_s: str
    method: str
    rel_l2: str
    estimate: str
    seconds: str
    outcome: str
    source: str
    ratio: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What a newer measurement replaces."""
        return self.problem, self.pathway, self.seed


def read(table: Path) -> list[Measurement]:
    """All measurements; none where there is no table."""
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as file:
        return [Measurement(**row) for row in csv.DictReader(file)]


def write(rows: Iterable[Measurement], table: Path) -> None:
    """Replace the table."""
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [f.name for f in fields(Measurement)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(row) for row in sorted(rows, key=lambda row: row.key))


def middle(rows: Iterable[Measurement], pathway: str) -> float | None:
    """The median of the errors of one pathway over its seeds, the upper one of two."""
    errors = sorted(float(row.rel_l2) for row in rows if row.pathway == pathway and row.rel_l2)
    return errors[len(errors) // 2] if errors else None


def own_estimate(rows: Iterable[Measurement]) -> float | None:
    """The error that the derived reference estimates of itself, where it has converged."""
    return next((float(r.estimate) for r in rows if r.estimate and r.outcome == SOLVED), None)


def is_stale(rows: Iterable[Measurement], source: str) -> bool:
    """Whether the problem is no longer the one that was measured."""
    return any(row.source != source for row in rows)


def by_problem(rows: Iterable[Measurement]) -> Mapping[str, list[Measurement]]:
    """The measurements of each problem."""
    out: dict[str, list[Measurement]] = {}
    for row in rows:
        out.setdefault(row.problem, []).append(row)
    return out


def digest(source: str) -> str:
    """A fingerprint of a problem's source, the docstring of the module left out."""
    first = ast.parse(source).body[0]
    lines = source.splitlines()
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.end_lineno:
        lines = lines[first.end_lineno :]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
