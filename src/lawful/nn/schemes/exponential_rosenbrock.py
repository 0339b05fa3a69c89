"""The exponential Rosenbrock-Euler method."""

from typing import Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array

from ._base import AbstractStepper, State, System, blocks, phi1

Matrix = list[list[Array]]

DOUBLINGS, DEGREE = 5, 7
"""A matrix of norm up to 2^DOUBLINGS is halved to norm 1, where DEGREE terms of the series are left out at 1/9!."""


class ExponentialRosenbrock(AbstractStepper):
    """z+ = z + h phi_1(h J) F(z) with the Jacobian J of each neuron, phi_1(A) = A^-1 (e^A - 1); order 2.

    Exact for linear fields. The most accurate scheme a step here, at three to ten times the cost of Euler's. Takes
    |h J| up to about 32; raises `ValueError` for coupled fields. Hochbruck and Ostermann, Acta Numerica 19
    (2010), equation (2.54).
    """

    order: ClassVar[int] = 2
    reach: ClassVar[float] = 32.0

    def step(self, system: System, state: State, h: Any) -> State:
        rate, columns = blocks(system, state, "ExponentialRosenbrock()")
        size = range(len(state))
        if len(state) == 1:
            return (state[0] + h * phi1(h * columns[0][0]) * rate[0],)
        phi = phi1_of([[h * columns[j][i] for j in size] for i in size])
        return tuple(state[i] + h * sum(phi[i][j] * rate[j] for j in size) for i in size)


def phi1_of(a: Matrix) -> Matrix:
    """phi_1(A) by its series at A / 2^s, and phi_1(2A) = phi_1(A) + A phi_1(A)^2 / 2."""
    small = [[x / 2**DOUBLINGS for x in row] for row in a]
    one = _identity(a)
    phi = one
    for k in range(DEGREE + 1, 1, -1):
        phi = _plus(one, _product(small, phi), 1 / k)
    for k in range(DOUBLINGS):
        scaled = [[x * 2.0 ** (k - DOUBLINGS) for x in row] for row in a]
        phi = _plus(phi, _product(scaled, _product(phi, phi)), 0.5)
    return phi


def _identity(a: Matrix) -> Matrix:
    return [[jnp.full_like(x, float(i == j)) for j, x in enumerate(row)] for i, row in enumerate(a)]


def _product(a: Matrix, b: Matrix) -> Matrix:
    size = range(len(a))
    zero = jnp.zeros_like(a[0][0])
    return [[sum((a[i][k] * b[k][j] for k in size), zero) for j in size] for i in size]


def _plus(a: Matrix, b: Matrix, factor: float) -> Matrix:
    return [[x + factor * y for x, y in zip(r, s, strict=True)] for r, s in zip(a, b, strict=True)]
