"""Solve a problem, or go on with a run: the entry points."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, SupportsIndex

import jax

from ._names import listed
from ._numbers import check_whole, is_real, is_seed, plain
from .corners import contradictions
from .grouping import assign_networks
from .identity import check_same, identity_of
from .judge import check_reference
from .nn import AbstractRegulariser, RandomFeatures
from .optim import phases_of
from .pathways import run_recipe
from .problem import Problem
from .progress import AbstractProgress, shown_on
from .recipe import (
    Recipe,
    default_network,
    default_optimizer,
    default_points,
    default_sampling,
    default_units,
    default_weighting,
    is_affine,
    is_convex,
)
from .reference import REFERENCES, Derived, Unsolved, reference_of
from .regularised import check_regulariser
from .run_folder import RunFolder
from .sampling import AbstractSampler
from .sizes import field_sizes
from .solution import Solution
from .trial import trained_size
from .weighting import AbstractWeighting

METHODS = ("auto", "pinn", "linear", "classical")


def solve(
    problem: Problem,
    *,
    method: str = "auto",
    network: Any = None,
    optimizer: Any = None,
    sampling: Any = None,
    weighting: Any = None,
    regulariser: Any = None,
    points: SupportsIndex | Mapping[str, SupportsIndex] | None = None,
    budget: float | None = None,
    steps: SupportsIndex | None = None,
    seed: SupportsIndex = 0,
    dtype: str = "float64",
    reference: str = "auto",
    out: str | Path | None = None,
    overwrite: bool = False,
    progress: AbstractProgress | None = None,
    origin: dict[str, Any] | None = None,
) -> Solution:
    """Solve `problem` and judge the result against its reference.

    - `method`: `"pinn"` trains a network; `"linear"` solves an affine law over random features by
      QR, up to three sets of them or the `RandomFeatures` given; `"classical"` takes the reference as
      the solution; `"auto"` chooses and says why.
    - `network`, `optimizer`, `sampling`, `weighting`: from `lawful.nn`, `.optim`, `.sampling`,
      `.weighting`; any of them given means a network is trained. `points`: how many, by condition.
    - `regulariser`: a term beside those of the problem, such as `lawful.nn.Attraction(1e-3)`, with a weight of its own;
      the laws are judged without it.
    - `budget`: seconds until training ends, compilation included; `steps`: most steps of the optimizers.
      Without either a run ends where held-out residuals stop falling, or on fixed points the loss. With
      `method="classical"` the budget is that of all resolutions, in seconds of the processor, 60 without it.
    - `seed`; `dtype` (`"float64"` or `"float32"`).
    - `reference`: what judges; `"stated"`, the one that the problem brings along, and nothing is derived;
      `"derived"`, the one derived from its laws; `"auto"`, the stated one if there is one, else the derived. With
      `method="classical"` it is the solution, and a derived one is held against the stated one.
    - `out`: a run folder to write, with checkpoints on the way, from which `resume` goes on;
      `overwrite` replaces the run that is there. `progress`: a display, such as `lawful.progress.Live()`.
    - `origin`: how the problem was stated, kept in run.json; the command line fills it in.

    Raises `ValueError` or `TypeError`, one sentence each, for choices that make no sense. How training
    ended is a value, `solution.outcome`; Ctrl-C ends it and keeps the best iterate.
    """
    began, display = time.perf_counter(), shown_on(progress)
    recipe = planned(
        problem, method=method, network=network, optimizer=optimizer, sampling=sampling, weighting=weighting,
        regulariser=regulariser, points=points, budget=budget, steps=steps, seed=seed, dtype=dtype,
        reference=reference,
    )  # fmt: skip
    folder = None
    if out is not None and jax.process_index() == 0:
        configuration = {"problem": problem.name, "origin": origin, "recipe": recipe.described()}
        configuration["identity"] = identity_of(problem)
        folder = RunFolder.create(out, configuration, overwrite=overwrite)
    return run_recipe(problem, recipe, began, display, folder, None)


def planned(
    problem: Problem,
    *,
    method: str = "auto",
    network: Any = None,
    optimizer: Any = None,
    sampling: Any = None,
    weighting: Any = None,
    regulariser: Any = None,
    points: SupportsIndex | Mapping[str, SupportsIndex] | None = None,
    budget: float | None = None,
    steps: SupportsIndex | None = None,
    seed: SupportsIndex = 0,
    dtype: str = "float64",
    reference: str = "auto",
) -> Recipe:
    """What `solve` does for these choices, and why; raises as it does."""
    if not isinstance(problem, Problem):
        raise TypeError(f"what is solved is a Problem, got {problem!r}.")
    _check(method, budget, steps, seed, dtype, reference)
    given = {"network": network, "optimizer": optimizer, "sampling": sampling, "weighting": weighting}
    given |= {"regulariser": regulariser}
    _check_given(method, given | {"points": points})
    check_reference(problem)
    custom = any(x is not None for x in given.values())
    if optimizer is not None:
        phases_of(optimizer)
    if network is not None:
        assign_networks(problem, network)
    _check_kind("sampling", sampling, AbstractSampler, "Sobol()")
    _check_kind("weighting", weighting, AbstractWeighting, "GradientNorm()")
    if regulariser is not None and not isinstance(regulariser, AbstractRegulariser):
        raise TypeError(
            f"regulariser must be one of lawful.nn, such as lawful.nn.Attraction(1e-3); got {regulariser!r}."
        )
    chosen, reason = _choose(problem, method, custom, reference)
    recipe = _recipe(
        problem, chosen, reason, network, optimizer, sampling, weighting, points, budget, steps, seed, dtype
    )
    recipe = replace(recipe, auto=method == "auto", own_points=points is not None, reference=reference)
    if regulariser is None:
        return recipe
    check_regulariser(problem, recipe.network, regulariser, dtype)
    return replace(recipe, regulariser=regulariser)


def resume(
    run: str | Path,
    problem: Problem,
    *,
    network: Any = None,
    optimizer: Any = None,
    sampling: Any = None,
    weighting: Any = None,
    regulariser: Any = None,
    progress: AbstractProgress | None = None,
) -> Solution:
    """Go on with a run that was stopped or killed, from its last checkpoint.

    Ends where the uninterrupted run would have ended, bit for bit, on the same machine and with the
    same versions, unless a time budget ends it. Strategies that no file can hold (a network of your
    own) must be given again. Raises `ValueError` for a folder that is no run, or that `Solution.save`
    made, from which nothing goes on, and for another problem than the one it solved.
    """
    began = time.perf_counter()
    folder = RunFolder.open(run)
    check_same(problem, folder.configuration.get("identity"), folder.path)
    checkpoint = folder.load_checkpoint()
    if checkpoint is None and "summary" in folder.configuration:
        raise ValueError(
            f"{run} has ended and keeps no checkpoint; lawful.load(run, problem) reads its solution."
        )
    check_reference(problem)
    given = {"network": network, "optimizer": optimizer, "sampling": sampling, "weighting": weighting}
    given |= {"regulariser": regulariser}
    recipe = Recipe.from_described(folder.configuration["recipe"], given)
    own = folder if jax.process_index() == 0 else None
    return run_recipe(problem, recipe, began, shown_on(progress), own, checkpoint)


def _check(method: str, budget: float | None, steps: Any, seed: Any, dtype: str, reference: str) -> None:
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}; got {method!r}.")
    if budget is not None and not (is_real(budget) and budget > 0):
        raise ValueError(f"budget must be a number of seconds above 0, got {budget!r}.")
    if steps is not None:
        check_whole("steps", steps)
    if not is_seed(seed):
        raise ValueError(f"seed must be a whole number of at least 0 and below 2**63, got {seed!r}.")
    if dtype not in ("float64", "float32"):
        raise ValueError(f"dtype must be 'float64' or 'float32', got {dtype!r}.")
    if reference not in REFERENCES:
        raise ValueError(f"reference must be one of {', '.join(REFERENCES)}; got {reference!r}.")


def _check_kind(name: str, given: Any, kind: type, example: str) -> None:
    if given is not None and not isinstance(given, kind):
        raise TypeError(f"{name} must be one of lawful.{name}, such as {example}; got {given!r}.")


def _check_given(method: str, given: Mapping[str, Any]) -> None:
    """Refuse choices that the method would not follow."""
    follows: dict[str, set[str]] = {"linear": {"network", "points"}, "classical": set()}
    if method not in follows:
        return
    for name, value in given.items():
        if value is not None and name not in follows[method]:
            raise ValueError(
                f"method={method!r} makes no use of {name}=; leave it out, or use method='pinn'."
            )
    if given["network"] is not None and not isinstance(given["network"], RandomFeatures):
        raise ValueError(
            f"method='linear' needs RandomFeatures as its network, got {given['network']!r}; use method='pinn'."
        )


def _choose(problem: Problem, method: str, custom: bool, reference: str) -> tuple[str, str]:
    if method == "classical":
        try:
            solution = reference_of(problem, reference)
        except Unsolved as reason:
            raise ValueError(
                f"there is no classical solution: {reason} Give Problem(reference=...), or use method='pinn'."
            ) from None
        if isinstance(solution, Derived):
            return "classical", "The solution is derived from the laws by a classical solver, as asked."
        return "classical", "The reference is taken as the solution, as asked."
    affine = is_affine(problem)
    if method == "linear":
        if not affine:
            raise ValueError(
                f"method='linear' needs laws affine in the fields and nothing unknown, and {problem.name} is not; "
                "use method='pinn'."
            )
        return "linear", "Random features and QR least squares, as asked."
    few = len(problem.domain.coordinates) <= 3
    if method == "auto" and affine and not custom and few and is_convex(problem.domain):
        return "linear", "The laws are affine in the fields: random features and one QR, no training loop."
    why = (
        "as asked"
        if method == "pinn" or custom
        else "the law is not affine"
        if not affine
        else "around holes and inward corners sums of sines converge slowly"
        if few
        else "many dimensions"
    )
    if problem.unknowns and not custom and method == "auto":
        why = "parameters are to be found together with the fields"
    return "pinn", f"A network is trained: {why}."


def _recipe(
    problem: Problem,
    method: str,
    reason: str,
    network: Any,
    optimizer: Any,
    sampling: Any,
    weighting: Any,
    points: Any,
    budget: float | None,
    steps: SupportsIndex | None,
    seed: SupportsIndex,
    dtype: str,
) -> Recipe:
    reasons = {"method": reason}
    counts = default_points(problem, points)
    sizes = field_sizes(problem)
    told = reasons if method != "classical" else {}  # nothing of the following is used there
    if network is None:
        network, why = default_network(problem)
        told["network"] = f"Network: {why}."
    units, why = default_units(sizes)
    if why:
        told["units"] = f"Units: {why}."
    if sampling is None:
        sampling, why = default_sampling(problem)
        told["sampling"] = f"Points: {why}."
    if weighting is None:
        weighting, why = default_weighting(problem, sizes)
        told["weighting"] = f"Weights: {why}."
    at = list(dict.fromkeys(c.told(problem) for c in contradictions(problem)))
    if at:
        told["corners"] = (
            f"Corners: walls contradict each other at {listed(at)}; residuals of laws near them count the less "
            "the nearer they are."
        )
    if optimizer is None:
        optimizer, why = default_optimizer(trained_size(problem, network, dtype), dtype)
        told["optimizer"] = f"Optimizer: {why}."
    return Recipe(
        method=method,
        network=network,
        optimizer=optimizer,
        sampling=sampling,
        weighting=weighting,
        points=counts,
        units=units,
        dtype=dtype,
        seed=plain(seed),
        budget=plain(budget),
        steps=plain(steps),
        reasons=reasons,
    )
