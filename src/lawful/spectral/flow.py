"""A solution as a function of time: coefficients, times a multiplier, transformed back."""

import abc
import functools
import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact

from .field import times
from .transform import Mode, Transform

Factors: TypeAlias = tuple[tuple[Array, ...], ...]


class AbstractMultiplier(eqx.Module):
    """What a law multiplies the coefficients of its initial fields by until the time t."""

    earliest: eqx.AbstractClassVar[float]

    @abc.abstractmethod
    def __call__(self, modes: tuple[Mode, ...], t: Float[Array, ""]) -> Factors:
        """One multiplier an initial field, as factors: those along one axis cost less than one number a mode."""


class Flow(eqx.Module):
    """The solution u of an evolution law, called with a time or a row of times.

    u(t) = T^-1 sum_i m_i(k, t) T u_i, with the transform T and one multiplier m_i an initial field u_i. No time
    step, no error but rounding for fields that the nodes resolve. A call costs one inverse transform a time;
    multipliers are computed in double precision, whatever the precision of the field. Compiled once a shape: other
    times, parameters and initial fields take what is there. Raises `ValueError` for times that the law does not reach.
    """

    coefficients: tuple[Array, ...]
    multiplier: AbstractMultiplier
    transform: Transform = eqx.field(static=True)

    def __call__(self, t: object) -> Inexact[Array, "..."]:
        """u at the nodes, of their shape; for a row of times, one field each."""
        factors = _factors(self, times(t, self.multiplier.earliest))
        return _backward(self.transform, _spectrum(self.coefficients, factors))

    def rate(self, t: object) -> Inexact[Array, "..."]:
        """The time derivative of u at the nodes."""
        return _backward(self.transform, _spectrum_rate(self, times(t, self.multiplier.earliest)))


def started(transform: Transform, multiplier: AbstractMultiplier, *fields: Array) -> Flow:
    """The flow from initial fields."""
    return Flow(tuple(_forward(transform, u) for u in fields), multiplier, transform)


@jax.jit(static_argnums=0)
def _forward(transform: Transform, values: Array) -> Array:
    return transform.forward(values)


# Three functions: in one, XLA would compute the factors anew for every mode, and the modes wherever they are read.
@jax.jit(static_argnums=0)
def _backward(transform: Transform, coefficients: Array) -> Array:
    if coefficients.ndim == len(transform.shape):
        return transform.backward(coefficients)
    return jax.lax.map(transform.backward, coefficients)


@jax.jit
def _factors(flow: Flow, t: Array) -> Factors:
    return _at_times(lambda s: _factors_at(flow, s), t)


@jax.jit
def _spectrum(coefficients: tuple[Array, ...], factors: Factors) -> Array:
    if factors[0][0].ndim == coefficients[0].ndim:
        return _products(coefficients, factors)
    return jax.lax.map(lambda each: _products(coefficients, each), factors)


@jax.jit
def _spectrum_rate(flow: Flow, t: Array) -> Array:
    def spectrum(t: Array) -> Array:
        return _products(flow.coefficients, _factors_at(flow, t))

    return _at_times(lambda s: jax.jvp(spectrum, (s,), (jnp.ones_like(s),))[1], t)


def _at_times(function: Callable[[Array], Any], t: Array) -> Any:
    return function(t) if t.ndim == 0 else jax.lax.map(function, t)


def _factors_at(flow: Flow, t: Array) -> Factors:
    kind = jnp.result_type(*flow.coefficients)
    found = flow.multiplier(flow.transform.modes, t)
    return tuple(tuple(_as(factor, kind) for factor in factors) for factors in found)


def _as(factor: Array, kind: jnp.dtype) -> Array:
    """In the precision of the coefficients; what is real stays so, which saves half of the products."""
    if jnp.iscomplexobj(factor):
        return factor.astype(jnp.result_type(kind, jnp.complex64))
    return factor.astype(jnp.finfo(kind).dtype)


def _products(coefficients: tuple[Array, ...], factors: Factors) -> Array:
    terms = [functools.reduce(operator.mul, each, c) for c, each in zip(coefficients, factors, strict=True)]
    return functools.reduce(operator.add, terms)


FOREVER = -math.inf
"""The earliest time of a law that runs backward as well."""
