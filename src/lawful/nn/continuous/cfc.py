"""The closed-form continuous-time network."""

import dataclasses
from typing import Any, ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..._names import did_you_mean, listed
from ..._numbers import check_whole, plain
from ._base import READOUT, AbstractMap, AbstractModel, Linear

MODES = ("default", "pure", "no_gate")


class ClosedFormMap(AbstractMap):
    """The cell run from z = 0 over the time 1 in `steps` parts, then read out."""

    backbone: Linear
    heads: tuple[Linear, ...]
    leak: Array | None
    readout: Linear
    mode: str = eqx.field(static=True)
    steps: int = eqx.field(static=True)
    continuous: ClassVar[bool] = True

    def __call__(self, x: Float[Array, "points inputs"]) -> Float[Array, "points outputs"]:
        z = jnp.zeros((x.shape[0], self.heads[0].bias.shape[0]), x.dtype)
        for _ in range(self.steps):
            z = self.cell(x, z, 1 / self.steps)
        return self.readout(z)

    def cell(self, x: Array, z: Array, time: float) -> Array:
        """The state a `time` after `z`, with the input held."""
        common = jnp.tanh(self.backbone(jnp.concatenate([x, z], 1)))
        first = jnp.tanh(self.heads[0](common))
        if self.mode == "pure":
            leak, amplitude = self.leak  # pyright: ignore
            decay = jnp.exp(-time * (jnp.abs(leak)[None] + jnp.abs(first)))
            return amplitude[None] * (1 - decay * first)
        second = jnp.tanh(self.heads[1](common))
        gate = jax.nn.sigmoid(time * self.heads[2](common) + self.heads[3](common))
        return (first if self.mode == "no_gate" else first * (1 - gate)) + second * gate

    def refined(self, factor: int) -> "ClosedFormMap":
        check_whole("factor", factor)
        return dataclasses.replace(self, steps=self.steps * factor)

    def warn_if_unstable(self, x: Float[Array, "points inputs"]) -> None:
        pass


class CfC(AbstractModel):
    """A cell that states the solution of a liquid time constant instead of computing it (Hasani et al.,
    Nature Machine Intelligence 4 (2022) 992, arXiv 2106.13898).

    - default: z(t) = (1 - s) g + s h, s = sigmoid(t f_a + f_b); no_gate: g + s h; pure: A (1 - exp(-t (|w| + |g|)) g).
    - f_a, f_b, g, h are read from one layer tanh([x, z] W + b) of `backbone` neurons.

    A solution over a time t is that over t/2 twice; refined by n, the cell is run n times over t/n, which shows how
    far it is from being the solution of any equation. Raises `ValueError` for a mode that is not known.
    """

    width: int = eqx.field(default=32, static=True, converter=plain)
    backbone: int = eqx.field(default=64, static=True, converter=plain)
    mode: str = eqx.field(default="default", static=True)

    def __check_init__(self) -> None:
        check_whole("width", self.width)
        check_whole("backbone", self.backbone)
        if self.mode not in MODES:
            raise ValueError(
                f"mode {self.mode!r} is not known.{did_you_mean(self.mode, MODES)} Known: {listed(MODES)}."
            )

    def build(self, inputs: int, outputs: int, *, key: PRNGKeyArray, dtype: Any) -> ClosedFormMap:
        one, two, *keys = jax.random.split(key, 3 if self.mode == "pure" else 6)
        start = jnp.stack([jnp.full((self.width,), 0.1, dtype), jnp.ones((self.width,), dtype)])
        return ClosedFormMap(
            Linear(inputs + self.width, self.backbone, key=one, dtype=dtype),
            tuple(Linear(self.backbone, self.width, key=k, dtype=dtype) for k in keys),
            start if self.mode == "pure" else None,
            Linear(self.width, outputs, key=two, dtype=dtype, gain=READOUT),
            self.mode,
            1,
        )
