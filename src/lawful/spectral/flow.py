"""A solution as a function of time: coefficients, times a multiplier, transformed back."""

import abc
import functools
import math
import operator

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Inexact

from .field import times
from .transform import Mode, Transform


class AbstractMultiplier(eqx.Module):
    """What a law multiplies the coefficients of its initial fields by until the time t."""

    earliest: eqx.AbstractClassVar[float]

    @abc.abstractmethod
    def __call__(self, modes: tuple[Mode, ...], t: Float[Array, ""]) -> tuple[Array, ...]:
        """One multiplier an initial field."""


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
        return _backward(self.transform, _spectrum(self, times(t, self.multiplier.earliest)))

    def rate(self, t: object) -> Inexact[Array, "..."]:
        """The time derivative of u at the nodes."""
        return _backward(self.transform, _spectrum_rate(self, times(t, self.multiplier.earliest)))


def started(transform: Transform, multiplier: AbstractMultiplier, *fields: Array) -> Flow:
    """The flow from initial fields."""
    return Flow(tuple(_forward(transform, u) for u in fields), multiplier, transform)


@jax.jit(static_argnums=0)
def _forward(transform: Transform, values: Array) -> Array:
    return transform.forward(values)


# Apart from the spectrum: in one function XLA would compute the multipliers anew wherever the transform reads them.
@jax.jit(static_argnums=0)
def _backward(transform: Transform, coefficients: Array) -> Array:
    if coefficients.ndim == len(transform.shape):
        return transform.backward(coefficients)
    return jax.lax.map(transform.backward, coefficients)


def _coefficients(flow: Flow, t: Array) -> Array:
    factors = flow.multiplier(flow.transform.modes, t)
    kind = flow.coefficients[0].dtype
    terms = [_as(m, kind) * c for m, c in zip(factors, flow.coefficients, strict=True)]
    return functools.reduce(operator.add, terms)


def _as(multiplier: Array, kind: jnp.dtype) -> Array:
    """In the precision of the coefficients; what is real stays so, which saves half of the products."""
    if jnp.iscomplexobj(multiplier):
        return multiplier.astype(jnp.result_type(kind, jnp.complex64))
    return multiplier.astype(jnp.finfo(kind).dtype)


@jax.jit
def _spectrum(flow: Flow, t: Array) -> Array:
    return _coefficients(flow, t) if t.ndim == 0 else jax.lax.map(lambda s: _coefficients(flow, s), t)


@jax.jit
def _spectrum_rate(flow: Flow, t: Array) -> Array:
    def one(t: Array) -> Array:
        return jax.jvp(lambda s: _coefficients(flow, s), (t,), (jnp.ones_like(t),))[1]

    return one(t) if t.ndim == 0 else jax.lax.map(one, t)


FOREVER = -math.inf
"""The earliest time of a law that runs backward as well."""
