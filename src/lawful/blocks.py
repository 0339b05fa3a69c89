"""Blocks of steps as traced functions, and the programs compiled from these and other parts of a run."""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ._runtime import quick_jit
from .objective import Dataset, Objective
from .optim import AbstractOptimizer, State, Waist
from .optim._base import GOING

Block = Callable[[State, Dataset, Array, Array], tuple[State, Array]]


def waist_of(objective: Objective, data: Dataset, weights: Array) -> Waist:
    """The loss over these points with these weights."""
    return Waist(
        lambda theta: objective.value_and_grad(theta, data, weights),
        lambda theta: objective.gauss_newton(theta, data, weights),
        lambda theta: objective.jacobian(theta, data, weights),
    )


def block_of(optimizer: AbstractOptimizer, objective: Objective) -> Block:
    """At most so many steps, to be traced: the state after them, and how many were taken."""

    def block(state: State, data: Dataset, weights: Array, steps: Array) -> tuple[State, Array]:
        waist = waist_of(objective, data, weights)

        def going(carry: tuple[State, Array]) -> Array:
            return (carry[1] < steps) & (carry[0].status == GOING)

        def step(carry: tuple[State, Array]) -> tuple[State, Array]:
            return optimizer.step(waist, carry[0]), carry[1] + 1

        return jax.lax.while_loop(going, step, (state, jnp.zeros((), jnp.int32)))

    return block


class Programs:
    """Functions compiled ahead of time, once a key and the shapes of their arguments; runs of one objective share
    them. `often` are the keys of those that are worth the compiler's full effort."""

    def __init__(self, *often: str):
        self._often = often
        self._compiled: dict[Any, Any] = {}

    @property
    def keys(self) -> list[tuple[Any, ...]]:
        """The keys of what was compiled, one for each set of shapes."""
        return [key for key, _ in self._compiled]

    def call(
        self, key: tuple[Any, ...], function: Callable[..., Any], *arguments: Any
    ) -> tuple[Any, float, float]:
        """What it gives, the seconds of compiling and those of running."""
        began = time.perf_counter()
        shapes = tuple((x.shape, str(x.dtype)) for x in jax.tree.leaves(arguments))
        if (key, shapes) not in self._compiled:
            jit = jax.jit if key[0] in self._often else quick_jit
            self._compiled[key, shapes] = jit(function).lower(*arguments).compile()
        compiled = time.perf_counter()
        out = jax.block_until_ready(self._compiled[key, shapes](*arguments))
        return out, compiled - began, time.perf_counter() - compiled
