"""The reverse: a network whose layers are an explicit scheme for advection and diffusion."""

import numpy as np
from jaxtyping import Float

from .network import Network, from_arrays


def advection_diffusion(neurons: int, *, U: float, D: float, layers: int, periodic: bool = True) -> Network:
    """The linear network whose every layer is one step of u_t + c u_x = nu u_xx on a grid of one neuron a point.

    Forward in time, central in space, with U = c dt / h and D = nu dt / h^2:
    z_i <- (D + U/2) z_{i-1} + (1 - 2D) z_i + (D - U/2) z_{i+1},
    so that M_0 = 1, M_1 = -U, M_2 = 2D (arXiv 2601.00473, eq. 36). Without `periodic`, z is 0 beyond the ends.

    It is as stable as the scheme, which damps all waves where U^2 <= 2D <= 1: see `is_stable`. Raises `ValueError` for
    fewer than three neurons or no layer.
    """
    if neurons < 3 or layers < 1:
        raise ValueError(f"give three neurons and one layer at least, got {neurons} and {layers}.")
    step = scheme_matrix(neurons, U=U, D=D, periodic=periodic)
    name = f"advection-diffusion, U = {U:g}, D = {D:g}"
    return from_arrays([step.T] * layers, None, "linear", name=name)


def scheme_matrix(neurons: int, *, U: float, D: float, periodic: bool = True) -> Float[np.ndarray, "n n"]:
    """The matrix of one step: tridiagonal, with two corners where the grid is periodic."""
    matrix = np.diag(np.full(neurons, 1 - 2 * D))
    for offset, weight in ((-1, D + U / 2), (1, D - U / 2)):
        matrix += np.diag(np.full(neurons - 1, weight), offset)
        if periodic:
            matrix += np.diag([weight], -offset * (neurons - 1))
    return matrix


def is_stable(*, U: float, D: float) -> bool:
    """Whether no wave on a periodic grid grows: U^2 <= 2D <= 1."""
    return U**2 <= 2 * D <= 1
