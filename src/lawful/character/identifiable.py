"""Which unknown parameters the laws and conditions can tell apart at all."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array

from ..problem import Problem
from ..structure import Pointwise, parameter_values
from .first_order import FirstOrder, follow
from .states import State, laws

DEPENDENT, FAINT, STEP = 1e-8, 1e-2, 1e-3
PART, MUCH = 1e-3, 0.1
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


def faint(problem: Problem, known_mixed: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Unknowns of an ordinary differential equation that its data hardly tell, at the starting values.

    With S = d u / d log p at the times observed, in units of the size of what is observed there: those
    whose column of S is smaller than 0.01 in the mean square, and those that stand in a direction in which
    the columns, brought to length 1, cancel to a share of 0.01. None where the start or an integration is missing.
    Source: Gutenkunst et al. (2007), PLoS Comput. Biol. 3, e189.
    """
    names = [name for name in problem.unknowns if name not in known_mixed]
    system = FirstOrder(problem)
    if not names or sum(len(bound.terms) for bound in laws(problem)) != len(problem.fields):
        return ()
    seen = _observed(problem, system, system.known)
    columns = []
    for name in names:
        value = system.known[name]
        step = STEP * (abs(value) or 1.0)
        shifted = [_observed(problem, system, {**system.known, name: value + s}) for s in (step, -step)]
        if seen is None or shifted[0] is None or shifted[1] is None:
            return ()
        columns.append((shifted[0] - shifted[1]) / (2 * STEP))
    assert seen is not None
    matrix = np.stack(columns, axis=1) / (float(np.sqrt(np.mean(seen**2))) or 1.0)
    shown = np.sqrt(np.mean(matrix**2, axis=0))
    silent = [n for n, size in zip(names, shown, strict=True) if size < FAINT]
    lively = [a for a, n in enumerate(names) if n not in silent]
    mixed: list[str] = []
    if len(lively) > 1:
        unit = matrix[:, lively] / np.linalg.norm(matrix[:, lively], axis=0)
        _, sizes, turned = np.linalg.svd(unit, full_matrices=True)
        sizes = np.concatenate([sizes, np.zeros(len(lively) - len(sizes))])
        weak = turned[sizes <= FAINT]
        mixed = [names[lively[a]] for a in range(len(lively)) if (np.abs(weak[:, a]) > MUCH).any()]
    return tuple(n for n in names if n in silent or n in mixed)


def _observed(problem: Problem, system: FirstOrder, known: dict[str, float]) -> np.ndarray | None:
    """What the solution with these parameters shows at the places of all data, one after the other."""
    start = system.start(known)
    if start is None:
        return None
    first = np.cumsum([0, *system.orders.values()])
    at = {field: int(i) for (field, n), i in zip(system.orders.items(), first, strict=False) if n}
    parts = []
    for bound in problem.conditions.values():
        if not bound.observes or bound.fixed is None:
            continue
        times, back = np.unique(bound.fixed["points"][:, 0, 0], return_inverse=True)
        path = follow(system, start, 1e-8, times, known)
        if path is None or not set(bound.needs) <= set(at):
            return None
        parts += [path[back, at[field]] for field in bound.needs]
    return np.concatenate(parts) if parts else None


def _by_unknowns(
    law: Pointwise, numbers: np.ndarray, names: list[str], known: dict[str, float]
) -> np.ndarray:
    """The derivatives of all residuals by the unknowns, (residuals, unknowns)."""

    def stacked(values: Array) -> Array:
        found = law.at(jnp.asarray(numbers), known | dict(zip(names, values, strict=True)))
        return jnp.concatenate(list(found.values()))

    return np.asarray(jax.jacfwd(stacked)(jnp.asarray([known[n] for n in names])))
