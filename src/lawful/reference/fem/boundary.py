"""What boundary conditions say of each field: its value, or its flux through the boundary."""

from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..._names import listed
from .weak import RATES, StrongLaw, WeakLaw, pairs_of

TRIES = 2
SLIGHT = 1e-10
"""Coefficients below this share of the largest are zero."""


class Mismatch(ValueError):
    """Boundary conditions that the method cannot impose, said in one sentence."""


@dataclass(frozen=True)
class Kinds:
    """The laws on one stretch of the boundary: `fixing` (numbers of terms) give the fields `fixed` (numbers of
    fields) their values, and `flowing` give the fields `free` their fluxes."""

    fixing: tuple[int, ...]
    fixed: tuple[int, ...]
    flowing: tuple[int, ...]
    free: tuple[int, ...]


class BoundaryLaw:
    r"""Laws b_l(x, n, u, grad u) = 0 on one stretch of the boundary.

    Some hold no derivative and fix values. The others, as many as there are fields of second order left, give
    the normal derivatives q of these: grad u = q n + T u with T u = grad u - (n . grad u) n along the boundary, and
    as b is linear in q, q = - (db/dq)^-1 b at q = 0. That turns the flux of the weak form of equation k into

        N_k = sum_f n S^kf n q_f + n S^kf T u_f,

    a function of the values of u along the boundary alone.
    """

    def __init__(self, strong: StrongLaw, weak: WeakLaw, equations: tuple[int, ...]):
        self.strong, self.weak, self.equations = strong, weak, equations
        self.fields, self.dimension = weak.fields, weak.dimension
        self._slopes = jax.jit(jax.vmap(self.slopes))

    def residual(self, place: Array, normal: Array, values: Array) -> Float[Array, " terms"]:
        seconds = jnp.zeros((self.fields, len(pairs_of(self.dimension))))
        return self.strong(place, values, seconds, jnp.zeros((self.fields, RATES)), normal)

    def _at(self, normal: Array, values: Array, q: Array) -> Array:
        """The values with the normal derivatives q in place of their own."""
        across = q - values[:, 1:] @ normal
        gradient = values[:, 1:] + across[:, None] * normal[None]
        return jnp.concatenate([values[:, :1], gradient], axis=1)

    def slopes(
        self, place: Array, normal: Array, values: Array
    ) -> tuple[Float[Array, "terms fields slots"], Float[Array, "terms fields"]]:
        """Derivatives of the laws by all values, and by the normal derivatives."""
        by_values = jax.jacfwd(lambda z: self.residual(place, normal, z))(values)
        q = values[:, 1:] @ normal
        by_normal = jax.jacfwd(lambda q: self.residual(place, normal, self._at(normal, values, q)))(q)
        return by_values, by_normal

    def flux(self, kinds: Kinds, place: Array, normal: Array, values: Array) -> Float[Array, "free 1"]:
        """N_k for the equations of the free fields."""
        values = values[:, : 1 + self.dimension]
        flowing, free = jnp.asarray(kinds.flowing), jnp.asarray(kinds.free)
        still = jnp.zeros(self.fields)

        def laws(q: Array) -> Array:
            return self.residual(place, normal, self._at(normal, values, q))[flowing]

        b = laws(still)
        q = -jnp.linalg.solve(jax.jacfwd(laws)(still)[:, free], b)
        s = self.weak.coefficients(place, values[:, 0])[jnp.asarray([self.equations[f] for f in kinds.free])]
        gradient = self._at(normal, values, still.at[free].set(q))[:, 1:]
        return jnp.einsum("kfij,fi,j->k", s, gradient, normal)[:, None]

    def values(self, kinds: Kinds, place: Array, normal: Array) -> Float[Array, " fixed"]:
        """What the laws fix."""
        fixing, fixed = jnp.asarray(kinds.fixing), jnp.asarray(kinds.fixed)
        nothing = jnp.zeros((self.fields, 1 + self.dimension))
        b = self.residual(place, normal, nothing)[fixing]
        slope = jax.jacfwd(lambda u: self.residual(place, normal, nothing.at[:, 0].set(u))[fixing])(
            nothing[:, 0]
        )
        return -jnp.linalg.solve(slope[:, fixed], b)

    def kinds(self, places: np.ndarray, normals: np.ndarray, second: tuple[int, ...], where: str) -> Kinds:
        """Tell the laws apart at sampled places (n, d) of the stretch called `where`, on which the fields
        `second` need a condition. Raises `Mismatch`."""
        names, fields = self.strong.terms, tuple(self.strong.problem.fields)
        rng = np.random.default_rng(3)
        sampled = [rng.normal(size=(len(places), self.fields, 1 + self.dimension)) for _ in range(TRIES)]
        for z in sampled:  # so that roots and logarithms exist
            z[..., 0] = np.abs(z[..., 0]) + 0.1
        if names:
            found = [[np.asarray(a) for a in self._slopes(places, normals, z)] for z in sampled]
        else:
            found = [
                [
                    np.zeros((len(places), 0, self.fields, 1 + self.dimension)),
                    np.zeros((len(places), 0, self.fields)),
                ]
            ]
        by_values, by_normal = (np.concatenate([f[i] for f in found]) for i in range(2))
        if not np.isfinite(by_values).all():
            raise Mismatch(f"the conditions on {where} are not finite at random values of the fields.")
        derived = np.abs(by_values[..., 1:]).max(axis=(0, 2, 3), initial=0.0)
        plain = np.abs(by_values[..., 0]).max(axis=0)  # (terms, fields)
        fixing = tuple(int(i) for i in np.flatnonzero(derived == 0))
        flowing = tuple(int(i) for i in np.flatnonzero(derived > 0))
        fixed = self._fixed(plain[list(fixing)], [names[i] for i in fixing], fields, where)
        first, second_try = (f[0][:, list(fixing), :, 0] for f in (found[0], found[-1]))
        if not np.allclose(first, second_try, rtol=1e-9, atol=0):
            raise Mismatch(
                f"a condition on {where} fixes a value but is not affine in it; solve it for the field."
            )
        free = tuple(f for f in second if f not in fixed)
        if len(flowing) < len(free):
            missing = [fields[f] for f in free if not plain[list(flowing), f].any()] or [
                fields[f] for f in free
            ]
            raise Mismatch(
                f"too little is said of {listed(missing)} on {where}: {len(second)} conditions are needed there, "
                "values or normal derivatives, one for each field of second order."
            )
        if len(flowing) > len(free):
            raise Mismatch(
                f"too much is said on {where}: {listed([names[i] for i in flowing])} with derivatives, but only "
                f"{len(free)} of the fields are not fixed there."
            )
        self._check_flux(
            by_normal, flowing, free, [names[i] for i in flowing], where, places, normals, sampled
        )
        return Kinds(fixing, fixed, flowing, free)

    def _fixed(
        self, plain: np.ndarray, names: list[str], fields: tuple[str, ...], where: str
    ) -> tuple[int, ...]:
        if not len(plain):
            return ()
        touched = np.flatnonzero((plain > SLIGHT * plain.max(axis=1, keepdims=True)).any(axis=0))
        if len(touched) != len(names) or np.linalg.matrix_rank(plain[:, touched]) < len(names):
            raise Mismatch(
                f"{listed(names)} on {where} ties {listed([fields[f] for f in touched])} together; it takes conditions "
                "that give each field its own value."
            )
        return tuple(int(f) for f in touched)

    def _check_flux(
        self,
        by_normal: np.ndarray,
        flowing: tuple[int, ...],
        free: tuple[int, ...],
        names: list[str],
        where: str,
        places: np.ndarray,
        normals: np.ndarray,
        sampled: list[np.ndarray],
    ) -> None:
        if not flowing:
            return
        slope = by_normal[:, list(flowing)]
        others = [f for f in range(self.fields) if f not in free]
        scale = np.abs(slope).max(axis=(1, 2), keepdims=True)
        determinant = np.abs(np.linalg.det(slope[:, :, list(free)] / np.where(scale > 0, scale, 1.0)))
        if not (scale > 0).all() or not (determinant > 1e-8).all():
            raise Mismatch(
                f"{listed(names)} on {where} does not tell all normal derivatives there; a part on which the kind of "
                "condition changes must be split in two."
            )
        if (np.abs(slope[:, :, others]) > SLIGHT * scale).any():
            raise Mismatch(
                f"{listed(names)} on {where} holds the normal derivative of a field whose value is given there, or "
                "that is of first order in the laws."
            )
        # at the same values but for the normal derivatives, the slopes must stay as they are
        shifted = [
            z + np.random.default_rng(5).normal(size=(self.fields, 1)) * normal_part(normals) for z in sampled
        ]
        again = np.concatenate([np.asarray(self._slopes(places, normals, z)[1]) for z in shifted])
        if (np.abs(again[:, list(flowing)] - slope) > 1e-8 * scale).any():
            raise Mismatch(f"{listed(names)} on {where} is not linear in the normal derivative.")
        rows = [self.equations[f] for f in free]
        s = np.asarray(self.weak.coefficients_at(places, sampled[0][:, :, 0]))[:, rows]
        across = np.einsum("pkfij,pi,pj->pkf", s, normals, normals)
        if (np.abs(across[:, :, others]) > SLIGHT * np.abs(s).max()).any():
            raise Mismatch(
                f"the flux on {where} that goes with {listed(names)} holds the normal derivative of a field whose "
                "value is given there."
            )


def normal_part(normals: np.ndarray) -> np.ndarray:
    """A change of u and its slopes that moves the normal derivative alone: (n, 1, 1 + d)."""
    return np.concatenate([np.zeros((len(normals), 1)), normals], axis=1)[:, None, :]
