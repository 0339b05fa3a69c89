"""Which iterate a run returns."""

from typing import Any

import numpy as np
import pytest

import lawful as lw
from lawful.optim import Adam, BestHeldOut, Chain, LastIterate


def test_the_best_gives_way_to_a_lower_residual_and_the_last_to_anything() -> None:
    assert BestHeldOut().takes(1.0, 2.0)
    assert not BestHeldOut().takes(2.0, 1.0)
    assert LastIterate().takes(2.0, 1.0)


def trained(keeping: Any) -> lw.Solution:
    """Steps so large that the residual ends above where it was."""
    problem = lw.Problem(
        domain=lw.Time(t=(0, 1)),
        fields="u",
        conditions={"law": lw.Interior(lambda u: u.t + u), "start": lw.Initial(lambda u: u - 1)},
    )
    return lw.solve(
        problem,
        method="pinn",
        network=lw.nn.MLP(4, 1),
        optimizer=Chain(Adam(300, 0.02), Adam(100, 3.0), keeping=keeping),
        points=16,
        reference="stated",
    )


def test_a_run_returns_the_iterate_that_was_asked_for() -> None:
    best, last = trained(BestHeldOut()), trained(LastIterate())
    lowest = min(row["fresh"] for row in best.history)
    t = np.linspace(0, 1, 50)
    missed = [float(np.sqrt(np.mean((s.u.t(t=t) + s.u(t=t)) ** 2))) for s in (best, last)]
    assert missed[0] == pytest.approx(np.sqrt(lowest), rel=0.5)
    assert missed[1] == pytest.approx(np.sqrt(last.history[-1]["fresh"]), rel=0.5)
    assert missed[1] > 3 * missed[0]


@pytest.mark.usefixtures("unchecked")
def test_anything_else_is_refused() -> None:
    with pytest.raises(TypeError, match=r"keeping must be BestHeldOut\(\) or LastIterate\(\), got 'last'"):
        Chain(Adam(3), keeping="last")  # pyright: ignore
