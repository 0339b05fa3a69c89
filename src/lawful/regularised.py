"""A regulariser bound to the networks of a problem: one more condition of the objective, which states nothing."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ._runtime import quick_jit
from .conditions import Bound
from .grouping import Group
from .nn import AbstractRegulariser
from .problem import Problem
from .sampling import Sobol
from .trial import TrialSpace, built_networks

REGULARISED_ROUND = 15_485_863
"""Keeps the points of a regulariser apart from those of the laws."""


def check_regulariser(problem: Problem, network: Any, regulariser: AbstractRegulariser, dtype: str) -> None:
    """Refuse a network with nothing that the regulariser draws, and a name that is taken, before any training."""
    if regulariser.name in (*problem.conditions, *problem.terms):
        raise ValueError(
            f"the problem has a condition {regulariser.name!r} of its own, which is what the regulariser is called; "
            "give the condition another name."
        )
    pairs = built_networks(problem, network, jax.random.key(0), jnp.dtype(dtype), {})
    for group, each in pairs:
        place = jnp.zeros((1, len(group.axes)), dtype)
        if regulariser.residuals(each, place) is not None:
            return
    raise ValueError(
        f"{type(regulariser).__name__} finds no layer to draw in {network!r}: it needs layers from states to states of "
        "one size, as Relaxation(depth=2) and MLP(depth=2) have from the second layer on."
    )


def regulariser_facts(
    problem: Problem, regulariser: AbstractRegulariser | None, space: TrialSpace, theta: np.ndarray, seed: int
) -> dict[str, Any] | None:
    """Its name and weight, and the mean square of its residuals at places of its own, None where there is none; with
    weight 0 as well, though nothing was trained by it."""
    if regulariser is None:
        return None
    bound = bind_regulariser(problem, regulariser, seed)
    assert bound.fixed is not None
    places = jnp.asarray(bound.fixed["points"][:, 0], space.dtype)

    def mean_square(theta: Array) -> Array:
        residuals = bound.residual(space.networks(space.tree(theta)), places)[regulariser.name]
        return jnp.mean(jnp.sum(residuals**2, axis=1))

    fresh = float(quick_jit(mean_square)(jnp.asarray(theta, space.dtype)))
    return {"name": regulariser.name, "weight": regulariser.weight, "fresh": fresh}


def bind_regulariser(problem: Problem, regulariser: AbstractRegulariser, seed: int) -> Bound:
    """The term over points of the domain that stay."""
    name = regulariser.name
    region = problem.domain.interior()
    rng = np.random.default_rng([seed, REGULARISED_ROUND])
    places = region.place(Sobol().draw(regulariser.points, region.dimension, rng))

    def residual(networks: list[tuple[Group, Any]], points: Array) -> dict[str, Array]:
        parts = (regulariser.residuals(each, points[:, list(group.axes)]) for group, each in networks)
        return {name: jnp.concatenate([part for part in parts if part is not None], axis=1)}

    return Bound(name, (name,), {}, residual, fixed={"points": places[:, None, :]}, regularises=True)
