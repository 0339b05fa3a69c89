"""What a finished run is found to be: its errors, and how near its layers are to their attractors."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...nn import InUnits, attraction
from ...sampling import Sobol
from ...solution import Solution
from ...source import NetworkSource
from ..neural_chains.cases import CASES, TIME
from ..norms import Norms
from .runs import Run

NODES = 1001
PLACES = 1024
"""Where the attractor residual is measured, other places than those of training."""


@dataclass(frozen=True, eq=False)
class Measured:
    """A run: `norms` of the error of `u` at equispaced nodes, t = 0.3, against the exact solution; `gap`, the root mean
    square over places and layers of |f(z W + b) - z| / |z|; the w of its layers; and the summary of its folder."""

    run: Run
    u: Float[np.ndarray, " nodes"]
    norms: Norms
    gap: float | None
    w: tuple[float, ...]
    summary: dict[str, Any]


def nodes() -> Float[np.ndarray, " nodes"]:
    """The places at which errors are measured."""
    return np.linspace(0, 1, NODES)


def measure(run: Run, out: Path) -> Measured:
    """Look at a finished run."""
    solution = run.solution(out)
    u = solution.u(x=nodes(), t=TIME)
    norms = Norms.of(u - CASES["viscous"].exact(nodes(), TIME))
    network = _network(solution)
    if run.depth is None:
        return Measured(run, u, norms, None, (), solution.summary())
    places = Sobol().draw(PLACES, 2, np.random.default_rng(104_729))
    gap = float(np.sqrt(attraction(network, jnp.asarray(places))))
    w = tuple(float(each) for each in network.relaxations)
    return Measured(run, u, norms, gap, w, solution.summary())


def _network(solution: Solution) -> Any:
    assert isinstance(solution.source, NetworkSource)
    space = solution.source.space
    ((_, network),) = space.networks(space.tree(jnp.asarray(solution.source.theta)))
    assert isinstance(network, InUnits)
    return network.network
