"""Which law in the interior goes with which field, and which laws the method cannot take."""

import jax
import numpy as np
from jaxtyping import Array
from scipy.optimize import linear_sum_assignment

from ..._names import listed
from ...calculus import Index, order
from ...problem import Problem
from ..pointwise import order_in_time
from .boundary import Mismatch
from .weak import RATES, WeakLaw, pairs_of

SAMPLES = 16


def order_in_space(problem: Problem, field: str, index: Index) -> int:
    return order(index) - order_in_time(problem, (field, index))


def highest_order(problem: Problem, field: str) -> int:
    """That of the derivatives in space of a field in the interior laws."""
    bounds = [b for b in problem.conditions.values() if b.governs]
    return max((order_in_space(problem, field, i) for b in bounds for i in b.needs.get(field, ())), default=0)


def check_orders(problem: Problem, weak: WeakLaw, second: tuple[int, ...]) -> None:
    fields = tuple(problem.fields)
    high = [f for f in fields if highest_order(problem, f) > 2]
    if high:
        raise Mismatch(
            f"it takes derivatives up to the second order, and the laws hold higher ones of {listed(high)}."
        )
    if weak.dimension == 3 and any(highest_order(problem, f) == 1 for f in fields):
        low = [f for f in fields if highest_order(problem, f) == 1]
        raise Mismatch(
            f"in space it takes laws of second order in every field, and here {listed(low)} is of first order."
        )
    if not second:
        raise Mismatch("it takes laws of second order, and here no field has a second derivative.")
    if len(weak.strong.terms) != len(fields):
        raise Mismatch(
            f"it takes one law in the interior for each field, and here are {len(weak.strong.terms)} for {len(fields)}."
        )
    for bound in problem.conditions.values():
        on_boundary = not bound.governs and not bound.observes
        reads = [order_in_space(problem, f, i) for f, indices in bound.needs.items() for i in indices]
        if on_boundary and max(reads, default=0) > 1:
            raise Mismatch(f"condition {bound.name!r} holds second derivatives on the boundary.")
    places, values = sampled_values(problem, len(fields))

    def slopes(place: Array, z: Array, s: Array) -> Array:
        return jax.jacfwd(lambda s: weak.strong(place, z, s, jax.numpy.zeros((len(fields), RATES))))(s)

    by = jax.jit(jax.vmap(slopes))
    rng = np.random.default_rng(2)
    shape = (SAMPLES, len(fields), len(pairs_of(weak.dimension)))
    seconds = [rng.normal(size=shape) for _ in range(2)]
    turned = values.copy()
    turned[..., 1:] = rng.normal(size=turned[..., 1:].shape)
    first = np.asarray(by(places, values, seconds[0]))
    scale = np.abs(first).max()
    for what, other in (
        ("not linear in the second derivatives", by(places, values, seconds[1])),
        ("of coefficients of second derivatives that depend on first ones", by(places, turned, seconds[0])),
    ):
        if not np.isfinite(scale) or np.abs(np.asarray(other) - first).max() > 1e-8 * scale:
            raise Mismatch(f"the laws are {what}, which it does not take.")


def sampled_values(problem: Problem, fields: int) -> tuple[np.ndarray, np.ndarray]:
    """Places inside, and values of which the fields' own are positive, so that roots and logarithms exist."""
    rng = np.random.default_rng(1)
    region = problem.domain.interior()
    values = rng.normal(size=(SAMPLES, fields, 1 + len(problem.domain.space)))
    values[..., 0] = rng.uniform(0.5, 1.5, size=(SAMPLES, fields))
    return region.place(rng.random((SAMPLES, region.dimension))), values


def matched(problem: Problem, weak: WeakLaw, second: tuple[int, ...]) -> tuple[int, ...]:
    """By equation, the field whose functions test it: that of its largest Laplacian where there is one."""
    fields = tuple(problem.fields)
    places, values = sampled_values(problem, len(fields))
    s = np.asarray(weak.coefficients_at(places, values[..., 0]))
    trace = np.abs(np.trace(s, axis1=-2, axis2=-1)).max(axis=0)
    weight = trace / (trace.max(axis=1, keepdims=True) + 1e-300)
    first = [f for f in range(len(fields)) if f not in second]
    # a field of first order goes with an equation without second derivatives
    gain = np.where(trace > 0, 1.0 + weight, -1e3)
    gain[:, first] = np.where(trace.any(axis=1)[:, None], -1e3, 0.0)
    rows, columns = linear_sum_assignment(-gain)
    if gain[rows, columns].min() < 0:
        raise Mismatch(
            "no equation of second order is left for some field: each field with second derivatives takes an equation "
            "that holds its Laplacian, or both its second derivatives."
        )
    tested = tuple(int(c) for c in columns)
    nothing = jax.numpy.zeros((len(fields), len(pairs_of(weak.dimension))))
    own = np.asarray(
        jax.jit(
            jax.vmap(
                jax.jacfwd(lambda z, x: weak.strong(x, z, nothing, jax.numpy.zeros((len(fields), RATES))))
            )
        )(values, places)
    )
    for equation, field in enumerate(tested):
        if field in first and own[:, equation, field, 1:].any():
            raise Mismatch(
                f"the law for {fields[field]} carries it along without diffusion, which it does not take."
            )
    return tested
