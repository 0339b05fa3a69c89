"""How each case is trained: as published, and by lawful's own choices."""

from collections.abc import Callable
from typing import Any

from ...nn import MLP, GlorotUniform, Unscaled
from ...optim import LBFGS, Adam, Chain, ExponentialDecay, LastIterate, StepDecay
from ...sampling import ByDimension, Grid, ResidualAdaptive, Uniform
from ...weighting import Constant
from .effort import Effort

INSIDE = 10_000
ADAM, QUASI_NEWTON, EIKONAL, OWN_EIKONAL = 30_000, 1000, 10_000, 96_000


def published(case: str, effort: Effort) -> dict[str, Any]:
    """The choices of the paper, as `solve` takes them.

    Burgers: 8 x 100 tanh, 30,000 steps of Adam at 5e-4, then 1000 of L-BFGS. Eikonal: 2 x 20 leaky ReLU, 10,000 steps
    of Adam at 0.1, 0.01 and 0.001. All: Glorot-uniform weights, coordinates as they are, float32, 10,000 uniform points
    that stay, equispaced ones on the sides, mean squares of weight 1, the last iterate.
    """
    return {
        "method": "pinn",
        "sampling": ByDimension(line=Grid(), other=Uniform()),
        "weighting": Constant(),
        "dtype": "float32",
        "budget": effort.budget,
        **(_eikonal(effort) if case == "eikonal" else _burgers(effort)),
    }


def _burgers(effort: Effort) -> dict[str, Any]:
    sides = {"left": 211, "right": 211, "start": 201}
    return {
        "network": Unscaled(MLP(100, 8, initial=GlorotUniform())),
        "optimizer": Chain(
            Adam(effort.counted(ADAM), 5e-4), LBFGS(effort.counted(QUASI_NEWTON)), keeping=LastIterate()
        ),
        "points": {"pde": effort.placed(INSIDE), **{side: effort.placed(n) for side, n in sides.items()}},
    }


def _eikonal(effort: Effort) -> dict[str, Any]:
    falls = tuple(effort.counted(step, small=True) for step in (3000, 7000))
    sides = {"walls": 400, "end": 200}
    return {
        "network": Unscaled(MLP(20, 2, activation="leaky_relu", initial=GlorotUniform())),
        "optimizer": Chain(
            Adam(effort.counted(EIKONAL, small=True), StepDecay((0.1, 0.01, 0.001), falls)),
            keeping=LastIterate(),
        ),
        "points": {"pde": effort.placed(INSIDE), **{side: effort.placed(n) for side, n in sides.items()}},
    }


def own(case: str, effort: Effort) -> dict[str, Any]:
    """lawful's own choices: its defaults, but for what jumps and kinks ask for.

    Inviscid Burgers: the law integrated once, and points that follow the shock every 50 steps. Eikonal: one
    layer of leaky ReLU, of which the solution is made, walls and end as residuals of weight 10, points that follow the
    kinks every 100 steps, and Adam at falling rates, since quasi-Newton methods stall where the law has kinks.
    """
    limits = [seconds for seconds in (effort.own_s, effort.budget) if seconds is not None]
    choices: dict[str, Any] = {
        "method": "pinn",
        "budget": min(limits, default=None),
        "steps": effort.own_steps,
    }
    if case == "inviscid":
        choices |= {"sampling": ResidualAdaptive(every=50)}
    if case == "eikonal":
        steps = effort.counted(OWN_EIKONAL, small=True)
        choices |= {
            "network": MLP(64, 1, activation="leaky_relu"),
            "steps": None,
            "optimizer": Adam(steps, ExponentialDecay(0.05, 0.3, steps // 9 + 1)),
            "sampling": ResidualAdaptive(every=100),
            "weighting": Constant(weights={"walls": 10.0, "end": 10.0}),
            "points": 512,
        }
    return choices


RECIPES: dict[str, Callable[[str, Effort], dict[str, Any]]] = {"published": published, "own": own}
"""By name, from a case and an effort to the choices that `solve` takes."""
