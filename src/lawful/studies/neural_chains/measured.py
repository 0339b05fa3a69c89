"""What a finished run is found to be: values and errors at the nodes of table 1, residuals, its network."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from ...lens import Network, from_solution
from ..norms import Norms
from .cases import CASES, PROBE, TIME
from .runs import Run


@dataclass(frozen=True, eq=False)
class Measured:
    """A run: `u` at the nodes of its case at t = 0.3, `norms` of its error against the exact solution, `early`, the
    mean |z| of the first three hidden layers at the probe, and the summary of its folder."""

    run: Run
    u: Float[np.ndarray, " nodes"]
    norms: Norms
    early: float
    network: Network
    summary: dict[str, Any]


EARLY = 3


def measure(run: Run, out: Path) -> Measured:
    """Look at a finished run."""
    case, solution = CASES[run.case], run.solution(out)
    u = solution.u(x=case.nodes, t=TIME)
    network = from_solution(solution, name=f"{run.case}, run {run.seed + 1}")
    hidden = network.states(np.asarray([PROBE]))[1:-1]
    early = float(np.mean([np.abs(z).mean() for z in hidden[:EARLY]]))
    return Measured(run, u, Norms.of(u - case.truth()), early, network, solution.summary())
