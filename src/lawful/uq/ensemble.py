"""One problem from several seeds: how far the answers lie apart, and from the truth."""

import inspect
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, SupportsIndex

import jax
import numpy as np

from .._names import did_you_mean, listed
from .._numbers import is_seed, is_whole, plain
from ..identity import identity_of
from ..judge import judging_points
from ..pathways import run_recipes
from ..problem import Problem
from ..progress import AbstractProgress, shown_on
from ..run_folder import RunFolder, check_vacant, folder_path
from ..solution import FieldFunction, Solution
from ..solve import planned

CHOICES = tuple(name for name in inspect.signature(planned).parameters if name not in ("problem", "seed"))
SEEDLESS = "classical"


class EnsembleField:
    """A field of all members: `runs.u(x=0.5, t=[0, 1])` has one row a member, and so has `runs.u.xx(...)`."""

    def __init__(self, members: Sequence[FieldFunction]):
        self._members = members

    def __getattr__(self, handle: str) -> "EnsembleField":
        if handle.startswith("_"):
            raise AttributeError(handle)
        return EnsembleField([getattr(member, handle) for member in self._members])

    def __call__(self, /, *unnamed: Any, **places: Any) -> np.ndarray:
        """Values at the places named, (members, ...); raises as the field of a `Solution` does."""
        return np.stack([member(*unnamed, **places) for member in self._members])


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Solutions of one problem from several seeds, and the seconds that all of them took together.

    - `runs[0]`, `len(runs)`, `for solution in runs`: the members, each a `Solution` with its own verdict.
    - `runs.u(x=0.5, t=0.3)`: all members at once, one row each; `.mean(axis=0)` and `.std(axis=0, ddof=1)` are theirs.
    - `apart()`, `report()`, `summary()`.
    """

    problem: Problem
    seeds: tuple[int, ...]
    solutions: tuple[Solution, ...]
    wall_s: float

    def __len__(self) -> int:
        return len(self.solutions)

    def __iter__(self) -> Iterator[Solution]:
        return iter(self.solutions)

    def __getitem__(self, at: int) -> Solution:
        return self.solutions[at]

    def __getattr__(self, name: str) -> EnsembleField:
        if name.startswith("_") or name in ("problem", "solutions"):
            raise AttributeError(name)
        return EnsembleField([getattr(solution, name) for solution in self.solutions])

    def __repr__(self) -> str:
        words = [solution.verdict.word for solution in self]
        counts = ", ".join(f"{words.count(word)} {word}" for word in dict.fromkeys(words))
        return f"Ensemble({self.problem.name}: {counts})"

    def apart(self) -> dict[str, float]:
        """By field, how far the members lie apart: their standard deviation, as a root mean square over the places
        where errors are measured, relative to that of their mean.

        Members that agree may all be wrong in the same way; members that lie apart cannot all be right.
        """
        points = judging_points(self.problem)
        out = {}
        for field, own in self.problem.fields.items():
            places = {c: points[:, a] for a, c in enumerate(self.problem.domain.coordinates) if c in own}
            values = np.stack([getattr(solution, field)(**places) for solution in self])
            size = np.sqrt(np.mean(values.mean(axis=0) ** 2))
            out[field] = float(np.sqrt(np.mean(values.var(axis=0, ddof=1))) / (size or 1.0))
        return out

    def summary(self) -> dict[str, Any]:
        """The account as plain data: `runs` has the summary of each member."""
        runs = [solution.summary() for solution in self]
        words = [run["verdict"]["word"] for run in runs]
        return {
            "problem": self.problem.name,
            "method": runs[0]["method"],
            "seeds": list(self.seeds),
            "wall_s": self.wall_s,
            "train_s": sum(run["train_s"] for run in runs),
            "compile_s": sum(run["compile_s"] for run in runs),
            "verdicts": {word: words.count(word) for word in dict.fromkeys(words)},
            "apart": self.apart(),
            "errors": {
                field: {norm: [run["errors"][field][norm] for run in runs] for norm in norms}
                for field, norms in runs[0]["errors"].items()
            },
            "runs": runs,
        }

    def report(self) -> str:
        """The account in words: a line a member, how far they lie apart, and what all of them cost."""
        facts = self.summary()
        fields = list(facts["errors"])
        lines = [f"{self.problem.name}: {len(self)} seeds, " + _counted(facts["verdicts"]), ""]
        lines.append(
            f"{'seed':>6}  {'verdict':<14}" + "".join(f"{f'rel_l2 {f}':>16}" for f in fields) + "   fresh"
        )
        for seed, run in zip(self.seeds, facts["runs"], strict=True):
            errors = "".join(f"{run['errors'][f]['rel_l2']:>16.1e}" for f in fields)
            fresh = run["residual"]["fresh"]
            told = "-" if fresh is None else f"{fresh:.1e}"
            lines.append(f"{seed:>6}  {run['verdict']['word']:<14}{errors} {told:>9}")
        lines.append("")
        for field, apart in facts["apart"].items():
            line = f"{field}: the members lie {apart:.1e} apart (standard deviation, relative)"
            if field in facts["errors"]:
                errors = facts["errors"][field]["rel_l2"]
                line += (
                    f"; errors from {min(errors):.1e} to {max(errors):.1e}, median {np.median(errors):.1e}"
                )
            lines.append(line)
        cost = f"cost: {facts['train_s']:.2f} s training, {facts['compile_s']:.1f} s compiling it; "
        lines.append(cost + f"{self.wall_s:.1f} s in all, {self.wall_s / len(self):.1f} s a seed")
        return "\n".join(lines)


def ensemble(
    problem: Problem,
    *,
    seeds: SupportsIndex | Sequence[SupportsIndex] = 4,
    out: str | Path | None = None,
    overwrite: bool = False,
    progress: AbstractProgress | None = None,
    origin: dict[str, Any] | None = None,
    **choices: Any,
) -> Ensemble:
    """Solve `problem` from several seeds and judge each result.

    `seeds` are the seeds, or how many of them, counted from 0; `choices` are those of `solve`, where `budget` is
    the seconds for all seeds together. Networks are trained in step, in one compiled program: the seeds are spread
    over the devices, and an accelerator takes its share at once. Each seed has its own weights, points and
    best iterate, as if it were alone. A network of your own starts from the same weights with every seed.

    `out` is a folder with one run folder a seed, seed-0, seed-1, ..., for `load` and `resume`; `overwrite` replaces
    those that are there. Raises `ValueError` or `TypeError` as `solve` does, and for fewer than two seeds.
    """
    began, display = time.perf_counter(), shown_on(progress)
    chosen = _seeds(seeds)
    for name in choices:
        if name not in CHOICES:
            known = ("seeds", *CHOICES)
            raise TypeError(
                f"ensemble takes no {name!r}.{did_you_mean(name, known)} It takes {listed(known)}."
            )
    if jax.process_count() > 1:
        raise ValueError("an ensemble runs in one process; start one on each host, with other seeds.")
    first = planned(problem, seed=chosen[0], **choices)
    if first.method == SEEDLESS:
        raise ValueError("method='classical' makes no use of seeds; use solve.")
    recipes = [replace(first, seed=seed) for seed in chosen]
    folders: list[RunFolder | None] = [None] * len(chosen)
    if out is not None:
        paths = [folder_path(out) / f"seed-{seed}" for seed in chosen]
        for path in paths:
            check_vacant(path, overwrite=overwrite)
        identity = identity_of(problem)
        folders = [
            RunFolder.create(
                path,
                {
                    "problem": problem.name,
                    "origin": origin,
                    "recipe": recipe.described(),
                    "identity": identity,
                },
                overwrite=overwrite,
            )
            for path, recipe in zip(paths, recipes, strict=True)
        ]
    solutions = run_recipes(problem, recipes, display, folders)
    return Ensemble(problem, chosen, tuple(solutions), time.perf_counter() - began)


def _seeds(given: Any) -> tuple[int, ...]:
    each = range(given) if is_whole(given) else given
    try:
        seeds = tuple(each)
    except TypeError:
        seeds = ()
    if len(seeds) < 2 or not all(is_seed(seed) for seed in seeds) or len(set(seeds)) < len(seeds):
        raise ValueError(
            "seeds must be how many, at least 2, or different whole numbers of at least 0 and below 2**63, such as "
            f"(0, 1, 2); got {given!r}."
        )
    return plain(seeds)


def _counted(verdicts: dict[str, int]) -> str:
    return ", ".join(f"{count} {word}" for word, count in verdicts.items())
