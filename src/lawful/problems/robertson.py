"""Robertson reactions a -> b, b + b -> c + b, b + c -> a + c, rates 0.04, 3e7, 1e4, from a = 1, t in [0, 40].

H. H. Robertson (1966), in Numerical Analysis: An Introduction (ed. Walsh), 178; the most cited stiff problem: rates
differ by nine orders of magnitude, and b stays below 4e-5. At t = 40, a = 0.7158270687, b = 9.185534765e-6 and
c = 0.2841637457. The reference is derived.
"""

from typing import Any

from ..conditions import Initial, Interior
from ..domain import Time
from ..problem import Problem
from ._checks import positive

TYPE = "ODE, nonlinear, stiff"


def robertson_law(a: Any, b: Any, c: Any, slow: Any, fast: Any, medium: Any) -> dict[str, Any]:
    """a' + slow a - medium b c, b' - slow a + medium b c + fast b^2, c' - fast b^2"""
    return {
        "a": a.t + slow * a - medium * b * c,
        "b": b.t - slow * a + medium * b * c + fast * b**2,
        "c": c.t - fast * b**2,
    }


def robertson(*, slow: float = 0.04, fast: float = 3e7, medium: float = 1e4, end: float = 40.0) -> Problem:
    """An autocatalytic reaction.

    `slow`, `fast` and `medium` are the rates of a -> b, of b + b -> c + b and of b + c -> a + c, and `end` is the last
    time. The sum a + b + c is conserved. Raises `ValueError` unless all are above 0.
    """
    positive(slow=slow, fast=fast, medium=medium, end=end)
    return Problem(
        name="robertson",
        domain=Time(t=(0, end)),
        fields="a b c",
        params={"slow": slow, "fast": fast, "medium": medium},
        conditions={
            "ode": Interior(robertson_law),
            "start": Initial(lambda a, b, c: {"a": a - 1, "b": b, "c": c}),
        },
    )
