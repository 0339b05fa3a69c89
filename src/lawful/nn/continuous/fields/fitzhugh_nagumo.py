"""FitzHugh's and Nagumo's equations of a nerve, in their two common forms."""

from typing import Any, ClassVar

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array

from ...schemes._base import State
from ._base import AbstractField, Values, named
from .parameter import AbstractParameter, Parameter


def cubic_root(k: Any, r: Array) -> Array:
    """The real root of x + k x^3 = r for k > 0, by x = c sinh(s), c = 2 / sqrt(3 k): sinh(3 s) = 3 r / c."""
    c = 2 / jnp.sqrt(3 * k)
    return c * jnp.sinh(jnp.arcsinh(3 * r / c) / 3)


class FitzHughNagumo(AbstractField):
    """v' = v - v^3/3 - w + I, w' = eps (v + a - b w); eps, b > 0 (FitzHugh, Biophys. J. 1 (1961) 445).

    The semi-implicit step takes the cubic at the end of the step: v+ + h v+^3/3 = v + h (v - w + I), then
    w+ = (w + h eps (v+ + a)) / (1 + h eps b). It is bounded whatever the step.
    """

    a: float = eqx.field(default=0.7, static=True)
    b: float = eqx.field(default=0.8, static=True)
    eps: float = eqx.field(default=0.08, static=True)
    components: ClassVar[tuple[str, ...]] = ("v", "w")
    coupled: ClassVar[bool] = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {"a": Parameter(self.a), "b": Parameter(self.b, 0.0), "eps": Parameter(self.eps, 0.0)}

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        v, w = state
        return v - v * v * v * (1 / 3) - w + drive, p["eps"] * (v + p["a"] - p["b"] * w)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        v, w = state
        return v * v - 1, p["eps"] * p["b"] + jnp.zeros_like(w)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        v, w = state
        after = cubic_root(jnp.asarray(h / 3, v.dtype), v + h * (v - w + drive))
        return after, (w + h * p["eps"] * (after + p["a"])) / (1 + h * p["eps"] * p["b"])

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)


class Nagumo(AbstractField):
    """v' = v (v - alpha) (1 - v) - w + I, w' = eps (v - gamma w); 0 < alpha < 1, eps, gamma > 0
    (Nagumo, Arimoto, Yoshizawa, Proc. IRE 50 (1962) 2061).

    The semi-implicit step moves the origin of v to (1 + alpha)/3, where the cubic has no quadratic term, and takes
    -(v - (1 + alpha)/3)^3 at the end of the step.
    """

    alpha: float = eqx.field(default=0.1, static=True)
    gamma: float = eqx.field(default=1.0, static=True)
    eps: float = eqx.field(default=0.1, static=True)
    components: ClassVar[tuple[str, ...]] = ("v", "w")
    coupled: ClassVar[bool] = False

    @property
    def parameters(self) -> dict[str, AbstractParameter]:
        return {
            "alpha": Parameter(self.alpha, 0.0, 1.0),
            "gamma": Parameter(self.gamma, 0.0),
            "eps": Parameter(self.eps, 0.0),
        }

    @property
    def start(self) -> tuple[float, ...]:
        return (0.0, 0.0)

    def rate(self, state: State, drive: Array, p: Values) -> State:
        v, w = state
        return v * (v - p["alpha"]) * (1 - v) - w + drive, p["eps"] * (v - p["gamma"] * w)

    def decay(self, state: State, drive: Array, p: Values) -> State:
        v, w = state
        slope = 2 * (1 + p["alpha"]) * v - 3 * v * v - p["alpha"]
        return -slope, p["eps"] * p["gamma"] + jnp.zeros_like(w)

    def implicit(self, state: State, drive: Array, p: Values, h: Any) -> State:
        v, w = state
        centre = (1 + p["alpha"]) / 3
        u = v - centre
        (rate, _) = self.rate(state, drive, p)
        after = cubic_root(jnp.asarray(h, v.dtype), u + h * (rate + u * u * u)) + centre
        return after, (w + h * p["eps"] * after) / (1 + h * p["eps"] * p["gamma"])

    def observed(self, state: State) -> dict[str, Array]:
        return named(self, state)
