"""Read a finished run back."""

from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp

from ._outcome import Outcome
from .description import restore
from .identity import check_same
from .judge import Verdict
from .problem import Problem
from .run_folder import RunFolder
from .solution import Solution
from .source import AbstractSource, NetworkSource, ReferenceSource
from .trial import TrialSpace


def load(run: str | Path, problem: Problem, *, network: Any = None) -> Solution:
    """The solution of a finished run, from its folder and the problem it solved.

    `network` is asked for where the run had one of your own, which no file can hold.

    Raises `ValueError` for a run that has not ended, and for a problem that does not fit it.
    """
    folder = RunFolder.open(run)
    check_same(problem, folder.configuration.get("identity"), folder.path)
    if "summary" not in folder.configuration:
        raise ValueError(f"{run} has not ended; go on with it by lawful.resume(run, problem).")
    facts = dict(folder.configuration["summary"])
    recipe = facts["recipe"]
    if facts["problem"] != problem.name or set(facts["params"]) != set(problem.params):
        raise ValueError(
            f"{folder.path} holds a run of {facts['problem']} with parameters {', '.join(facts['params']) or 'none'}, "
            f"which is not the problem given, {problem.name}."
        )
    source: AbstractSource = ReferenceSource(problem, recipe.get("reference", "auto"))
    if facts["method"] != "classical":
        key, dtype = jax.random.key(recipe["seed"]), jnp.dtype(recipe["dtype"])
        space = TrialSpace(
            problem, network or restore(recipe["network"]), key=key, dtype=dtype, units=recipe["units"]
        )
        held = folder.load_params()
        theta = held["theta"]
        if theta.size != space.size:
            raise ValueError(
                f"{folder.path} holds {theta.size} parameters, the problem given needs {space.size}."
            )
        space.set_frozen(held)
        source = NetworkSource(space, theta)
    params = facts["params"]
    return Solution(
        problem,
        source,
        facts=facts,
        verdict=Verdict(facts["verdict"]["word"], tuple(facts["verdict"]["reasons"])),
        outcome=Outcome(facts["status"]),
        params={name: p["value"] for name, p in params.items()},
        intervals={name: (p["low"], p["high"]) for name, p in params.items() if p["low"] is not None},
        history=folder.load_history(),
    )
