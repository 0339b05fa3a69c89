"""Which method for a problem, why, and how to ask for it."""

import numbers
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..character import Character, classify
from ..counsel import grounds_of, pays_off, which_pathway
from ..problem import Problem
from ..progress import AbstractProgress
from ..reference import derive
from ._base import Recommendation, Situation
from .cautions import Warned, cautions_for
from .pilots import Pilot, best, measured
from .rules import CLASSICAL, LINEAR, NETWORK, recommendations
from .wording import advice_text


@dataclass(frozen=True)
class Advice:
    """What `advise` returns; `print(advice)` shows it whole.

    - `recommendation`: the method, in words, with reasons and what to type; `others` of rules that apply too.
    - `warnings`: known failures of networks on laws of this class, with sources.
    - `character`: the facts that both were read from.
    - `pilots`: the pilot runs, where they were asked for; `measurement` says what follows from them.
    - `further`: when else a network pays off.
    """

    problem: str
    recommendation: Recommendation
    others: tuple[Recommendation, ...]
    warnings: tuple[Warned, ...]
    character: Character
    pilots: tuple[Pilot, ...] = ()
    measurement: str = ""
    further: str = ""
    named: str = ""

    @property
    def method(self) -> str | None:
        """`"classical"`, `"linear"` or `"pinn"`, as `solve` takes it; None where nothing can be solved yet."""
        return self.recommendation.method

    def __str__(self) -> str:
        return advice_text(self)

    def as_dict(self) -> dict[str, Any]:
        """The advice as plain data, as `lawful advise --json` prints it."""
        chosen = self.recommendation
        command = chosen.ask.command(self.named) if self.named else None
        return {
            "problem": self.problem,
            "method": chosen.method,
            "rule": chosen.rule,
            "recommendation": chosen.says,
            "reasons": list(chosen.reasons),
            "sources": [str(source) for source in chosen.sources],
            "command": command,
            "python": list(chosen.ask.python),
            "others": [{"rule": r.rule, "method": r.method, "recommendation": r.says} for r in self.others],
            "warnings": [
                {"name": w.name, "says": w.says, "remedy": w.remedy, "sources": [str(s) for s in w.sources]}
                for w in self.warnings
            ],
            "character": asdict(self.character),
            "pilots": [asdict(pilot) for pilot in self.pilots],
            "measurement": self.measurement,
            "further": self.further,
        }


def advise(
    problem: Problem,
    *,
    measure: bool = False,
    solves: int = 1,
    named: str = "",
    progress: AbstractProgress | None = None,
) -> Advice:
    """Which method for `problem`, from the structure of its law and, with `measure`, from pilot runs.

    `solves` is how many times it is to be solved, with other parameters each; `named` what the command line
    calls it, such as `"burgers --set nu=0.01"`; `progress` shows the pilot runs, which take a few seconds each.
    Raises `TypeError` for what is no Problem, and `ValueError` for a number of solves below 1.
    """
    if not isinstance(problem, Problem):
        raise TypeError(f"advise takes a Problem, got {problem!r}.")
    if isinstance(solves, bool) or not isinstance(solves, numbers.Integral) or solves < 1:
        raise ValueError(f"solves must be a whole number of at least 1, got {solves!r}.")
    character = classify(problem)
    situation = _situation(problem, character, int(solves))
    chosen, *others = recommendations(situation)
    pilots: tuple[Pilot, ...] = ()
    measurement = ""
    if measure and chosen.method is not None:
        pilots = measured(problem, progress)
        chosen, measurement = _updated(chosen, pilots, problem)
    holds = grounds_of(problem) | ({"solves"} if chosen.rule == "many solves" else set())
    further = pays_off(holds) if chosen.method != "pinn" else ""
    return Advice(
        problem=problem.name,
        recommendation=chosen,
        others=_others(chosen, others) if not character.inverse else (),
        warnings=cautions_for(character),
        character=character,
        pilots=pilots,
        measurement=measurement,
        further=further,
        named=named,
    )


def _others(chosen: Recommendation, rest: list[Recommendation]) -> tuple[Recommendation, ...]:
    """The first of each method that is not the chosen one."""
    first: dict[str | None, Recommendation] = {}
    for recommendation in rest:
        first.setdefault(recommendation.method, recommendation)
    return tuple(r for method, r in first.items() if method != chosen.method)


def _situation(problem: Problem, character: Character, solves: int) -> Situation:
    known = tuple(name for name in problem.params if name not in problem.unknowns)
    try:
        return Situation(character, known, classical=derive(problem).method, solves=solves)
    except ValueError as error:
        refusal = str(error).partition("): ")[2]
    if problem.reference is not None:
        brought = f"{problem.reference.method}, which the problem brings along"
        return Situation(character, known, classical=brought, solves=solves)
    return Situation(character, known, refusal=refusal, solves=solves)


def _updated(
    chosen: Recommendation, pilots: tuple[Pilot, ...], problem: Problem
) -> tuple[Recommendation, str]:
    """The recommendation that the pilot runs leave, and what they show in a sentence."""
    by_method = {pilot.method: pilot for pilot in pilots}
    network, classical = by_method.get("pinn"), by_method.get("classical")
    said = ""
    if chosen.measurable and network and network.reached and classical and classical.reached:
        as_good = classical.error <= max(network.error, problem.tolerance)
        said = which_pathway(
            error=network.error,
            seconds=network.seconds,
            classical_s=classical.seconds if as_good else None,
            tolerance=problem.tolerance,
            holds=grounds_of(problem),
        )
    quickest = best(pilots, problem.tolerance)
    if quickest is None:
        return chosen, said or "No error is known of any method: no reference could be derived."
    if not chosen.measurable or quickest.method == chosen.method or chosen.method not in by_method:
        return chosen, said
    reason = (
        f"In pilot runs {quickest.solver} had an error of {quickest.error:.1e} after {quickest.seconds:.1f} s; "
        f"from the law alone the advice would be: {chosen.says}"
    )
    ask, says = {
        "classical": (CLASSICAL, "Take the classical solver."),
        "linear": (LINEAR, "Solve over random features by QR."),
        "pinn": (NETWORK, "Train a network."),
    }[quickest.method]
    return replace(chosen, method=quickest.method, says=says, ask=ask, reasons=(reason,), sources=()), said
