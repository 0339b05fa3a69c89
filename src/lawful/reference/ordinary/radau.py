"""Collocation at the Radau points: nodes, the matrix of integrals, and the polynomial through the stages."""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre


@dataclass(frozen=True)
class Radau:
    """Radau IIA: the polynomials of degree `stages` whose slope is given at `nodes` in (0, 1], the last of them 1.

    Order 2 stages - 1 at the end of a step and stages + 1 within it; damps what is stiff at once, and needs
    nothing at the start of a step, where a law may be singular. With shifted Legendre polynomials P_k,
    the nodes are the roots of P_s - P_(s-1). Hairer and Wanner (1996), Solving Ordinary Differential
    Equations II, IV.5.
    """

    stages: int

    @property
    def nodes(self) -> np.ndarray:
        last = np.zeros(self.stages + 1)
        last[-2:] = -1.0, 1.0
        roots = np.sort(legendre.legroots(last).real)
        for _ in range(2):
            roots = roots - legendre.legval(roots, last) / legendre.legval(roots, legendre.legder(last))
        return (1 + np.append(roots[:-1], 1.0)) / 2

    @property
    def analysis(self) -> np.ndarray:
        """From values at the nodes to the coefficients of Legendre polynomials."""
        return np.linalg.inv(legendre.legvander(2 * self.nodes - 1, self.stages - 1))

    def interpolation(self, theta: np.ndarray) -> np.ndarray:
        """By place theta in [0, 1], the weights of the values at the nodes."""
        return legendre.legvander(2 * theta - 1, self.stages - 1) @ self.analysis

    def integrals(self, theta: np.ndarray) -> np.ndarray:
        """By end theta, the weights of the values at the nodes in the integral from 0 to theta."""
        p = legendre.legvander(2 * theta - 1, self.stages)
        k = np.arange(1, self.stages)
        # the integral of P_k is (P_(k+1) - P_(k-1)) / (2 k + 1), and half of that on [0, 1]
        rest = (p[:, 2:] - p[:, :-2]) / (2 * (2 * k + 1))
        return np.column_stack([theta, rest]) @ self.analysis

    @property
    def matrix(self) -> np.ndarray:
        """a_ij = the integral from 0 to c_i of the j-th Lagrange polynomial."""
        return self.integrals(self.nodes)
