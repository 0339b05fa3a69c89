"""Whether laws in time fix how a solution goes on, wherever it has come to."""

import jax
import numpy as np

from ..._names import listed
from ..._runtime import quick_jit
from .._base import Undetermined
from .marching import Piecewise
from .time_laws import TimeLaws

HALVINGS = 50
GONE = 1e-6
"""The share of its size a factor must come down to, to pass through zero and not to jump."""
UNKNOWN = 1e-10
"""Determinants of smaller size tell nothing, as those of laws of a higher index."""


def refuse_forks(solution: Piecewise) -> None:
    """Raises `Undetermined` for a time from which on many solutions continue, since the factor of a highest derivative
    passes through zero: where (t - t0) v' = p v with p > 0, |t - t0|^p may have any factor on either side."""
    laws = solution.collocation.laws
    t, U = solution.seen
    slopes = quick_jit(jax.vmap(jax.jacfwd(laws.residual, argnums=1)))
    J = np.asarray(slopes(t, U))
    if not np.isfinite(J).all():
        return
    rows = np.maximum(np.abs(J).max(axis=(2, 3)), 1e-300)  # by law
    sizes = np.linalg.det(_leading(laws, J) / rows[:, :, None])
    signs = np.where(np.abs(sizes) > UNKNOWN, np.sign(sizes), 0)
    for before in np.flatnonzero(signs[:-1] * signs[1:] < 0).tolist():
        after, own = before + 1, rows[before][:, None]

        def along(share: float, a: int = before, b: int = after) -> tuple[float, np.ndarray]:
            time, state = ((1 - share) * x[a] + share * x[b] for x in (t, U))
            return float(time), np.asarray(slopes(time[None], state[None]))[0]

        low, high = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            same = np.sign(np.linalg.det(_leading(laws, along(middle)[1]) / own)) == signs[before]
            low, high = (middle, high) if same else (low, middle)
        time, there = along(low)
        left, least, right = np.linalg.svd(_leading(laws, there) / own)
        ends = [np.linalg.svd(_leading(laws, J[k]) / own, compute_uv=False)[-1] for k in (before, after)]
        change = (_leading(laws, J[after]) - _leading(laws, J[before])) / (t[after] - t[before]) / own
        rate = left[:, -1] @ change @ right[-1]
        if least[-1] > GONE * max(ends) or rate == 0:
            continue
        power = -(left[:, -1] @ (_leading(laws, there, below=1) / own) @ right[-1]) / rate
        if power > GONE:
            field = int(np.abs(right[-1]).argmax())
            raise Undetermined(
                f"From {laws.time} = {time:.6g} on, solutions continue in many ways: what multiplies "
                f"{laws.handle(field, laws.orders[field])} in {listed(laws.terms)} passes through zero there; end the "
                "time before it, or begin at it."
            )


def _leading(laws: TimeLaws, J: np.ndarray, below: int = 0) -> np.ndarray:
    """The derivatives of the laws by the highest derivatives of the fields, or by those that are `below` them."""
    fields, orders = np.arange(len(laws.fields)), np.asarray(laws.orders)
    return np.where(orders >= below, J[..., fields, np.maximum(orders - below, 0)], 0.0)
