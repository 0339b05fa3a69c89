"""Which unknown parameters the laws and conditions can tell apart at all."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..problem import Problem
from ..structure import Pointwise, parameter_values
from .states import State

DEPENDENT = 1e-8
PART = 1e-3
"""A parameter whose share in a direction without effect is smaller is not part of it."""


def confounded(problem: Problem, state: State) -> tuple[str, ...]:
    """Unknowns in a combination of which no residual changes, to first order, whatever the fields are.

    The derivatives of all residuals by the unknowns, at sampled states and at the starting values, form a
    matrix; the unknowns in its null space have an effect that others imitate, as a and b in a b u, or none.
    This is necessary for an estimate, not sufficient. Source: Raue et al. (2009), Bioinformatics 25, 1923.
    """
    names = list(problem.unknowns)
    if not names:
        return ()
    known = parameter_values(problem)
    rng = np.random.default_rng(6)
    blocks = []
    for bound in problem.conditions.values():
        if not bound.terms or bound.observes:
            continue
        law = Pointwise(problem, bound)
        numbers = [
            np.resize(state[slot], law.places)
            if bound.governs and slot in state
            else rng.normal(size=law.places)
            for slot in law.slots
        ]
        blocks.append(_by_unknowns(law, np.stack(numbers, axis=1), names, known))
    if not blocks:
        return ()
    matrix = np.concatenate(blocks) * np.array([abs(known[n]) or 1.0 for n in names])
    if not np.isfinite(matrix).all():
        return ()
    silent = [n for n, column in zip(names, matrix.T, strict=True) if not column.any()]
    lively = [a for a, n in enumerate(names) if n not in silent]
    if not lively:
        return tuple(silent)
    matrix = matrix[:, lively] / np.linalg.norm(matrix[:, lively], axis=0)
    _, sizes, turned = np.linalg.svd(matrix, full_matrices=True)
    sizes = np.concatenate([sizes, np.zeros(len(lively) - len(sizes))])
    null = turned[sizes <= DEPENDENT * sizes[0]]
    mixed = [names[lively[a]] for a in range(len(lively)) if (np.abs(null[:, a]) > PART).any()]
    return tuple(n for n in names if n in silent or n in mixed)


def _by_unknowns(
    law: Pointwise, numbers: np.ndarray, names: list[str], known: dict[str, float]
) -> np.ndarray:
    """The derivatives of all residuals by the unknowns, (residuals, unknowns)."""

    def stacked(values: Array) -> Array:
        found = law.at(jnp.asarray(numbers), known | dict(zip(names, values, strict=True)))
        return jnp.concatenate(list(found.values()))

    return np.asarray(jax.jacfwd(stacked)(jnp.asarray([known[n] for n in names])))
