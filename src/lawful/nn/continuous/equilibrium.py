"""The deep equilibrium network."""

import dataclasses
import functools
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..._numbers import check_positive, check_whole, plain
from ._base import READOUT, AbstractMap, AbstractModel, Linear, normal
from .anderson import anderson


def _image(z: Array, drive: Array, coupling: Array) -> Array:
    return jnp.tanh(z @ coupling + drive)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def fixed_point(drive: Array, coupling: Array, tolerance: float, limit: int) -> Array:
    """z = tanh(z W + I), a row a point; differentiated at the solution, whatever way led to it."""
    found = anderson(
        lambda z: _image(z, drive, coupling), jnp.zeros_like(drive), tolerance=tolerance, limit=limit
    )
    return _image(found.z, drive, coupling)


def _forward(drive: Array, coupling: Array, tolerance: float, limit: int) -> tuple[Array, Any]:
    z: Any = fixed_point(drive, coupling, tolerance, limit)
    return z, (z, drive, coupling)


def _backward(tolerance: float, limit: int, kept: Any, slope: Array) -> tuple[Array, Array]:
    import lineax

    z, drive, coupling = kept

    def solved(row: Array, current: Array, g: Array) -> Array:
        # u = g + J^T u with the Jacobian J of one row
        jacobian = jax.jacfwd(lambda x: _image(x[None], current[None], coupling)[0])(row)
        matrix = jnp.eye(row.shape[0], dtype=row.dtype) - jacobian.T
        return lineax.linear_solve(lineax.MatrixLinearOperator(matrix), g, lineax.LU()).value

    u = jax.vmap(solved)(z, drive, slope)
    _, pull = jax.vjp(lambda i, w: _image(z, i, w), drive, coupling)
    return pull(u)


fixed_point.defvjp(_forward, _backward)


class EquilibriumMap(AbstractMap):
    """The fixed point of z = tanh(z W + x U + b), read out."""

    drive: Linear
    coupling: Float[Array, "width width"]
    readout: Linear
    tolerance: float = eqx.field(static=True)
    limit: int = eqx.field(static=True)
    continuous: ClassVar[bool] = True

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        return self.readout(self.hidden(x))

    def hidden(self, x: Float[Array, "points inputs"]) -> Float[Array, "points width"]:
        """The fixed point of each row."""
        return fixed_point(self.drive(x), self.coupling, self.tolerance, self.limit)

    def refined(self, factor: int) -> "EquilibriumMap":
        """The same weights, with `factor` times the iterations and a tolerance as much smaller."""
        check_whole("factor", factor)
        return dataclasses.replace(self, tolerance=self.tolerance / factor, limit=self.limit * factor)

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        pass


class DeepEquilibrium(AbstractModel):
    """A layer of infinite depth: z = tanh(z W + x U + b), the state of rest of z' = tanh(z W + x U + b) - z
    (Bai, Kolter, Koltun, arXiv 1909.01377).

    Solved by Anderson acceleration to `tolerance`, in at most `limit` steps; gradients by the implicit function
    theorem, one linear system of `width` unknowns a row. W begins with deviation `coupling` / sqrt(width): below
    1/2 the map contracts at the start; training may leave that, and a residual that stays is then the answer's.
    """

    width: int = eqx.field(default=32, static=True, converter=plain)
    coupling: float = eqx.field(default=0.4, static=True)
    tolerance: float = eqx.field(default=1e-5, static=True)
    limit: int = eqx.field(default=40, static=True, converter=plain)

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("limit", self.limit)
        check_positive("tolerance", self.tolerance)

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> EquilibriumMap:
        one, two, three = jax.random.split(key, 3)
        return EquilibriumMap(
            Linear(inputs, self.width, key=one, dtype=dtype),
            normal((self.width, self.width), self.coupling / self.width**0.5, key=two, dtype=dtype),
            Linear(self.width, outputs, key=three, dtype=dtype, gain=READOUT),
            self.tolerance,
            self.limit,
        )
